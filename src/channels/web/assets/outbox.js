/**
 * Owns what the person has sent and the server has not yet confirmed. Every message has an id and lies in localStorage, each
 * under a key of its own (several tabs share them), until the server said that it is durable: a reload loses nothing, and a
 * repetition with the same id does nothing.
 */

const PREFIX = 'jaza.out.';
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15000;

/** Unique for this visitor. `randomUUID` exists on https and localhost only. */
export function newId() {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** localStorage, or memory where it is full or forbidden: then only a reload loses what was not sent. */
export function safeStorage(storage) {
  const memory = new Map();
  const attempt = (action) => {
    try {
      return action();
    } catch {
      return undefined;
    }
  };
  return {
    keys: () => [...new Set([...(attempt(() => Object.keys(storage)) || []), ...memory.keys()])],
    get: (key) => (memory.has(key) ? memory.get(key) : (attempt(() => storage.getItem(key)) ?? null)),
    set(key, value) {
      memory.delete(key);
      if (attempt(() => (storage.setItem(key, value), true)) !== true) memory.set(key, value);
    },
    remove(key) {
      memory.delete(key);
      attempt(() => storage.removeItem(key));
    },
  };
}

/**
 * A message: `{id, at, text}` or `{id, at, tap, on, text}` (`text` is then the button's label), with `failed` once the server
 * refused it for good. `post` answers `{kind: 'durable'}`, `{kind: 'refused', why}` or `{kind: 'later', why, afterMs}`.
 */
export function createOutbox({ storage, post, pause, onChange }) {
  let flushing = false;
  let hurry = false;
  let wakeUp = null;
  let inFlight = null;
  let trouble = null;

  const keyOf = ({ at, id }) => `${PREFIX}${String(at).padStart(15, '0')}.${id}`;
  const read = (key) => {
    try {
      return JSON.parse(storage.get(key));
    } catch {
      return null;
    }
  };
  const all = () =>
    storage
      .keys()
      .filter((key) => key.startsWith(PREFIX))
      .sort()
      .map(read)
      .filter((message) => message !== null && typeof message.id === 'string');

  const settle = (message, answer) => {
    if (answer.kind === 'durable') storage.remove(keyOf(message));
    if (answer.kind === 'refused') storage.set(keyOf(message), JSON.stringify({ ...message, failed: answer.why }));
    trouble = answer.kind === 'later' ? answer.why : null;
  };

  /** Ends when somebody asks for it, also for an attempt that was under way when they did. */
  const wait = async (ms) => {
    if (!hurry) await Promise.race([pause(ms), new Promise((resolve) => (wakeUp = resolve))]);
    wakeUp = null;
    hurry = false;
  };

  /** One at a time, in the order of writing: an answer must not overtake the question before it. */
  async function sendAll() {
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const message = all().find((candidate) => candidate.failed === undefined);
      if (message === undefined) {
        // Here and not after the await: a message added in between would find nobody to send it.
        flushing = false;
        return;
      }
      inFlight = message.id;
      onChange();
      const answer = await post(message);
      inFlight = null;
      settle(message, answer);
      onChange();
      if (answer.kind === 'later') {
        await wait(answer.afterMs ?? pauseMs);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      } else pauseMs = FIRST_PAUSE_MS;
    }
  }

  async function flush() {
    if (flushing) {
      hurry = true;
      if (wakeUp !== null) wakeUp();
      return;
    }
    flushing = true;
    hurry = false;
    try {
      await sendAll();
    } finally {
      flushing = false;
    }
  }

  return {
    all,
    flush,
    add(message) {
      storage.set(keyOf(message), JSON.stringify(message));
      onChange();
      if (!flushing) void flush();
    },
    remove(message) {
      storage.remove(keyOf(message));
      onChange();
    },
    /** The id of the message that is on its way now, or null. */
    inFlight: () => inFlight,
    /** Why the last attempt has to be repeated, or null. */
    trouble: () => trouble,
  };
}
