-- The projection: derived from the contract's logs alone.
CREATE TABLE chain_cursor (
    id INTEGER NOT NULL DEFAULT 1,
    chain_id INTEGER NOT NULL,
    contract TEXT NOT NULL,
    deployment_block INTEGER NOT NULL,
    head_number INTEGER NOT NULL,
    head_hash TEXT NOT NULL,
    head_time INTEGER NOT NULL,
    safe_number INTEGER NOT NULL,
    finalized_number INTEGER NOT NULL,
    CONSTRAINT chain_cursor_pkey PRIMARY KEY (id),
    CONSTRAINT chain_cursor_is_one_row CHECK (id = 1),
    CONSTRAINT chain_cursor_is_ordered CHECK (finalized_number <= safe_number AND safe_number <= head_number)
);
CREATE TABLE chain_block (
    number INTEGER NOT NULL,
    hash TEXT NOT NULL,
    parent_hash TEXT NOT NULL,
    time INTEGER NOT NULL,
    CONSTRAINT chain_block_pkey PRIMARY KEY (number)
);
CREATE UNIQUE INDEX chain_block_hash_key ON chain_block (hash);
CREATE TABLE chain_custody_log (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    block_hash TEXT NOT NULL,
    tx_hash TEXT NOT NULL,
    digest TEXT NOT NULL,
    header TEXT NOT NULL,
    items JSONB NOT NULL,
    declined TEXT NOT NULL,
    applied TEXT NOT NULL,
    signatures TEXT NOT NULL,
    CONSTRAINT chain_custody_log_pkey PRIMARY KEY (block_number, log_index)
);
CREATE INDEX chain_custody_log_digest_idx ON chain_custody_log (digest);
CREATE TABLE chain_custody_step (
    passport_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    digest TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor INTEGER NOT NULL,
    counterparty INTEGER NOT NULL,
    occurred_at BIGINT NOT NULL,
    prev_head TEXT NOT NULL,
    head TEXT NOT NULL,
    record_hash TEXT NOT NULL,
    custodian INTEGER NOT NULL,
    phase TEXT NOT NULL,
    moved BOOLEAN NOT NULL,
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    CONSTRAINT chain_custody_step_pkey PRIMARY KEY (passport_id, sequence)
);
CREATE UNIQUE INDEX chain_custody_step_digest_passport_id_key ON chain_custody_step (digest, passport_id);
CREATE INDEX chain_custody_step_block_number_idx ON chain_custody_step (block_number);
CREATE INDEX chain_custody_step_record_hash_idx ON chain_custody_step (record_hash);
CREATE TABLE chain_passport (
    id TEXT NOT NULL,
    issuer INTEGER NOT NULL,
    head TEXT NOT NULL,
    custodian INTEGER NOT NULL,
    phase TEXT NOT NULL,
    moved BOOLEAN NOT NULL,
    held BOOLEAN NOT NULL,
    length INTEGER NOT NULL,
    minted_block INTEGER NOT NULL,
    changed_block INTEGER NOT NULL,
    CONSTRAINT chain_passport_pkey PRIMARY KEY (id)
);
CREATE INDEX chain_passport_custodian_id_idx ON chain_passport (custodian, id);
CREATE INDEX chain_passport_issuer_id_idx ON chain_passport (issuer, id);
CREATE INDEX chain_passport_changed_block_idx ON chain_passport (changed_block);
CREATE TABLE chain_participant (
    id INTEGER NOT NULL,
    account TEXT NOT NULL,
    signer TEXT NOT NULL,
    roles INTEGER NOT NULL,
    active BOOLEAN NOT NULL,
    record_hash TEXT NOT NULL,
    head TEXT NOT NULL,
    changed_block INTEGER NOT NULL,
    CONSTRAINT chain_participant_pkey PRIMARY KEY (id)
);
CREATE TABLE chain_participant_change (
    participant_id INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    cause TEXT NOT NULL,
    account TEXT NOT NULL,
    signer TEXT NOT NULL,
    roles INTEGER NOT NULL,
    active BOOLEAN NOT NULL,
    record_hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    head TEXT NOT NULL,
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    CONSTRAINT chain_participant_change_pkey PRIMARY KEY (participant_id, sequence)
);
CREATE INDEX chain_participant_change_block_number_idx ON chain_participant_change (block_number);
CREATE TABLE chain_governor_set (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    governors TEXT[],
    threshold INTEGER NOT NULL,
    registry_head TEXT NOT NULL,
    CONSTRAINT chain_governor_set_pkey PRIMARY KEY (block_number, log_index)
);
CREATE TABLE chain_proposal (
    digest TEXT NOT NULL,
    kind TEXT NOT NULL,
    proposal JSONB NOT NULL,
    registry_head TEXT NOT NULL,
    signatures TEXT NOT NULL,
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    CONSTRAINT chain_proposal_pkey PRIMARY KEY (digest)
);
CREATE INDEX chain_proposal_block_number_idx ON chain_proposal (block_number);
CREATE TABLE chain_rejection (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    digest TEXT NOT NULL,
    event_index INTEGER NOT NULL,
    item_index INTEGER NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT chain_rejection_pkey PRIMARY KEY (block_number, log_index)
);
CREATE INDEX chain_rejection_digest_idx ON chain_rejection (digest);

-- Content: records by hash.
CREATE TABLE record (
    hash TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_at TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT record_pkey PRIMARY KEY (hash)
);
CREATE INDEX record_subject_idx ON record (subject);
CREATE TABLE record_disclosure (
    record_hash TEXT NOT NULL,
    digest TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    CONSTRAINT record_disclosure_pkey PRIMARY KEY (record_hash, digest)
);
CREATE TABLE identifier (
    passport_id TEXT NOT NULL,
    uid TEXT NOT NULL,
    battery_code TEXT,
    CONSTRAINT identifier_pkey PRIMARY KEY (passport_id)
);
CREATE INDEX identifier_uid_idx ON identifier (uid);
CREATE INDEX identifier_battery_code_idx ON identifier (battery_code);
CREATE TABLE missing_record (
    hash TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT missing_record_pkey PRIMARY KEY (hash)
);
CREATE INDEX missing_record_next_attempt_at_idx ON missing_record (next_attempt_at);
CREATE TABLE content_outbox (
    hash TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT content_outbox_pkey PRIMARY KEY (hash)
);
CREATE INDEX content_outbox_next_attempt_at_idx ON content_outbox (next_attempt_at);

-- Operation: what this operator promised and does.
CREATE TABLE accepted_event (
    digest TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor INTEGER NOT NULL,
    event JSONB NOT NULL,
    deadline BIGINT NOT NULL,
    accepted_at TIMESTAMPTZ(6) NOT NULL,
    receipt JSONB NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT accepted_event_pkey PRIMARY KEY (digest)
);
CREATE UNIQUE INDEX accepted_event_position_key ON accepted_event (position);
CREATE TABLE accepted_item (
    digest TEXT NOT NULL,
    position INTEGER NOT NULL,
    passport_id TEXT NOT NULL,
    prev_head TEXT NOT NULL,
    head TEXT NOT NULL,
    custodian INTEGER NOT NULL,
    phase TEXT NOT NULL,
    moved BOOLEAN NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    reason TEXT,
    CONSTRAINT accepted_item_pkey PRIMARY KEY (digest, position),
    CONSTRAINT accepted_item_digest_fkey FOREIGN KEY (digest) REFERENCES accepted_event (digest) ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT accepted_item_state_is_known CHECK (state IN ('open', 'applied', 'rejected', 'declined'))
);
CREATE INDEX accepted_item_passport_id_state_idx ON accepted_item (passport_id, state);
-- Of two events that would move the same head, this operator promises only one.
CREATE UNIQUE INDEX accepted_item_moves_a_head_once ON accepted_item (passport_id, prev_head) WHERE state IN ('open', 'applied');
CREATE TABLE offer (
    digest TEXT NOT NULL,
    giver INTEGER NOT NULL,
    receiver INTEGER NOT NULL,
    event JSONB NOT NULL,
    deadline BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    created_at TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT offer_pkey PRIMARY KEY (digest)
);
CREATE INDEX offer_receiver_state_idx ON offer (receiver, state);
CREATE TABLE submission (
    id BIGSERIAL NOT NULL,
    kind TEXT NOT NULL,
    calldata BYTEA NOT NULL,
    gas_limit INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'sealed',
    sealed_at TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT submission_pkey PRIMARY KEY (id),
    CONSTRAINT submission_state_is_known CHECK (state IN ('sealed', 'submitted', 'mined', 'failed'))
);
CREATE INDEX submission_state_idx ON submission (state);
CREATE TABLE submission_event (
    submission_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    digest TEXT NOT NULL,
    CONSTRAINT submission_event_pkey PRIMARY KEY (submission_id, position),
    CONSTRAINT submission_event_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES submission (id) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX submission_event_digest_idx ON submission_event (digest);
CREATE TABLE attempt (
    submission_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    sender TEXT NOT NULL,
    nonce INTEGER NOT NULL,
    raw BYTEA NOT NULL,
    tx_hash TEXT NOT NULL,
    max_fee DECIMAL(40, 0) NOT NULL,
    priority_fee DECIMAL(40, 0) NOT NULL,
    created_at TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sent_at TIMESTAMPTZ(6),
    CONSTRAINT attempt_pkey PRIMARY KEY (submission_id, number),
    CONSTRAINT attempt_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES submission (id) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX attempt_tx_hash_key ON attempt (tx_hash);
-- No two submissions share a nonce: the first attempt of each claims it, replacements keep it.
CREATE UNIQUE INDEX attempt_claims_its_nonce ON attempt (sender, nonce) WHERE number = 1;
CREATE TABLE proposal_draft (
    digest TEXT NOT NULL,
    proposal JSONB NOT NULL,
    created_at TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT proposal_draft_pkey PRIMARY KEY (digest)
);
CREATE TABLE proposal_approval (
    digest TEXT NOT NULL,
    governor TEXT NOT NULL,
    signature TEXT NOT NULL,
    CONSTRAINT proposal_approval_pkey PRIMARY KEY (digest, governor),
    CONSTRAINT proposal_approval_digest_fkey FOREIGN KEY (digest) REFERENCES proposal_draft (digest) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE TABLE accept_counter (
    id INTEGER NOT NULL DEFAULT 1,
    next BIGINT NOT NULL DEFAULT 1,
    CONSTRAINT accept_counter_pkey PRIMARY KEY (id),
    CONSTRAINT accept_counter_is_one_row CHECK (id = 1)
);
INSERT INTO accept_counter (id, next) VALUES (1, 1);
