-- Each accepted item paid for two indexes that nothing needs: records are read by their hash alone, and what is open of a
-- passport is found by accepted_item_moves_a_head_once. What is left of the second is for following rejections.
DROP INDEX record_subject_idx;
DROP INDEX accepted_item_passport_id_state_idx;
CREATE INDEX accepted_item_rejected_idx ON accepted_item (passport_id, head) WHERE state = 'rejected';
