package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// distWindows makes the terminal for Windows and its installer.
func distWindows(ctx context.Context) error {
	p, err := readProduct()
	if err != nil {
		return err
	}
	if err := setup(ctx, needInstaller); err != nil {
		return err
	}
	if err := buildPages(ctx); err != nil {
		return err
	}
	if err := buildClips(ctx); err != nil {
		return err
	}
	program := filepath.Join(binDir, "onewindow.exe")
	if err := timed(program+" (the first time takes some minutes)", func() error { return buildExe(ctx, p, program) }); err != nil {
		return err
	}
	fmt.Println(program)
	return timed("installer for Windows", func() error { return buildInstaller(ctx, p, program) })
}

// buildExe builds the terminal with its icon, manifest and version. The linker
// takes them from the source folder only, so they lie there for the one build.
func buildExe(ctx context.Context, p product, program string) (err error) {
	list, err := windowsResources(p)
	if err != nil {
		return err
	}
	const object = "app/resources_windows_amd64.syso"
	if err := os.WriteFile(object, coff(list), 0o644); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(object)) }()
	cmd := goTool(ctx, "build", "-tags", windowsTags, "-trimpath", "-ldflags", "-s -w -H windowsgui", "-o", program, "./app")
	cmd.Env = append(cmd.Env, "GOOS=windows", "GOARCH=amd64")
	_, err = quiet(cmd)
	return err
}

// buildInstaller lets NSIS make the installer from its script.
func buildInstaller(ctx context.Context, p product, program string) error {
	dir, err := filepath.Abs(filepath.Join(cacheDir, "windows"))
	if err != nil {
		return err
	}
	if err := copyPackaged(dir, "windows"); err != nil {
		return err
	}
	icon := filepath.Join(dir, "onewindow.ico")
	if err := writeICO(icon); err != nil {
		return err
	}
	if program, err = filepath.Abs(program); err != nil {
		return err
	}
	clips, err := filepath.Abs(clipsDir)
	if err != nil {
		return err
	}
	out, err := filepath.Abs(filepath.Join(binDir, fmt.Sprintf("onewindow-%s-setup.exe", p.Version)))
	if err != nil {
		return err
	}
	_, err = quiet(command(ctx, "makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", "-DVERSION="+p.Version, "-DPROGRAM="+program, "-DICON="+icon, "-DCLIPS="+clips, "-DOUT="+out,
		filepath.Join(dir, "onewindow.nsi")))
	if err == nil {
		fmt.Println(filepath.Join(binDir, filepath.Base(out)))
	}
	return err
}
