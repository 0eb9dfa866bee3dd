-- How many of the contract's logs a block has: finalized blocks without any are not kept.
ALTER TABLE chain_block ADD COLUMN logs INTEGER NOT NULL DEFAULT 0;

-- Held and Released logs. The last one of a passport says whether its flag is set.
CREATE TABLE chain_hold (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    passport_id TEXT NOT NULL,
    held BOOLEAN NOT NULL,
    regulator INTEGER NOT NULL,
    counter BIGINT NOT NULL,
    until BIGINT,
    reason_hash TEXT NOT NULL,
    signatures TEXT NOT NULL,
    CONSTRAINT chain_hold_pkey PRIMARY KEY (block_number, log_index)
);
CREATE INDEX chain_hold_passport_id_idx ON chain_hold (passport_id, block_number, log_index);

-- Set once, when the quorum named a successor of the contract.
CREATE TABLE chain_succession (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    successor TEXT NOT NULL,
    CONSTRAINT chain_succession_pkey PRIMARY KEY (block_number, log_index)
);

-- Pruning looks only at blocks without logs, however many finalized ones have some.
CREATE INDEX chain_block_without_logs_idx ON chain_block (number) WHERE logs = 0;
