-- +goose Up
-- When this place last wrote an application of which a scan was taken off, in ms; 0 where none was. So it finds what to
-- drop, and what to tell places below.
ALTER TABLE application ADD COLUMN taken_off INTEGER NOT NULL DEFAULT 0;
CREATE INDEX application_taken_off ON application (taken_off) WHERE taken_off > 0;
