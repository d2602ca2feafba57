-- +goose Up
-- How many scans of an application were taken off it, so that places find what to drop.
ALTER TABLE application ADD COLUMN taken_off INTEGER NOT NULL DEFAULT 0;
CREATE INDEX application_taken_off ON application (id) WHERE taken_off > 0;
