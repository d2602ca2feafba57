-- +goose Up
-- Requests for information. What they say of people, and what was asked for, is sealed in the
-- row; no column and no index tells it.
CREATE TABLE disclosure (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    hall TEXT NOT NULL,
    day TEXT NOT NULL,
    date TEXT NOT NULL,
    answered TEXT NOT NULL,
    origin TEXT NOT NULL,
    row BLOB NOT NULL
) STRICT;
CREATE INDEX disclosure_number ON disclosure (number);
CREATE INDEX disclosure_open ON disclosure (hall, answered);
