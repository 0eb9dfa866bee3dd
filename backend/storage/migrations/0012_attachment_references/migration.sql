-- Content: which disclosures name an attachment, so that an erasure finds those that nothing names any more.
CREATE TABLE attachment_reference (
    record_hash TEXT NOT NULL,
    digest TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT attachment_reference_pkey PRIMARY KEY (record_hash, digest)
);
CREATE INDEX attachment_reference_hash_idx ON attachment_reference (hash);

-- Of attachments from before it is not known who names them or whether they were published: erasures leave them.
ALTER TABLE attachment ADD COLUMN is_public BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE attachment ALTER COLUMN is_public DROP DEFAULT;
