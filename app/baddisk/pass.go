package baddisk

import "modernc.org/libc"

// What follows goes to the file beneath as it comes. The shared memory of the WAL
// is not durable and is made anew after a power cut, so no trace has it.

func fileRead(tls *libc.TLS, f, bytes uintptr, n int32, offset int64) int32 {
	r, m := beneath(f)
	return function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](m.FxRead)(tls, r, bytes, n, offset)
}

func fileSize(tls *libc.TLS, f, size uintptr) int32 {
	r, m := beneath(f)
	return function[func(*libc.TLS, uintptr, uintptr) int32](m.FxFileSize)(tls, r, size)
}

func fileLock(tls *libc.TLS, f uintptr, level int32) int32 {
	r, m := beneath(f)
	return function[func(*libc.TLS, uintptr, int32) int32](m.FxLock)(tls, r, level)
}

func fileUnlock(tls *libc.TLS, f uintptr, level int32) int32 {
	r, m := beneath(f)
	return function[func(*libc.TLS, uintptr, int32) int32](m.FxUnlock)(tls, r, level)
}

func fileCheckReservedLock(tls *libc.TLS, f, out uintptr) int32 {
	r, m := beneath(f)
	return function[func(*libc.TLS, uintptr, uintptr) int32](m.FxCheckReservedLock)(tls, r, out)
}

func fileControl(tls *libc.TLS, f uintptr, op int32, arg uintptr) int32 {
	r, m := beneath(f)
	return function[func(*libc.TLS, uintptr, int32, uintptr) int32](m.FxFileControl)(tls, r, op, arg)
}

func fileSectorSize(tls *libc.TLS, f uintptr) int32 {
	r, m := beneath(f)
	return function[func(*libc.TLS, uintptr) int32](m.FxSectorSize)(tls, r)
}

func fileDeviceCharacteristics(tls *libc.TLS, f uintptr) int32 {
	r, m := beneath(f)
	return function[func(*libc.TLS, uintptr) int32](m.FxDeviceCharacteristics)(tls, r)
}

func shmMap(tls *libc.TLS, f uintptr, page, size, extend int32, out uintptr) int32 {
	r, m := beneath(f)
	return function[func(*libc.TLS, uintptr, int32, int32, int32, uintptr) int32](m.FxShmMap)(tls, r, page, size, extend, out)
}

func shmLock(tls *libc.TLS, f uintptr, offset, n, flags int32) int32 {
	r, m := beneath(f)
	return function[func(*libc.TLS, uintptr, int32, int32, int32) int32](m.FxShmLock)(tls, r, offset, n, flags)
}

func shmBarrier(tls *libc.TLS, f uintptr) {
	r, m := beneath(f)
	function[func(*libc.TLS, uintptr)](m.FxShmBarrier)(tls, r)
}

func shmUnmap(tls *libc.TLS, f uintptr, remove int32) int32 {
	r, m := beneath(f)
	return function[func(*libc.TLS, uintptr, int32) int32](m.FxShmUnmap)(tls, r, remove)
}
