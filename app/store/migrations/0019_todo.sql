-- +goose Up
-- What an office has to do with an application: 1 something with a day, 2 something whose day
-- nobody knows, 3 only to put it away (归档); 0 for nothing. It follows from the row, so that it
-- is never another thing than what the state and the day say.
ALTER TABLE application ADD COLUMN todo INTEGER GENERATED ALWAYS AS (CASE
	WHEN state = 'handed_out' THEN 3
	WHEN state NOT IN ('received', 'accepted', 'accepted_later', 'suspended', 'granted', 'denied', 'returned', 'passed_on') THEN 0
	WHEN due > '' THEN 1
	ELSE 2 END) VIRTUAL;
-- Whose item it was when it was taken; empty in applications of before that was noted.
ALTER TABLE application ADD COLUMN department TEXT NOT NULL DEFAULT '';
-- Each list is a stretch of one index in the order in which it is shown.
DROP INDEX application_due;
CREATE INDEX application_department ON application (department, todo, due, number) WHERE todo > 0;
CREATE INDEX application_item ON application (item, todo, due, number) WHERE todo > 0;
CREATE INDEX application_due ON application (hall, due, number) WHERE todo = 1;
CREATE INDEX application_received ON application (hall, due) WHERE state = 'received';
-- The calendar and the terms on which the days above were counted.
ALTER TABLE node ADD COLUMN calendar TEXT NOT NULL DEFAULT '';
