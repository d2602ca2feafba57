-- +goose Up
-- The call that a hub granted to a request: the same request gets the same call also when its
-- ticket is of a day that memory has forgotten.
CREATE INDEX event_call ON event (request) WHERE kind = 'ticket.called' AND request IS NOT NULL;
