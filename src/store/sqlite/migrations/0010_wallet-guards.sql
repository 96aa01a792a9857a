-- What was asked of wallets, what it cost and whose they are stays as it was written, whoever holds the file open. Money itself stands
-- in the ledger, which guards itself (0002).

CREATE TRIGGER wallet_request_no_update BEFORE UPDATE ON wallet_request BEGIN SELECT RAISE (ABORT, 'wallet_request is append-only'); END;
CREATE TRIGGER wallet_request_no_delete BEFORE DELETE ON wallet_request BEGIN SELECT RAISE (ABORT, 'wallet_request is append-only'); END;

-- Somebody's SMS are in it: it neither goes away nor becomes another's. Its version counts up by one with each movement.
CREATE TRIGGER wallet_no_delete BEFORE DELETE ON wallet BEGIN SELECT RAISE (ABORT, 'a wallet stays'); END;
CREATE TRIGGER wallet_moves BEFORE UPDATE ON wallet
WHEN NEW.id <> OLD.id OR NEW.app_id <> OLD.app_id OR NEW.user_id <> OLD.user_id OR NEW.opened_at <> OLD.opened_at
  OR NEW.version <> OLD.version + 1
BEGIN SELECT RAISE (ABORT, 'a wallet stays whose it is'); END;

CREATE TRIGGER sms_cost_no_delete BEFORE DELETE ON sms_cost BEGIN SELECT RAISE (ABORT, 'sms_cost is append-only'); END;
CREATE TRIGGER sms_cost_ends BEFORE UPDATE ON sms_cost
WHEN NEW.id <> OLD.id OR NEW.level <> OLD.level OR NEW.app_id <> OLD.app_id OR NEW.user_id <> OLD.user_id
  OR NEW.millikes <> OLD.millikes OR NEW.set_by <> OLD.set_by OR NEW.set_at <> OLD.set_at
  OR OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
BEGIN SELECT RAISE (ABORT, 'a price that was in force can only end'); END;

-- A revoked key never works again, and a key never learns to do more.
CREATE TRIGGER api_key_no_delete BEFORE DELETE ON api_key BEGIN SELECT RAISE (ABORT, 'a key is revoked, not deleted'); END;
CREATE TRIGGER api_key_is_revoked BEFORE UPDATE ON api_key
WHEN NEW.name <> OLD.name OR NEW.sha256 <> OLD.sha256 OR NEW.app_id <> OLD.app_id OR NEW.scopes <> OLD.scopes
  OR NEW.created_at <> OLD.created_at OR OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL
BEGIN SELECT RAISE (ABORT, 'a key can only be revoked'); END;
