-- +goose Up
-- Which stretches of time have rows in ticket, by hall: a ticket id begins with its time of
-- issue, and six of its digits are four hours and forty minutes. Where there is none, nothing
-- has to be looked for.
CREATE TABLE ticket_span (
    hall TEXT NOT NULL,
    span TEXT NOT NULL,
    PRIMARY KEY (hall, span)
) STRICT, WITHOUT ROWID;
INSERT INTO ticket_span (hall, span) SELECT DISTINCT hall, substr(id, 1, 6) FROM ticket;
