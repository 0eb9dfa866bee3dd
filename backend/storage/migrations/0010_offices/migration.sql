-- Offices that one process holds at a time: 1 relays, 2 follows the chain. What keeps a holder from its work stands beside
-- it, so that any other process can say so.
ALTER TABLE leader_epoch DROP CONSTRAINT leader_epoch_is_one_row;
ALTER TABLE leader_epoch ADD CONSTRAINT leader_epoch_is_an_office CHECK (id IN (1, 2));
ALTER TABLE leader_epoch ADD COLUMN trouble TEXT;
INSERT INTO leader_epoch (id, seen_at) VALUES (2, 'epoch');
UPDATE leader_epoch SET seen_at = 'epoch' WHERE epoch = 0;
