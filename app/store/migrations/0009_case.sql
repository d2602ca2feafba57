-- +goose Up
-- Applications whose time may be over, and what a clerk types to find one.
ALTER TABLE application ADD COLUMN answer_by TEXT NOT NULL DEFAULT '';
CREATE INDEX application_answer ON application (hall, answer_by) WHERE answer_by != '';
CREATE INDEX application_number ON application (number);
