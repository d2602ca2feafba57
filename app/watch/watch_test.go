package watch_test

import (
	"testing"

	"onewindow/app/watch"
)

func TestSignalsMeltAndReachEverybodyWhoStillWaits(t *testing.T) {
	var w watch.Watchers
	w.Signal() // nobody is there
	a, b := w.Watch(), w.Watch()
	w.Signal()
	w.Signal()
	<-a
	<-b
	select {
	case <-a:
		t.Error("two signals that nobody fetched are two")
	default:
	}
	w.Unwatch(a)
	w.Signal()
	<-b
	select {
	case <-a:
		t.Error("who has gone is still told")
	default:
	}
}
