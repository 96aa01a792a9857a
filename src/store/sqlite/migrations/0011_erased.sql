-- When all that identifies this customer was blanked. The row stays, because orders and the ledger point to its id.
ALTER TABLE customer ADD COLUMN erased_at INTEGER;
