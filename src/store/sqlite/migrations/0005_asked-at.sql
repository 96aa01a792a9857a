-- When the last message with choices was sent to a chat: a word that was written before can have meant none of them.
ALTER TABLE conversation ADD COLUMN asked_at INTEGER;
