-- +goose Up
-- Requests for information whose applicant is waited for, to correct them or to pay.
ALTER TABLE disclosure ADD COLUMN answer_by TEXT NOT NULL DEFAULT '';
CREATE INDEX disclosure_answer ON disclosure (hall, answer_by) WHERE answer_by != '';
