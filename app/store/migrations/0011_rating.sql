-- +goose Up
-- What is known of the ratings of a visit: row is the fold, the rest is what lists are made
-- of. level is the one that counts, 0 where none has come yet; complaint: a bad one is among them; settled: nobody has to do anything about it any
-- more, as far as the row alone tells.
CREATE TABLE rating (
    hall TEXT NOT NULL, -- where it was noted
    ticket TEXT NOT NULL,
    date TEXT NOT NULL, -- of the visit
    level INTEGER NOT NULL,
    repeats INTEGER NOT NULL,
    complaint INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    row BLOB NOT NULL,
    PRIMARY KEY (hall, ticket)
) STRICT;
CREATE INDEX rating_day ON rating (hall, date);
CREATE INDEX rating_complaint ON rating (hall, settled, date) WHERE complaint = 1;
