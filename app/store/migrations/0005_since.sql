-- +goose Up
-- Where in the log the tickets of a business day begin: no event of a ticket of that
-- day, or with an empty date of a ticket whose day nobody can tell, stands before it.
-- What was noted before this table may be of any day.
CREATE TABLE day (
    date TEXT PRIMARY KEY,
    pos INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO day (date, pos) SELECT '', 1 WHERE EXISTS (SELECT 1 FROM event);

-- The first business day whose tickets are all here; empty where none were left out.
ALTER TABLE cursor ADD COLUMN since TEXT NOT NULL DEFAULT '';
