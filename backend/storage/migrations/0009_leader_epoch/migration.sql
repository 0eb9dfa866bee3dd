-- Who leads the relayers of this database, counted: every change of leader adds one, and whoever writes with an older
-- number is refused. Times are the database's own.
CREATE TABLE leader_epoch (
    id INTEGER NOT NULL DEFAULT 1,
    epoch BIGINT NOT NULL DEFAULT 0,
    seen_at TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT leader_epoch_pkey PRIMARY KEY (id),
    CONSTRAINT leader_epoch_is_one_row CHECK (id = 1)
);
INSERT INTO leader_epoch (id) VALUES (1);

-- Under which leader it was sealed, and signed.
ALTER TABLE submission ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
