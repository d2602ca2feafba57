// Package faulttest breaks whole districts of real processes and looks whether
// what was promised still holds: programs killed, lines that lie, folders lost,
// copied or put back, thirty counters at once, frames that nobody should send.
// It has tests only and drives everything from outside: settings, data folders,
// the bridge of the pages, frames on the line. Nothing of it is in the product.
//
// ONEWINDOW_FULL=1 asks for the full numbers, ONEWINDOW_SEED=n for another run;
// a test that fails prints the command that plays it again.
package faulttest
