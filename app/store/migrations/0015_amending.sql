-- +goose Up
-- How many amendments of an application a second person has yet to check.
ALTER TABLE application ADD COLUMN amending INTEGER NOT NULL DEFAULT 0;
CREATE INDEX application_amending ON application (hall, taken_at_ms) WHERE amending > 0;
