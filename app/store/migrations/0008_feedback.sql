-- +goose Up
-- What citizens have left for the staff. Where a device has used a number twice, both stay.
CREATE TABLE feedback (
    origin TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    sum BLOB NOT NULL,
    kind TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (origin, epoch, seq, sum)
) STRICT, WITHOUT ROWID;
CREATE INDEX feedback_kind ON feedback (kind, at_ms);
