-- What an identifier looks like, so that look-alikes can be found: see backend/domain/identifiers/lookAlike.ts.
-- Null only for rows that code from before this migration still writes while it is being replaced.
ALTER TABLE identifier ADD COLUMN look_alike TEXT;
UPDATE identifier SET look_alike = translate(upper(uid), 'OQILZSB', '0011258');
CREATE INDEX identifier_look_alike_idx ON identifier (look_alike);
