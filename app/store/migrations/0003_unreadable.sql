-- +goose Up
-- How much of what nobody could read is kept of a sender and business day; what came
-- beyond the bound is counted only. The frames themselves lie in quarantine.
CREATE TABLE unreadable (
    origin TEXT NOT NULL,
    date TEXT NOT NULL,
    kept_bytes INTEGER NOT NULL,
    over_frames INTEGER NOT NULL,
    over_bytes INTEGER NOT NULL,
    PRIMARY KEY (origin, date)
) STRICT, WITHOUT ROWID;
