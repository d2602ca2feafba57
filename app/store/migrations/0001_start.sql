-- +goose Up
-- Times are integers in ms since 1970. Everything below "event" and "chain" is
-- a projection: it can be dropped and made again from the events.
CREATE TABLE node (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    origin TEXT NOT NULL,
    epoch INTEGER NOT NULL
) STRICT;

-- The log: own events and all that came, in order of arrival (pos).
CREATE TABLE event (
    pos INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,      -- '' when the body could not be read
    lasting INTEGER NOT NULL, -- 1: not about one ticket, folded again at every start
    fault TEXT,               -- why it is in quarantine
    hash BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_id ON event (origin, epoch, seq);
CREATE INDEX event_lasting ON event (pos) WHERE lasting = 1;
CREATE INDEX event_fault ON event (pos) WHERE fault IS NOT NULL;

-- One row per origin and epoch whose events are complete here from 1 to seq.
CREATE TABLE chain (
    origin TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    head BLOB NOT NULL,
    signed_seq INTEGER NOT NULL,
    sig BLOB,
    up_seq INTEGER NOT NULL,     -- confirmed by the place above
    up_head BLOB NOT NULL,
    centre_seq INTEGER NOT NULL, -- confirmed by the centre
    PRIMARY KEY (origin, epoch)
) STRICT, WITHOUT ROWID;

-- Frames and forks that could not be taken into a chain, byte for byte.
CREATE TABLE quarantine (
    hash BLOB PRIMARY KEY,
    origin TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

-- How far this node has read the feed of a hub (its epoch and position there).
CREATE TABLE cursor (
    source TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    pos INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Answers already given: the same request gets the same answer.
CREATE TABLE request (
    id TEXT PRIMARY KEY,
    answer BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket (
    id TEXT PRIMARY KEY,
    hall TEXT NOT NULL,
    date TEXT NOT NULL,
    number TEXT NOT NULL,
    service TEXT NOT NULL,
    state TEXT NOT NULL,
    row BLOB NOT NULL,
    request TEXT -- the tap that this kiosk issued it for: the same tap gets the same ticket
) STRICT, WITHOUT ROWID;

-- What was applied for: row is the fold, the rest is what lists are made of.
CREATE TABLE application (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    ticket TEXT NOT NULL,
    hall TEXT NOT NULL,
    item TEXT NOT NULL,
    state TEXT NOT NULL,
    date TEXT NOT NULL,
    due TEXT NOT NULL,
    taken_at_ms INTEGER NOT NULL,
    origin TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    row BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX application_ticket ON application (ticket);
CREATE INDEX application_day ON application (hall, taken_at_ms);

-- The catalogue in use: one row per item, the rest as named documents.
CREATE TABLE item (
    code TEXT PRIMARY KEY,
    place INTEGER NOT NULL,
    area TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
    name TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
