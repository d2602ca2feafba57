-- +goose Up
-- Applications on which an office has something to do, for the lists of what is due.
CREATE INDEX application_due ON application (due, number)
	WHERE state IN ('received', 'accepted', 'accepted_later', 'suspended', 'granted', 'denied', 'returned', 'passed_on', 'handed_out');
