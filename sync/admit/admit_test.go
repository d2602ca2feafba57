package admit_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"onewindow/app/event"
	"onewindow/sync/admit"
)

// key makes the key text of a number.
func key(n byte) string {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	return admit.KeyText(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestKeysAreCopiedSafely(t *testing.T) {
	text := key(1)
	if len(text) != 56 || text[0] != 'U' {
		t.Fatalf("key text %q", text)
	}
	if back, err := admit.ParseKey(text); err != nil || admit.KeyText(back) != text {
		t.Fatalf("%v %v", back, err)
	}
	wrong := []byte(text)
	wrong[20] = map[bool]byte{true: 'B', false: 'A'}[wrong[20] == 'A']
	for _, bad := range []string{"", text[:55], text + "A", strings.ToLower(text), string(wrong), "S" + text[1:]} {
		if _, err := admit.ParseKey(bad); err == nil || !strings.Contains(err.Error(), "onewindowd key") {
			t.Errorf("%q is taken for a key: %v", bad, err)
		}
	}
}

func TestWhoPasses(t *testing.T) {
	dir := t.TempDir()
	must(t, admit.Admit(dir, admit.Entry{Origin: "jiangnan/k1", Role: "kiosk", Key: key(1), AdmittedMS: 10}))
	must(t, admit.Admit(dir, admit.Entry{Origin: "jiangnan/c1", Role: "counter", Key: key(2), AdmittedMS: 10, ExpiresMS: 1000}))
	must(t, admit.Admit(dir, admit.Entry{Origin: "jiangnan/b1", Role: "board", Key: key(3), AdmittedMS: 10}))
	must(t, admit.Revoke(dir, "jiangnan/b1"))
	l, err := admit.Open(dir)
	must(t, err)
	for _, c := range []struct {
		what   string
		key    string
		origin event.Origin
		nowMS  int64
		want   error
		next   string
	}{
		{"admitted", key(1), "jiangnan/k1", 5, nil, ""},
		{"before its expiry", key(2), "jiangnan/c1", 999, nil, ""},
		{"at its expiry", key(2), "jiangnan/c1", 1000, admit.ErrExpired, "--origin jiangnan/c1 --role counter --key " + key(2)},
		{"revoked", key(3), "jiangnan/b1", 5, admit.ErrRevoked, "--origin jiangnan/b1 --role board"},
		{"unknown", key(9), "jiangnan/k9", 5, admit.ErrUnknown, "onewindowd admit --data " + dir + " --origin jiangnan/k9"},
		{"unknown and nameless", key(9), "; rm", 5, admit.ErrUnknown, "--origin HALL/DEVICE"},
		{"another's name", key(1), "jiangnan/c1", 5, admit.ErrOtherName, "correct the name"},
	} {
		e, err := l.Pass(c.key, c.origin, c.nowMS)
		if !errors.Is(err, c.want) || err == nil && e.Key != c.key {
			t.Errorf("%s: %+v %v", c.what, e, err)
		}
		if err != nil && !strings.Contains(err.Error(), c.next) {
			t.Errorf("%s: %v: want %q", c.what, err, c.next)
		}
	}
}

func TestNamesAndKeysAreHeldByOneDevice(t *testing.T) {
	dir := t.TempDir()
	k1 := admit.Entry{Origin: "jiangnan/k1", Role: "kiosk", Key: key(1), AdmittedMS: 1}
	must(t, admit.Admit(dir, k1))
	for what, e := range map[string]admit.Entry{
		"another key for the name":   {Origin: "jiangnan/k1", Role: "kiosk", Key: key(2)},
		"another name for the key":   {Origin: "jiangnan/k2", Role: "kiosk", Key: key(1)},
		"a terminal that is a hub":   {Origin: "jiangnan/k3", Role: "hub", Key: key(3)},
		"a hub that is a kiosk":      {Origin: "jiangnan/hub", Role: "kiosk", Key: key(3)},
		"a role that does not exist": {Origin: "jiangnan/k3", Role: "king", Key: key(3)},
		"a name with a wildcard":     {Origin: "jiangnan/*", Role: "kiosk", Key: key(3)},
		"expired at once":            {Origin: "jiangnan/k3", Role: "kiosk", Key: key(3), AdmittedMS: 5, ExpiresMS: 5},
		"no key":                     {Origin: "jiangnan/k3", Role: "kiosk", Key: "U"},
	} {
		if err := admit.Admit(dir, e); err == nil {
			t.Errorf("%s is admitted", what)
		}
	}
	// The same device again is no second one: its role or expiry may change, also after a revocation.
	must(t, admit.Revoke(dir, "jiangnan/k1"))
	k1.Role = "counter"
	must(t, admit.Admit(dir, k1))
	if err := admit.Revoke(dir, "jiangnan/k7"); err == nil || !strings.Contains(err.Error(), "onewindowd admitted") {
		t.Errorf("revoking nobody: %v", err)
	}
	// The key was copied wrong: the right one, once the wrong one is revoked.
	must(t, admit.Revoke(dir, "jiangnan/k1"))
	must(t, admit.Admit(dir, admit.Entry{Origin: "jiangnan/k1", Role: "kiosk", Key: key(2)}))
	l, err := admit.Open(dir)
	must(t, err)
	if list := l.Entries(); len(list) != 2 || list[0].State(1) != "revoked" || list[1].State(1) != "admitted" {
		t.Fatalf("list %+v", list)
	}
	if _, err := l.Pass(key(1), "jiangnan/k1", 1); !errors.Is(err, admit.ErrRevoked) {
		t.Errorf("the wrong key: %v", err)
	}
}

func TestABrokenListIsNeverAnEmptyOne(t *testing.T) {
	good := fmt.Sprintf(`{"origin":"jiangnan/k1","role":"kiosk","key":%q,"admitted_at_ms":1}`, key(1))
	for what, text := range map[string]string{
		"empty":           "",
		"half":            `{"admitted":[` + good,
		"null":            "null",
		"nothing in it":   "{}",
		"two":             `{"admitted":[]} {}`,
		"a misspelt name": `{"admitted":[{"origin":"jiangnan/k1","role":"kiosk","key":"` + key(1) + `","admitted_at_ms":1,"expire_at_ms":5}]}`,
		"a wrong key":     `{"admitted":[` + strings.Replace(good, key(1), key(1)[:55], 1) + `]}`,
		"the same twice":  `{"admitted":[` + good + `,` + good + `]}`,
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, admit.File)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		if _, err := admit.Open(dir); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "put it back") {
			t.Errorf("%s: %v", what, err)
		}
		if err := admit.Admit(dir, admit.Entry{Origin: "jiangnan/k2", Role: "kiosk", Key: key(2)}); err == nil {
			t.Errorf("%s: written over", what)
		}
		// While it runs, the list stays as it was, and the fault is told once.
		must(t, os.WriteFile(path, []byte(`{"admitted":[`+good+`]}`), 0o600))
		l, err := admit.Open(dir)
		must(t, err)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		if err := l.Refresh(); err == nil {
			t.Errorf("%s: not told", what)
		}
		if err := l.Refresh(); err != nil {
			t.Errorf("%s: told again: %v", what, err)
		}
		if _, err := l.Pass(key(1), "jiangnan/k1", 1); err != nil {
			t.Errorf("%s shuts a known device out: %v", what, err)
		}
	}
}

func TestAChangeIsSeen(t *testing.T) {
	dir := t.TempDir()
	l, err := admit.Open(dir)
	must(t, err)
	if _, err := l.Pass(key(1), "jiangnan/k1", 1); !errors.Is(err, admit.ErrUnknown) {
		t.Fatalf("nobody is admitted yet: %v", err)
	}
	pass := func() error { must(t, l.Refresh()); _, err := l.Pass(key(1), "jiangnan/k1", 1); return err }
	must(t, admit.Admit(dir, admit.Entry{Origin: "jiangnan/k1", Role: "kiosk", Key: key(1), AdmittedMS: 1}))
	must(t, pass())
	must(t, admit.Revoke(dir, "jiangnan/k1"))
	if err := pass(); !errors.Is(err, admit.ErrRevoked) {
		t.Fatalf("after the revocation: %v", err)
	}
	must(t, os.Remove(filepath.Join(dir, admit.File)))
	if err := l.Refresh(); err == nil || !strings.Contains(err.Error(), "is gone") {
		t.Fatalf("a list that is gone: %v", err)
	}
	if err := pass(); !errors.Is(err, admit.ErrRevoked) {
		t.Fatalf("after the file is gone: %v", err)
	}
}

func TestTwoOperatorsLoseNoChange(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for n := range byte(8) {
		all.Add(1)
		go func() {
			defer all.Done()
			for {
				err := admit.Admit(dir, admit.Entry{Origin: event.Origin(fmt.Sprintf("jiangnan/k%d", n)), Role: "kiosk", Key: key(n)})
				if err == nil {
					return
				}
				if !strings.Contains(err.Error(), "try again") {
					t.Error(err)
					return
				}
			}
		}()
	}
	all.Wait()
	l, err := admit.Open(dir)
	must(t, err)
	if len(l.Entries()) != 8 {
		t.Fatalf("%d of 8 changes are in the list", len(l.Entries()))
	}
}
