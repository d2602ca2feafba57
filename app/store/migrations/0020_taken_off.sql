-- +goose Up
-- When a scan was last taken off an application, in ms; 0 for never. So places find what to drop.
ALTER TABLE application ADD COLUMN taken_off INTEGER NOT NULL DEFAULT 0;
CREATE INDEX application_taken_off ON application (taken_off) WHERE taken_off > 0;
