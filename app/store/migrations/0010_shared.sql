-- +goose Up
-- What was asked of shared data, by whom and for what: nothing of the person. A question is
-- noted by who asks and by the centre, which gives; either note may come first, or twice.
CREATE TABLE shared (
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    number TEXT NOT NULL DEFAULT '',  -- of the application, where it has one by then
    hall TEXT NOT NULL DEFAULT '',
    data_set TEXT NOT NULL,
    purpose TEXT NOT NULL DEFAULT '',
    clerk TEXT NOT NULL DEFAULT '',
    asked_at_ms INTEGER NOT NULL DEFAULT 0,   -- 0: the hall's note has not come
    asked_by TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT '',
    answered_at_ms INTEGER NOT NULL DEFAULT 0,
    given_at_ms INTEGER NOT NULL DEFAULT 0,   -- 0: the centre's note has not come
    given_to TEXT NOT NULL DEFAULT '',
    given TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX shared_asked ON shared (asked_at_ms);

-- How many materials of an application wait for an answer, and of how many something else was
-- said than that they are there.
ALTER TABLE application ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;
ALTER TABLE application ADD COLUMN differing INTEGER NOT NULL DEFAULT 0;
CREATE INDEX application_pending ON application (hall, taken_at_ms) WHERE pending > 0;
CREATE INDEX application_differing ON application (hall, taken_at_ms) WHERE differing > 0;
