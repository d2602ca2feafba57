package shelf_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"onewindow/sync/shelf"
)

// The test program plays the one that is killed: it takes what one folder has into
// another, again and again, until it is ended.
const takerFrom, takerInto = "SHELF_TEST_FROM", "SHELF_TEST_INTO"

func TestMain(m *testing.M) {
	if from := os.Getenv(takerFrom); from != "" {
		taker(from, os.Getenv(takerInto))
	}
	os.Exit(m.Run())
}

func taker(from, into string) {
	above, err := shelf.Open(shelf.Options{Data: from, Logger: quiet})
	if err == nil {
		var s *shelf.Shelf
		s, err = shelf.Open(shelf.Options{Data: into, Logger: quiet})
		fmt.Println("begins")
		for err == nil {
			err = s.Take(context.Background(), above.Name(), to(above))
			if err == nil {
				_, err = above.Look()
			}
		}
	}
	fmt.Println(err)
	os.Exit(1)
}

// TestKilledWhileItTakes kills a program 210 times at random moments while new versions
// are published: what is in force is always one whole version, and never an older one.
func TestKilledWhileItTakes(t *testing.T) {
	kills := 210
	if testing.Short() {
		kills = 30
	}
	random := rand.New(rand.NewPCG(7, 7))
	c, data := newCentre(t), t.TempDir()
	c.publish("edition 0")
	version, switched, torn := int64(0), 0, 0
	for n := range kills {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), takerFrom+"="+c.data, takerInto+"="+data)
		said, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		wait := make(chan struct{})
		go func() { defer close(wait); _, _ = said.Read(make([]byte, 1)) }()
		<-wait
		if n%3 == 0 {
			c.publish(fmt.Sprintf("edition %d", n))
		}
		<-time.After(time.Duration(random.IntN(25_000)) * time.Microsecond)
		must(t, cmd.Process.Kill())
		_ = cmd.Wait()
		if half, err := os.ReadDir(data + "/bundles/parts"); err == nil && len(half) > 3 {
			torn++
		}
		s, err := shelf.Open(shelf.Options{Data: data, Logger: quiet})
		if err != nil {
			t.Fatalf("kill %d: %v", n, err)
		}
		b := s.Bundle()
		if b.Version < version {
			t.Fatalf("kill %d: version %d after %d", n, b.Version, version)
		}
		if b.Version > version {
			switched++
		}
		if version = b.Version; version > 0 {
			holds(t, s)
		}
	}
	s, above := open(t, shelf.Options{Data: data}), c.open()
	must(t, to(above).take(s))
	if s.Name() != above.Name() {
		t.Error("after all that the newest is not taken")
	}
	if switched < kills/10 || torn == 0 {
		t.Fatalf("%d versions were put in force, %d kills met one on its way: the test has tested nothing", switched, torn)
	}
	t.Logf("T2 bundles: %d kills, %d versions put in force, %d kills in the middle of one: never half a version, never an older one", kills, switched, torn)
}
