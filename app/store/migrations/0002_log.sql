-- +goose Up
-- A chain gets a number of its own, so that an event's row and its index are small,
-- and a ticket's row is written now and then instead of at each step: the events
-- behind node.projected make it again.
CREATE TABLE chain_2 (
    id INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,        -- complete here from 1 to seq
    head BLOB NOT NULL,
    signed_seq INTEGER NOT NULL,
    sig BLOB,
    up_seq INTEGER NOT NULL,     -- confirmed by the place above
    up_head BLOB NOT NULL,
    up_epoch INTEGER NOT NULL,   -- the life of that place's database
    centre_seq INTEGER NOT NULL, -- confirmed by the centre
    forked INTEGER NOT NULL      -- 1: the place above has another history
) STRICT;
CREATE UNIQUE INDEX chain_id ON chain_2 (origin, epoch);
INSERT INTO chain_2 (origin, epoch, seq, head, signed_seq, sig, up_seq, up_head, up_epoch, centre_seq, forked)
    SELECT origin, epoch, seq, head, signed_seq, sig, up_seq, up_head, 0, centre_seq, 0 FROM chain;
INSERT INTO chain_2 (origin, epoch, seq, head, signed_seq, up_seq, up_head, up_epoch, centre_seq, forked)
    SELECT DISTINCT e.origin, e.epoch, 0, zeroblob(32), 0, 0, zeroblob(32), 0, 0, 0 FROM event e
    WHERE NOT EXISTS (SELECT 1 FROM chain c WHERE c.origin = e.origin AND c.epoch = e.epoch);

CREATE TABLE event_2 (
    pos INTEGER PRIMARY KEY,
    chain INTEGER NOT NULL, -- a row of chain; 0: a stray, its number is taken
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,       -- '' when the body could not be read
    lasting INTEGER NOT NULL, -- 1: not about one ticket, folded again at every start
    fault TEXT,               -- why it is in quarantine
    request TEXT,             -- the tap that a ticket was issued for
    hash BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
INSERT INTO event_2 (pos, chain, seq, kind, lasting, fault, hash, body)
    SELECT e.pos, c.id, e.seq, e.kind, e.lasting, e.fault, e.hash, e.body
    FROM event e JOIN chain_2 c ON c.origin = e.origin AND c.epoch = e.epoch ORDER BY e.pos;
DROP TABLE event;
DROP TABLE chain;
ALTER TABLE chain_2 RENAME TO chain;
ALTER TABLE event_2 RENAME TO event;
CREATE UNIQUE INDEX event_id ON event (chain, seq);
CREATE INDEX event_lasting ON event (pos) WHERE lasting = 1;
CREATE INDEX event_fault ON event (pos) WHERE fault IS NOT NULL;

ALTER TABLE node ADD COLUMN projected INTEGER NOT NULL DEFAULT 0;
UPDATE node SET projected = (SELECT coalesce(max(pos), 0) FROM event);
ALTER TABLE ticket DROP COLUMN request;
