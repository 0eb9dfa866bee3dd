-- Content: which blocks are attachments, of what type by their content, and which participants brought them here.
CREATE TABLE attachment (
    hash TEXT NOT NULL,
    participant INTEGER NOT NULL,
    type TEXT NOT NULL,
    size INTEGER NOT NULL,
    created_at TIMESTAMPTZ(6) NOT NULL,
    CONSTRAINT attachment_pkey PRIMARY KEY (hash, participant)
);
CREATE INDEX attachment_participant_created_at_idx ON attachment (participant, created_at);
