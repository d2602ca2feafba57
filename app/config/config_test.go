package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestMistakesGetASentenceWithANextStep(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"unknown role", `{"role":"kisk"}`, `did you mean "kiosk"?`},
		{"far from any role", `{"role":"printer"}`, "known are kiosk, counter, board"},
		{"typo in a name", `{"rolle":"kiosk"}`, `did you mean "role"?`},
		{"missing comma", "{\"role\":\"kiosk\"\n\"hall\":\"jiangnan\"}", "line 2"},
		{"half written", `{"role":"kio`, "line 1"},
		{"wrong type", `{"series":"one"}`, `"series" must be a int`},
		{"no digit", `{"role":"kiosk","series":12}`, "1 to 9"},
		{"odd device", `{"device":"K 1"}`, "such as k1"},
		{"hub without scheme", `{"hub":"10.1.2.3"}`, "nats://"},
		{"a second hub without scheme", `{"hub":"nats://10.1.2.3:4222,10.1.2.4:4222"}`, "comma"},
		{"half a second key", `{"hub_key":"U` + strings.Repeat("A", 55) + `,UABC"}`, "onewindowd key"},
		{"half a centre's key", `{"centre_key":"UABC"}`, "onewindowd key --centre"},
		{"half a key", `{"hub_key":"UABC"}`, "onewindowd key"},
		{"printer without scheme", `{"printer":"lp0"}`, "tcp://"},
		{"printer without port", `{"printer":"tcp://10.1.2.9"}`, "tcp://10.1.2.9:9100"},
		{"printer without a host", `{"printer":"tcp://:9100"}`, "tcp://10.1.2.9:9100"},
		{"no file", `{"printer":"file:"}`, "file:/dev/usb/lp0"},
		{"no speed", `{"printer":"serial:/dev/ttyS0?baud=fast"}`, "baud=115200"},
		{"speed of a file", `{"printer":"file:/dev/usb/lp0?baud=9600"}`, "baud=115200"},
		{"a misspelt speed", `{"reader":"serial:/dev/ttyS0?baut=9600"}`, "baud=115200"},
		{"reader behind a printer's cable", `{"reader":"file:/dev/usb/lp0"}`, "serial:/dev/ttyUSB0"},
		{"scanner", `{"scanner":"keyboard"}`, "plays keyboard"},
		{"strip's unit", `{"strip":"serial:/dev/ttyS1?unit=256"}`, "unit=1"},
		{"speaker", `{"role":"board","speaker":"default"}`, "alsa:default"},
		{"speaker without a name", `{"role":"board","speaker":"alsa:"}`, "aplay -L"},
		{"says", `{"role":"board","says":"A,B"}`, "such as AB"},
		{"signature elsewhere", `{"signature":"http://10.1.2.3:8090"}`, "on this machine"},
		{"signature by name", `{"signature":"http://localhost.example:8090"}`, "on this machine"},
		{"signature without port", `{"signature":"http://127.0.0.1"}`, "http://127.0.0.1:8090"},
		{"scans in a folder that is nowhere", `{"role":"counter","scans":"scans"}`, "whole path"},
		{"scans at a kiosk", `{"role":"kiosk","scans":"` + filepath.ToSlash(os.TempDir()) + `"}`, "belongs to a counter"},
		{"a kiosk that hangs too high", `{"role":"kiosk","screen_low_mm":1100}`, "1000 mm or lower"},
		{"a screen in the floor", `{"screen_low_mm":-5}`, "lower edge"},
		{"read from the next town", `{"distance_mm":200000}`, "eyes"},
		{"two objects", `{} {}`, "behind the closing brace"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "terminal.json")
			if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load(path, true, "", "")
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Fatalf("error %v, want %q and the file's name in it", err, c.want)
			}
		})
	}
}

func TestDefaultsOfEachRolePass(t *testing.T) {
	for _, role := range []string{Kiosk, Counter, Board} {
		s, err := Load(filepath.Join(t.TempDir(), "none.json"), false, role, t.TempDir())
		if err != nil || s.Role != role {
			t.Errorf("%s: %+v %v", role, s, err)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.json"), true, "", ""); err == nil {
		t.Error("a named file that is missing must be an error")
	}
}

func TestTwoHubsStandInOneSetting(t *testing.T) {
	s := Default(Kiosk)
	s.Hub = "tls://10.1.2.3:4222, tls://10.1.2.4:4222"
	s.HubKey = "U" + strings.Repeat("A", 55) + ",U" + strings.Repeat("B", 55)
	if err := s.Check("x"); err != nil {
		t.Error(err)
	}
}

func TestDevicesOfEachKindPass(t *testing.T) {
	for _, printer := range []string{"tcp://10.1.2.9:9100", "tcp://[::1]:9100", "file:/dev/usb/lp0", "serial:/dev/ttyS0", "serial:COM3?baud=9600"} {
		s := Default(Kiosk)
		s.Printer, s.Reader, s.Scanner = printer, "serial:/dev/ttyUSB0?baud=115200", "serial:/dev/ttyACM0?baud=9600&prefix=~"
		s.Strip, s.Signature = "serial:/dev/ttyS1?baud=9600&unit=7", "http://127.0.0.1:8090"
		if err := s.Check("x"); err != nil {
			t.Error(err)
		}
	}
}

func TestEverySettingIsSuggested(t *testing.T) {
	typ := reflect.TypeOf(Settings{})
	for i := range typ.NumField() {
		if tag := typ.Field(i).Tag.Get("json"); names[i] != tag {
			t.Errorf("setting %s is not in the list of names", tag)
		}
	}
}
