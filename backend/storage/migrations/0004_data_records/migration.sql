-- The projection: Anchored logs, numbered per publisher.
CREATE TABLE chain_anchor (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    block_hash TEXT NOT NULL,
    tx_hash TEXT NOT NULL,
    publisher INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    root TEXT NOT NULL,
    count INTEGER NOT NULL,
    manifest_hash TEXT NOT NULL,
    prev_accumulator TEXT NOT NULL,
    accumulator TEXT NOT NULL,
    signature TEXT NOT NULL,
    CONSTRAINT chain_anchor_pkey PRIMARY KEY (block_number, log_index)
);
CREATE UNIQUE INDEX chain_anchor_publisher_sequence_key ON chain_anchor (publisher, sequence);
CREATE UNIQUE INDEX chain_anchor_accumulator_key ON chain_anchor (accumulator);

-- The leaves of anchors whose manifest is here and gives their root. They go with their anchor when its block is undone.
CREATE TABLE anchored_record (
    publisher INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    leaf_index INTEGER NOT NULL,
    digest TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    author INTEGER NOT NULL,
    occurred_at BIGINT NOT NULL,
    record_hash TEXT NOT NULL,
    signature TEXT NOT NULL,
    CONSTRAINT anchored_record_pkey PRIMARY KEY (publisher, sequence, leaf_index),
    CONSTRAINT anchored_record_publisher_sequence_fkey FOREIGN KEY (publisher, sequence)
        REFERENCES chain_anchor (publisher, sequence) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX anchored_record_digest_idx ON anchored_record (digest);
CREATE INDEX anchored_record_subject_id_digest_idx ON anchored_record (subject_id, digest);
CREATE INDEX anchored_record_author_digest_idx ON anchored_record (author, digest);

-- Content: anchors whose leaves are not here yet.
CREATE TABLE missing_manifest (
    publisher INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    reason TEXT,
    CONSTRAINT missing_manifest_pkey PRIMARY KEY (publisher, sequence),
    CONSTRAINT missing_manifest_publisher_sequence_fkey FOREIGN KEY (publisher, sequence)
        REFERENCES chain_anchor (publisher, sequence) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX missing_manifest_next_attempt_at_idx ON missing_manifest (next_attempt_at);

-- Content: blocks by hash that are no records.
CREATE TABLE content_block (
    hash TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    CONSTRAINT content_block_pkey PRIMARY KEY (hash)
);

-- Operation: data records that this operator promised to anchor, and the anchors it sealed.
CREATE TABLE data_record (
    digest TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    author INTEGER NOT NULL,
    occurred_at BIGINT NOT NULL,
    record_hash TEXT NOT NULL,
    signature TEXT NOT NULL,
    receipt JSONB NOT NULL,
    accepted_at TIMESTAMPTZ(6) NOT NULL,
    position BIGSERIAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    CONSTRAINT data_record_pkey PRIMARY KEY (digest),
    CONSTRAINT data_record_state_is_known CHECK (state IN ('open', 'anchored'))
);
CREATE UNIQUE INDEX data_record_position_key ON data_record (position);
CREATE INDEX data_record_subject_id_digest_idx ON data_record (subject_id, digest);
CREATE INDEX data_record_author_digest_idx ON data_record (author, digest);
-- The queue and the backlog's bound look only at what is open, however much was done.
CREATE INDEX data_record_open_idx ON data_record (position) WHERE state = 'open';

CREATE TABLE sealed_anchor (
    submission_id BIGINT NOT NULL,
    publisher INTEGER NOT NULL,
    prev_accumulator TEXT NOT NULL,
    accumulator TEXT NOT NULL,
    CONSTRAINT sealed_anchor_pkey PRIMARY KEY (submission_id),
    CONSTRAINT sealed_anchor_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES submission (id) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX sealed_anchor_publisher_idx ON sealed_anchor (publisher);
CREATE INDEX sealed_anchor_accumulator_idx ON sealed_anchor (accumulator);
