-- When that server last answered, also that it knows no such wallet.
ALTER TABLE remote_balance ADD COLUMN told_at INTEGER;
UPDATE remote_balance SET told_at = read_at;
