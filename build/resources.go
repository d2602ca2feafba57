package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// A Windows program carries its icon, manifest and version as resources. The Go
// linker takes them from a .syso file: a COFF object with one section, which is
// written here.

const (
	resourceIcon      = 3
	resourceIconGroup = 14
	resourceVersion   = 16
	resourceManifest  = 24
	neutralEnglish    = 0x0409
)

// resource is one entry: its kind, its number among its kind, and its bytes.
type resource struct {
	kind, number uint32
	data         []byte
}

const manifest = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly manifestVersion="1.0" xmlns="urn:schemas-microsoft-com:asm.v1" xmlns:asmv3="urn:schemas-microsoft-com:asm.v3">
  <assemblyIdentity type="win32" name="OneWindow" version="%s" processorArchitecture="*"/>
  <dependency><dependentAssembly>
    <assemblyIdentity type="win32" name="Microsoft.Windows.Common-Controls" version="6.0.0.0" processorArchitecture="*" publicKeyToken="6595b64144ccf1df" language="*"/>
  </dependentAssembly></dependency>
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3"><security><requestedPrivileges>
    <requestedExecutionLevel level="asInvoker" uiAccess="false"/>
  </requestedPrivileges></security></trustInfo>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1"><application>
    <supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/>
  </application></compatibility>
  <asmv3:application><asmv3:windowsSettings>
    <dpiAware xmlns="http://schemas.microsoft.com/SMI/2005/WindowsSettings">true/pm</dpiAware>
    <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">permonitorv2,permonitor</dpiAwareness>
    <activeCodePage xmlns="http://schemas.microsoft.com/SMI/2019/WindowsSettings">UTF-8</activeCodePage>
    <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
  </asmv3:windowsSettings></asmv3:application>
</assembly>
`

// windowsResources gives everything that the terminal carries on Windows.
func windowsResources(p product) ([]resource, error) {
	images, err := iconImages()
	if err != nil {
		return nil, err
	}
	var out []resource
	group := []byte{0, 0, 1, 0, byte(len(images)), 0}
	for i, raw := range images {
		out = append(out, resource{resourceIcon, uint32(i + 1), raw})
		group = binary.LittleEndian.AppendUint16(append(group, iconEntry(i, len(raw))...), uint16(i+1))
	}
	version, err := versionBlock(p)
	if err != nil {
		return nil, err
	}
	return append(out,
		// Wails looks for the icon under number 3.
		resource{resourceIconGroup, 3, group},
		resource{resourceVersion, 1, version},
		resource{resourceManifest, 1, []byte(fmt.Sprintf(manifest, p.Version+".0"))}), nil
}

// block is one node of a version resource: length, value length, kind, name, value, children, each on 4 bytes.
func block(key string, text bool, value []byte, children ...[]byte) []byte {
	size, kind := len(value), uint16(0)
	if text {
		size, kind = len(value)/2, 1
	}
	b := binary.LittleEndian.AppendUint16(make([]byte, 2), uint16(size))
	b = binary.LittleEndian.AppendUint16(b, kind)
	b = pad4(append(b, wide(key)...))
	b = append(b, value...)
	for _, c := range children {
		b = append(pad4(b), c...)
	}
	binary.LittleEndian.PutUint16(b, uint16(len(b)))
	return b
}

func pad4(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// wide is a text in UTF-16 with its closing zero.
func wide(s string) (b []byte) {
	for _, u := range append(utf16.Encode([]rune(s)), 0) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func versionBlock(p product) ([]byte, error) {
	var n [4]uint32
	for i, part := range strings.Split(p.Version, ".") {
		v, err := strconv.ParseUint(part, 10, 16)
		if err != nil || i > 2 {
			return nil, fmt.Errorf("the version %q in wails.json must be three numbers with dots", p.Version)
		}
		n[i] = uint32(v)
	}
	high, low := n[0]<<16|n[1], n[2]<<16
	var fixed []byte
	for _, v := range []uint32{0xfeef04bd, 0x10000, high, low, high, low, 0x3f, 0, 0x40004, 1, 0, 0, 0} {
		fixed = binary.LittleEndian.AppendUint32(fixed, v)
	}
	var strings [][]byte
	for _, kv := range [][2]string{{"CompanyName", p.Company}, {"FileDescription", p.About}, {"FileVersion", p.Version}, {"InternalName", "onewindow"},
		{"OriginalFilename", "onewindow.exe"}, {"ProductName", p.Name}, {"ProductVersion", p.Version}} {
		strings = append(strings, block(kv[0], true, wide(kv[1])))
	}
	const codePage = 1200 // UTF-16
	languages := binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, neutralEnglish), codePage)
	return block("VS_VERSION_INFO", false, fixed,
		block("StringFileInfo", true, nil, block(fmt.Sprintf("%04x%04x", neutralEnglish, codePage), true, nil, strings...)),
		block("VarFileInfo", true, nil, block("Translation", false, languages))), nil
}

// coff writes resources as an object for the amd64 linker. The section begins
// with a tree of three levels (kind, number, language), then come the
// descriptions of the data, then the data; each description points to its data by
// a relocation, because only the linker knows where the section will lie.
func coff(list []resource) []byte {
	kinds := []uint32{}
	of := map[uint32][]resource{}
	for _, r := range list {
		if of[r.kind] == nil {
			kinds = append(kinds, r.kind)
		}
		of[r.kind] = append(of[r.kind], r)
	}
	const dir, item, leaf, deeper = 16, 8, 16, 1 << 31
	le := binary.LittleEndian
	table := func(b []byte, n int) []byte {
		b = append(b, make([]byte, 12)...)
		return le.AppendUint16(le.AppendUint16(b, 0), uint16(n))
	}
	// Where each level begins.
	numbers := dir + item*len(kinds)
	languages := numbers + dir*len(kinds) + item*len(list)
	leaves := languages + (dir+item)*len(list)
	data := (leaves + leaf*len(list) + 7) &^ 7

	tree := table(nil, len(kinds))
	at := numbers
	for _, k := range kinds {
		tree = le.AppendUint32(le.AppendUint32(tree, k), uint32(at)|deeper)
		at += dir + item*len(of[k])
	}
	n := 0
	for _, k := range kinds {
		tree = table(tree, len(of[k]))
		for _, r := range of[k] {
			tree = le.AppendUint32(le.AppendUint32(tree, r.number), uint32(languages+(dir+item)*n)|deeper)
			n++
		}
	}
	for i := range list {
		tree = table(tree, 1)
		tree = le.AppendUint32(le.AppendUint32(tree, neutralEnglish), uint32(leaves+leaf*i))
	}
	var bodies, fixes []byte
	i := 0
	for _, k := range kinds {
		for _, r := range of[k] {
			tree = le.AppendUint32(le.AppendUint32(tree, uint32(data+len(bodies))), uint32(len(r.data)))
			tree = append(tree, make([]byte, 8)...)
			const relativeToImage = 3 // IMAGE_REL_AMD64_ADDR32NB
			fixes = le.AppendUint16(le.AppendUint32(le.AppendUint32(fixes, uint32(leaves+leaf*i)), 0), relativeToImage)
			bodies = append(bodies, r.data...)
			for len(bodies)%8 != 0 {
				bodies = append(bodies, 0)
			}
			i++
		}
	}
	section := append(append(tree, make([]byte, data-len(tree))...), bodies...)
	return object(section, fixes, len(list))
}

// object puts one section with its relocations into a COFF file.
func object(section, fixes []byte, count int) []byte {
	const header, sectionHeader, amd64 = 20, 40, 0x8664
	raw := header + sectionHeader
	symbols := raw + len(section) + len(fixes)
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, binary.LittleEndian, v) // a buffer takes everything
		}
	}
	name := [8]byte{'.', 'r', 's', 'r', 'c'}
	put(uint16(amd64), uint16(1), uint32(0), uint32(symbols), uint32(1), uint16(0), uint16(0))
	put(name, uint32(0), uint32(0), uint32(len(section)), uint32(raw), uint32(raw+len(section)), uint32(0), uint16(count), uint16(0), uint32(0x40000040))
	b.Write(section)
	b.Write(fixes)
	put(name, uint32(0), int16(1), uint16(0), uint8(3), uint8(0)) // the section's own symbol
	put(uint32(4))                                                // an empty table of long names
	return b.Bytes()
}
