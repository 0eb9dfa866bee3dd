-- Where a submission's transaction was mined; looked at again until that block is final.
ALTER TABLE submission ADD COLUMN mined_block INTEGER;
CREATE INDEX submission_mined_block_idx ON submission (mined_block) WHERE mined_block IS NOT NULL;
CREATE INDEX submission_live_idx ON submission (id) WHERE state IN ('sealed', 'submitted');
CREATE INDEX attempt_sender_nonce_idx ON attempt (sender, nonce);

-- The relayer's queue and the backlog's bound look only at what is open, however much was done.
CREATE INDEX accepted_item_open_idx ON accepted_item (digest) WHERE state = 'open';
