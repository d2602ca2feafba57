package main

import (
	"encoding/xml"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func packagedText(t *testing.T, path string) string {
	t.Helper()
	raw, err := fs.ReadFile(packaged, path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// A kiosk's session on Debian: the window manager obeys no key and no button, X switches to
// no other terminal, the screen never goes dark, and what ends is started again.
func TestTheSessionOfAKioskIsLocked(t *testing.T) {
	var manager struct {
		Keyboard *struct {
			Binds []struct{} `xml:"keybind"`
		} `xml:"keyboard"`
		Mouse *struct {
			Contexts []struct{} `xml:"context"`
		} `xml:"mouse"`
	}
	if err := xml.Unmarshal([]byte(packagedText(t, "debian/onewindow-files/usr/lib/onewindow/openbox.xml")), &manager); err != nil {
		t.Fatal(err)
	}
	// Without the two elements openbox takes its own bindings.
	if manager.Keyboard == nil || manager.Mouse == nil || len(manager.Keyboard.Binds)+len(manager.Mouse.Contexts) > 0 {
		t.Errorf("openbox.xml must have an empty keyboard and an empty mouse: %+v", manager)
	}
	session := packagedText(t, "debian/onewindow-files/usr/lib/onewindow/session")
	for _, needed := range []string{"openbox --config-file", "setxkbmap -option srvrkeys:none", "while :", "dbus-run-session"} {
		if !strings.Contains(session, needed) {
			t.Errorf("the session lacks %q", needed)
		}
	}
	unit := packagedText(t, "debian/onewindow-files/lib/systemd/system/onewindow.service")
	for _, needed := range []string{"User=onewindow", "Restart=always", "/usr/lib/onewindow/session", "-nolisten tcp", "-s 0", "-dpms", "WantedBy=graphical.target"} {
		if !strings.Contains(unit, needed) {
			t.Errorf("the unit lacks %q", needed)
		}
	}
}

// Shell Launcher gives the kiosk's account the program that the installer puts there, and
// starts it again however it ends; nobody else loses the desktop.
func TestTheShellOfAKioskIsTheTerminal(t *testing.T) {
	type shell struct {
		Program string `xml:"Shell,attr"`
		Default struct {
			Action string `xml:"Action,attr"`
		} `xml:"DefaultAction"`
		Codes []struct {
			Action string `xml:"Action,attr"`
		} `xml:"ReturnCodeActions>ReturnCodeAction"`
	}
	const v1 = "http://schemas.microsoft.com/ShellLauncher/2018/Configuration"
	var policy struct {
		XMLName xml.Name `xml:"http://schemas.microsoft.com/ShellLauncher/2018/Configuration ShellLauncherConfiguration"`
		Default shell    `xml:"Profiles>DefaultProfile>Shell"`
		Own     []struct {
			ID    string `xml:"Id,attr"`
			Shell shell  `xml:"Shell"`
		} `xml:"Profiles>Profile"`
		Configs []struct {
			Account struct {
				Name string `xml:"Name,attr"`
			} `xml:"Account"`
			Profile struct {
				ID string `xml:"Id,attr"`
			} `xml:"Profile"`
		} `xml:"Configs>Config"`
	}
	if err := xml.Unmarshal([]byte(packagedText(t, "windows/kiosk/shell-launcher.xml")), &policy); err != nil {
		t.Fatalf("want a configuration of %s: %v", v1, err)
	}
	if len(policy.Own) != 1 || len(policy.Configs) != 1 {
		t.Fatalf("one profile and one account, not %+v", policy)
	}
	own, of := policy.Own[0], policy.Configs[0]
	if !strings.HasSuffix(policy.Default.Program, `\explorer.exe`) {
		t.Errorf("others get %s instead of the desktop", policy.Default.Program)
	}
	if own.Shell.Program != `"%ProgramFiles%\OneWindow\onewindow.exe"` || !strings.Contains(packagedText(t, "windows/onewindow.nsi"), `InstallDir "$PROGRAMFILES64\OneWindow"`) {
		t.Errorf("the shell %s is not what the installer puts there", own.Shell.Program)
	}
	if own.Shell.Default.Action != "RestartShell" || len(own.Shell.Codes) > 0 {
		t.Errorf("a terminal that ends must be started again, whatever its status: %+v", own.Shell)
	}
	if !regexp.MustCompile(`^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$`).MatchString(own.ID) || of.Profile.ID != own.ID {
		t.Errorf("profile %q, account's profile %q", own.ID, of.Profile.ID)
	}
	if script := packagedText(t, "windows/kiosk/lock.ps1"); !strings.Contains(script, "$account = '"+of.Account.Name+"'") {
		t.Errorf("the script makes another account than %q", of.Account.Name)
	}
}

// predefinedKeys are the names of Windows' Keyboard Filter that a kiosk may block.
// Source: Microsoft, "Predefined key combinations" of Keyboard Filter.
var predefinedKeys = strings.Fields(`LShift+LAlt+PrintScrn LShift+LAlt+NumLock Win+U Alt+F4 Ctrl+F4 Win+F1 Alt+Esc Alt+Space Alt+Tab Ctrl+Esc Ctrl+Tab
	Ctrl+Win+F Win+Break Win+D Win+E Win+F Win+I Win+L Win+M Win+P Win+R Win+Tab Ctrl+Alt+Del Ctrl+Alt+Esc Shift+Ctrl+Esc Application Windows
	BrowserBack BrowserForward BrowserRefresh BrowserStop BrowserSearch BrowserFavorites BrowserHome LaunchMail LaunchMediaSelect LaunchApp1 LaunchApp2`)

func TestTheKeysThatLeadOutAreBlocked(t *testing.T) {
	var blocked []string
	for line := range strings.Lines(packagedText(t, "windows/kiosk/keyboard-filter.txt")) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") {
			blocked = append(blocked, name)
		}
	}
	for i, name := range blocked {
		if !slices.Contains(predefinedKeys, name) {
			t.Errorf("Keyboard Filter knows no key %q", name)
		}
		if slices.Contains(blocked[:i], name) {
			t.Errorf("%q stands there twice", name)
		}
	}
	for _, way := range []string{"Alt+F4", "Alt+Tab", "Ctrl+Esc", "Ctrl+Alt+Del", "Shift+Ctrl+Esc", "Windows", "Win+L", "Win+R", "Win+E", "BrowserHome", "LaunchApp2"} {
		if !slices.Contains(blocked, way) {
			t.Errorf("%s leads out and is not blocked", way)
		}
	}
	script := packagedText(t, "windows/kiosk/lock.ps1")
	for _, needed := range []string{"'keyboard-filter.txt'", "'shell-launcher.xml'", "WEKF_PredefinedKey", "Client-EmbeddedShellLauncher", "Client-KeyboardFilter", "AllowEdgeSwipe", "-Undo", "monitor-timeout-ac 0"} {
		if !strings.Contains(script, needed) {
			t.Errorf("lock.ps1 lacks %q", needed)
		}
	}
	if strings.Count(script, "{") != strings.Count(script, "}") || strings.Count(script, "(") != strings.Count(script, ")") {
		t.Error("lock.ps1 has a bracket that nothing closes")
	}
	installer := packagedText(t, "windows/onewindow.nsi")
	for _, file := range []string{"lock.ps1", "shell-launcher.xml", "keyboard-filter.txt"} {
		if strings.Count(installer, `kiosk\`+file) != 2 {
			t.Errorf("the installer must bring and remove %s", file)
		}
	}
}
