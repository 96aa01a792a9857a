-- What was unpaid in a backup that was restored may be delivered since, elsewhere; and what was delivered elsewhere may turn out not to be.
ALTER TABLE orders ADD COLUMN restored_at INTEGER;
ALTER TABLE orders ADD COLUMN taken_back_at INTEGER;
