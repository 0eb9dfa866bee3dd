-- Who may read what is withheld, who did, and what was erased.

-- A session's token is kept as its hash only: a copy of this table opens nothing.
CREATE TABLE access_session (
    token_hash TEXT NOT NULL,
    participant INTEGER NOT NULL,
    signer TEXT NOT NULL,
    created_at TIMESTAMPTZ(6) NOT NULL,
    expires_at TIMESTAMPTZ(6) NOT NULL,
    CONSTRAINT access_session_pkey PRIMARY KEY (token_hash)
);
CREATE INDEX access_session_expires_at_idx ON access_session (expires_at);

-- Sign-in nonces that were used, until they would have expired anyway: the primary key lets one of two parallel uses win.
CREATE TABLE used_nonce (
    nonce TEXT NOT NULL,
    expires_at TIMESTAMPTZ(6) NOT NULL,
    CONSTRAINT used_nonce_pkey PRIMARY KEY (nonce)
);
CREATE INDEX used_nonce_expires_at_idx ON used_nonce (expires_at);

-- What a custodian grants ends with its custody: custody_digest names the event that gave the custody.
CREATE TABLE access_grant (
    id BIGSERIAL NOT NULL,
    passport_id TEXT NOT NULL,
    custody_digest TEXT NOT NULL,
    granter INTEGER NOT NULL,
    grantee INTEGER NOT NULL,
    granted_at TIMESTAMPTZ(6) NOT NULL,
    expires_at TIMESTAMPTZ(6),
    ended_at TIMESTAMPTZ(6),
    CONSTRAINT access_grant_pkey PRIMARY KEY (id),
    CONSTRAINT access_grant_names_another CHECK (granter <> grantee)
);
CREATE UNIQUE INDEX access_grant_is_open_once ON access_grant (passport_id, custody_digest, grantee) WHERE ended_at IS NULL;

-- Append-only.
CREATE TABLE access_log (
    id BIGSERIAL NOT NULL,
    at TIMESTAMPTZ(6) NOT NULL,
    participant INTEGER NOT NULL,
    passport_id TEXT NOT NULL,
    action TEXT NOT NULL,
    details JSONB NOT NULL,
    CONSTRAINT access_log_pkey PRIMARY KEY (id),
    CONSTRAINT access_log_action_is_known CHECK (action IN ('read', 'grant', 'revoke', 'erase', 'read-log'))
);
CREATE INDEX access_log_passport_id_id_idx ON access_log (passport_id, id);

-- Signed requests that were carried out. What is listed here is never stored again, whoever sends it.
CREATE TABLE erasure (
    digest TEXT NOT NULL,
    participant INTEGER NOT NULL,
    record_hash TEXT NOT NULL,
    -- As signed; empty for all of the record.
    disclosures TEXT[] NOT NULL,
    requested_at BIGINT NOT NULL,
    signature TEXT NOT NULL,
    -- What that meant here: those listed, and those that only they made provable.
    erased TEXT[] NOT NULL,
    erased_at TIMESTAMPTZ(6) NOT NULL,
    CONSTRAINT erasure_pkey PRIMARY KEY (digest)
);
CREATE INDEX erasure_record_hash_idx ON erasure (record_hash);
