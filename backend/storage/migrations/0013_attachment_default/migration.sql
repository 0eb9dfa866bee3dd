-- While versions are exchanged one process after the other, the one before still stores attachments without this column:
-- what it stores counts as published, as what was there before it does.
ALTER TABLE attachment ALTER COLUMN is_public SET DEFAULT true;
