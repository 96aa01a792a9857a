-- Since when a number is whose it is: verified_at moves each time that they show it again. Of claims from before, only the last time is known.
ALTER TABLE phone_claim ADD COLUMN claimed_at INTEGER NOT NULL DEFAULT 0;
UPDATE phone_claim SET claimed_at = verified_at;
