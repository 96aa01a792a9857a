-- What leaves by SMS and e-mail to addresses that are not the wallet owner's own is counted, in its app and in all.
CREATE INDEX alert_send_others ON alert_send (at) WHERE own = 0 AND way <> 'chat' AND state IN ('waiting', 'sent', 'failed');
CREATE INDEX alert_send_held ON alert_send (at) WHERE state = 'skipped' AND why = 'ceiling';
-- Since it was crossed: who is not the owner is not reminded for ever.
ALTER TABLE threshold ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0 CHECK (reminders >= 0);
