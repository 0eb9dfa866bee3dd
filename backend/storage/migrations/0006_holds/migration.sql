-- Until when the last hold of a passport stands; null where it has none. The flag alone stays set when a hold expires.
ALTER TABLE chain_passport ADD COLUMN held_until BIGINT;
UPDATE chain_passport p SET held_until = (SELECT h.until FROM chain_hold h WHERE h.passport_id = p.id
    ORDER BY h.block_number DESC, h.log_index DESC LIMIT 1) WHERE held;

-- A regulator's signed hold or release, taken here to be put on chain.
CREATE TABLE hold_order (
    digest TEXT NOT NULL,
    passport_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    regulator INTEGER NOT NULL,
    counter BIGINT NOT NULL,
    until BIGINT,
    reason_hash TEXT NOT NULL,
    deadline BIGINT NOT NULL,
    signature TEXT NOT NULL,
    created_at TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT hold_order_pkey PRIMARY KEY (digest),
    CONSTRAINT hold_order_kind_is_known CHECK (kind IN ('hold', 'release'))
);
CREATE INDEX hold_order_deadline_idx ON hold_order (deadline);
