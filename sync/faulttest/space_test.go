package faulttest

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// space is a network namespace of its own: a machine with its own loopback that
// sees nothing but the cables that the test lays to it.
type space struct{ file *os.File }

const spaceOf = "/proc/thread-self/ns/net"

// newSpace makes a namespace with its loopback up. It needs CAP_SYS_ADMIN.
func newSpace() (s *space, err error) {
	err = onOwnThread(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("make a network namespace: %w", err)
		}
		f, err := os.Open(spaceOf)
		if err != nil {
			return err
		}
		s = &space{f}
		return up("lo")
	})
	if err != nil && s != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, err
}

// do runs fn in the namespace: sockets that it makes and processes that it starts
// belong there. A nil space is the one of the test.
func (s *space) do(fn func() error) error {
	if s == nil {
		return fn()
	}
	return onOwnThread(func() error {
		if err := unix.Setns(int(s.file.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter a network namespace: %w", err)
		}
		return fn()
	})
}

// onOwnThread runs fn while no other goroutine can use its thread, and gives the
// thread its namespace back. The thread lives on: processes that it started are
// told by the kernel when it dies.
func onOwnThread(fn func() error) error {
	runtime.LockOSThread()
	home, err := os.Open(spaceOf)
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer home.Close()
	err = fn()
	if back := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); back != nil {
		panic(fmt.Sprintf("a thread cannot leave its network namespace: %v", back))
	}
	runtime.UnlockOSThread()
	return err
}

// close lets the namespace go when its last process has ended.
func (s *space) close() error { return s.file.Close() }

// up switches an interface of the current namespace on.
func up(name string) error {
	return onInterface(name, func(fd int, r *unix.Ifreq) error {
		if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, r); err != nil {
			return err
		}
		r.SetUint16(r.Uint16() | unix.IFF_UP)
		return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, r)
	})
}

// addressed gives an interface its address and the one at its other end.
func addressed(name string, own, peer [4]byte) error {
	for _, set := range []struct {
		what uint
		addr [4]byte
	}{{unix.SIOCSIFADDR, own}, {unix.SIOCSIFDSTADDR, peer}} {
		err := onInterface(name, func(fd int, r *unix.Ifreq) error {
			if err := r.SetInet4Addr(set.addr[:]); err != nil {
				return err
			}
			return unix.IoctlIfreq(fd, set.what, r)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func onInterface(name string, fn func(fd int, r *unix.Ifreq) error) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	r, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	if err := fn(fd, r); err != nil {
		return fmt.Errorf("set up %s: %w", name, err)
	}
	return nil
}

// tun makes an interface whose packets the test reads and writes itself.
func tun(name string, own, peer [4]byte) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open /dev/net/tun: %w", err)
	}
	r, err := unix.NewIfreq(name)
	if err == nil {
		r.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, r)
	}
	if err == nil {
		err = addressed(name, own, peer)
	}
	if err == nil {
		err = up(name)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lay a cable: %w", err), unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), name), nil
}
