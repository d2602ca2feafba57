package store

import "onewindow/app/event"

// foldCase keeps the projection of applications.
func (tx *Tx) foldCase(e event.Event) error { return nil }
