// Package tray is the folder into which the office scanner of a counter puts its files: what lies there,
// what a file is by its content, and a small picture of it. It keeps nothing and attaches nothing.
package tray

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"onewindow/app/event"
	"onewindow/app/intake"
)

// File is a file in the folder. Mark is another one when the file was changed. Fault is why it
// cannot be attached: "type", "size", "empty", "unfinished" (the scanner is still writing, or broke off), or "".
type File struct {
	Name  string
	Mark  string
	Size  int64
	AtMS  int64
	Type  string
	Fault string
}

// most is how many files are looked at: the newest.
const most = 12

// Tray is a folder that is looked at; goroutines share it.
type Tray struct {
	dir string

	mu    sync.Mutex
	files []File
	away  bool

	drawing sync.Mutex // one picture at a time: a page of the scanner takes 100 MB while it is drawn
}

// Open gives the tray of a folder. It opens nothing: the folder may be on a machine that is off.
func Open(dir string) *Tray { return &Tray{dir: dir} }

// Newest gives what was there at the last Look, the newest first; away tells that the folder could not be read.
func (t *Tray) Newest() (files []File, away bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.files, t.away
}

// Look looks into the folder and tells whether anything is otherwise than before.
func (t *Tray) Look() (changed bool) {
	files, err := t.look()
	t.mu.Lock()
	defer t.mu.Unlock()
	changed = t.away != (err != nil) || !slices.Equal(files, t.files)
	t.files, t.away = files, err != nil
	return changed
}

func (t *Tray) look() ([]File, error) {
	list, err := os.ReadDir(t.dir)
	if err != nil {
		return nil, fmt.Errorf("look into the scanner's folder: %w", err)
	}
	var files []File
	for _, e := range list {
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if i, err := e.Info(); err == nil { // one that is gone by now is none
			files = append(files, File{Name: e.Name(), Mark: markOf(i), Size: i.Size(), AtMS: i.ModTime().UnixMilli()})
		}
	}
	slices.SortFunc(files, func(a, b File) int { return cmp.Or(cmp.Compare(b.AtMS, a.AtMS), cmp.Compare(b.Name, a.Name)) })
	files = files[:min(most, len(files))]
	known, _ := t.Newest()
	for n := range files {
		f := &files[n]
		at := slices.IndexFunc(known, func(k File) bool { return k.Name == f.Name && k.Mark == f.Mark })
		if at >= 0 {
			*f = known[at]
			continue
		}
		f.Type, f.Fault = t.sniff(*f)
	}
	return files, nil
}

func markOf(i fs.FileInfo) string { return fmt.Sprintf("%d-%d", i.Size(), i.ModTime().UnixNano()) }

// sniff tells what a file is, by its first and last bytes.
func (t *Tray) sniff(f File) (kind, fault string) {
	file, err := t.open(f.Name)
	if err != nil {
		return "", "type"
	}
	defer file.Close()
	head, tail := make([]byte, ends), make([]byte, ends)
	n, _ := io.ReadFull(io.NewSectionReader(file, 0, f.Size), head)
	m, _ := io.ReadFull(io.NewSectionReader(file, max(0, f.Size-ends), ends), tail)
	return look(f.Size, head[:n], tail[:m])
}

// ends is how many bytes at both ends of a file tell what it is and that it is whole.
const ends = 1024

// look tells what a file of a size is by its ends.
func look(size int64, head, tail []byte) (kind, fault string) {
	switch {
	case size == 0:
		return "", "empty"
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		kind, fault = intake.JPEG, unless(bytes.Contains(tail, []byte("\xff\xd9")))
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		kind, fault = intake.PNG, unless(bytes.Contains(tail, []byte("IEND")))
	case bytes.HasPrefix(head, []byte("%PDF-")):
		kind, fault = intake.PDF, unless(bytes.Contains(tail, []byte("%%EOF")))
	default:
		return "", "type"
	}
	if size > intake.ScanMost {
		fault = "size"
	}
	return kind, fault
}

func unless(whole bool) string {
	if whole {
		return ""
	}
	return "unfinished"
}

// open opens a file of the folder and of nowhere else: a link out of it is not followed, and what is no
// file, such as a pipe, is not waited for.
func (t *Tray) open(name string) (*os.File, error) {
	root, err := os.OpenRoot(t.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if i, err := root.Lstat(name); err != nil || !i.Mode().IsRegular() || strings.ContainsAny(name, `/\`) {
		return nil, errors.Join(fs.ErrNotExist, err)
	}
	return root.Open(name)
}

// Read gives a file that was listed, and what it is. Refusals: ScanGone where it is not there any more or was changed
// since, ScanWrong (args why: as File.Fault).
func (t *Tray) Read(name, mark string) (content []byte, kind string, err error) {
	file, err := t.open(name)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", event.ScanGone, err)
	}
	defer file.Close()
	i, err := file.Stat()
	switch {
	case err != nil || markOf(i) != mark:
		return nil, "", errors.Join(event.ScanGone, err)
	case i.Size() > intake.ScanMost:
		return nil, "", event.ScanWrong.With("why", "size")
	}
	if content, err = io.ReadAll(io.LimitReader(file, intake.ScanMost+1)); err != nil {
		return nil, "", fmt.Errorf("%w: %w", event.ScanGone, err)
	}
	if after, err := file.Stat(); err != nil || markOf(after) != mark || int64(len(content)) != i.Size() {
		return nil, "", event.ScanWrong.With("why", "unfinished")
	}
	kind, fault := look(i.Size(), content[:min(ends, len(content))], content[max(0, len(content)-ends):])
	if fault == "" && kind != intake.PDF {
		fault = unread(content)
	}
	if fault != "" {
		return nil, "", event.ScanWrong.With("why", fault)
	}
	return content, kind, nil
}

// Remove takes a file out of the folder that still has these bytes; one that has others was written anew and stays.
func (t *Tray) Remove(name string, content []byte) error {
	file, err := t.open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("take a file out of the scanner's folder: %w", err)
	}
	now, err := io.ReadAll(io.LimitReader(file, intake.ScanMost+1))
	if err = errors.Join(err, file.Close()); err != nil || !bytes.Equal(now, content) {
		return err
	}
	root, err := os.OpenRoot(t.dir)
	if err != nil {
		return err
	}
	return errors.Join(root.Remove(name), root.Close())
}
