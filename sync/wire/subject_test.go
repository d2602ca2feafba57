package wire_test

import (
	"slices"
	"strings"
	"testing"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

func TestASubjectNamesItsSender(t *testing.T) {
	got := wire.AskSubject("jiangnan", wire.VerbPush, "jiangnan/k1")
	if got != "ow.1.jiangnan.push.jiangnan.k1" {
		t.Fatalf("subject %q", got)
	}
	if all := wire.AnyoneSubject("jiangnan", wire.VerbPush); all != "ow.1.jiangnan.push.*.*" {
		t.Fatalf("wildcard %q", all)
	}
	for _, c := range []struct {
		name, subject, reply string
		want                 event.Origin
	}{
		{"no answer wanted", got, "", "jiangnan/k1"},
		{"own inbox", got, "_INBOX.jiangnan.k1.abc.1", "jiangnan/k1"},
		{"another device's inbox", got, "_INBOX.jiangnan.k2.abc.1", ""},
		{"a name that only begins alike", got, "_INBOX.jiangnan.k10.abc", ""},
		{"the hall's news", got, wire.NewsSubject("jiangnan"), ""},
		{"another device's push", got, wire.AskSubject("jiangnan", wire.VerbPush, "jiangnan/k2"), ""},
		{"nats' usual inbox", got, "_INBOX.abc.1", ""},
		{"no device", "ow.1.jiangnan.push", "", ""},
		{"another version", "ow.2.jiangnan.push.jiangnan.k1", "", ""},
		{"more than a device", got + ".x", "", ""},
		{"no name", "ow.1.jiangnan.push..k1", "", ""},
	} {
		o, ok := wire.Sender(c.subject, c.reply)
		if ok != (c.want != "") || ok && o != c.want {
			t.Errorf("%s: %q %v, want %q", c.name, o, ok, c.want)
		}
	}
}

func TestWhoMayBringWhat(t *testing.T) {
	for _, c := range []struct {
		sender, origin event.Origin
		may            bool
	}{
		{"jiangnan/k1", "jiangnan/k1", true},
		{"jiangnan/k1", "jiangnan/k2", false},
		{"jiangnan/k1", "jiangnan/hub", false},
		{"jiangnan/hub", "jiangnan/k1", true},
		{"jiangnan/hub", "jiangnan/hub", true},
		{"jiangnan/hub", "jiangbei/k1", false},
		{"jiangnan/hub", "jiangbei/hub", false},
	} {
		if got := wire.MayBring(c.sender, c.origin); got != c.may {
			t.Errorf("%s brings %s: %v", c.sender, c.origin, got)
		}
	}
}

// A tool on a hub's machine asks for appointments in its name and does nothing else.
func TestAToolDoesNothingElse(t *testing.T) {
	r := wire.ToolRights("jiangnan/hub")
	if !slices.Equal(r.Publish, []string{"ow.1.jiangnan.book.jiangnan.hub"}) || !slices.Equal(r.Subscribe, []string{"_INBOX.jiangnan.hub.>"}) {
		t.Errorf("%+v", r)
	}
}

func TestRightsAreNarrow(t *testing.T) {
	for _, c := range []struct {
		place, role string
		origin      event.Origin
		verbs       string // "" when the device has no business at the place
	}{
		{"jiangnan", wire.RoleKiosk, "jiangnan/k1", "push feed hand beat bundle part cases block book lend keys rated"},
		{"jiangnan", wire.RoleCounter, "jiangnan/c1", "push feed hand beat bundle part cases call keys case shared ratings due disclosure scans bring chunk"},
		{"jiangnan", wire.RoleBoard, "jiangnan/b1", "push feed hand beat bundle part"},
		{wire.Centre, wire.RoleHub, "jiangnan/hub", "push feed beat bundle part check lease keys key shared steps wishes scans bring chunk"},
		{wire.Centre, wire.RoleHub, "jiangnan/hub2", "push feed beat bundle part check lease keys key shared steps wishes scans bring chunk"},
		{"jiangnan", wire.RoleHub, "jiangnan/hub2", "lease follow"},
		{"jiangnan", wire.RoleHub, "jiangbei/hub2", ""},
		{"jiangnan", wire.RoleKiosk, "jiangbei/k1", ""},
		{"jiangnan", wire.RoleHub, "jiangnan/hub", "lease follow"},
		{"jiangnan", wire.RoleKiosk, "jiangnan/hub2", ""},
		{"jiangnan", wire.RoleKiosk, "jiangnan/hub", ""},
		{wire.Centre, wire.RoleHub, "jiangnan/k1", ""},
		{wire.Centre, wire.RoleKiosk, "jiangnan/k1", ""},
		{"jiangnan", "clerk", "jiangnan/c1", ""},
		{"jiangnan", wire.RoleKiosk, "jiangnan/*", ""},
	} {
		r, ok := wire.RightsOf(c.place, c.role, c.origin)
		if ok != (c.verbs != "") {
			t.Errorf("%s %s at %s: %v", c.role, c.origin, c.place, ok)
		}
		var have []string
		for _, s := range r.Publish {
			verb := strings.Split(s, ".")[3]
			if s != wire.AskSubject(c.place, wire.Verb(verb), c.origin) {
				t.Errorf("%s %s may send to %s", c.role, c.origin, s)
			}
			have = append(have, verb)
		}
		if strings.Join(have, " ") != c.verbs {
			t.Errorf("%s %s at %s may %v", c.role, c.origin, c.place, have)
		}
		if ok && slices.Contains(r.Subscribe, wire.NewsSubject(c.place)) == (c.role == wire.RoleHub) {
			t.Errorf("%s %s listens on %v", c.role, c.origin, r.Subscribe)
		}
		for _, s := range append(r.Publish, r.Subscribe...) {
			if strings.ContainsAny(strings.TrimSuffix(s, ".>"), "*>") {
				t.Errorf("%s %s: %s is wider than one device", c.role, c.origin, s)
			}
		}
	}
}
