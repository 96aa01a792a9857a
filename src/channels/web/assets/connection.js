/**
 * Owns the wire: the visitor's session, posting a message, and the event stream, which is opened again from the last line
 * seen whenever it breaks, falls silent, or the phone wakes up.
 */

/** The server beats every 25 seconds. */
const SILENCE_MS = 60000;
const POST_TIMEOUT_MS = 30000;
const LONGEST_PAUSE_MS = 10000;
/** A tab that nobody looks at gives its stream back: a phone's radio sleeps better, and browsers allow few connections. */
const HIDDEN_MS = 5 * 60000;

const JSON_HEADERS = { 'content-type': 'application/json', 'accept-language': document.documentElement.lang };

async function request(path, body) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), POST_TIMEOUT_MS);
  try {
    return await fetch(path, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body), signal: abort.signal });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** Has the server make or keep the visitor's cookie. Never two at once: two answers would be two visitors. */
let session = null;
export function ensureSession() {
  session =
    session ||
    request('/chat/session', {}).then((response) => {
      session = null;
      return response !== null && response.ok;
    });
  return session;
}

/** See createOutbox for the answers. `onNewVisitor`: the cookie was gone, and the open event stream is somebody else's now. */
export async function post(message, onNewVisitor) {
  const ageMs = Math.min(Math.max(0, Math.round(Date.now() - message.at)), 30 * 24 * 3600 * 1000);
  const body =
    message.tap === undefined
      ? { id: message.id, ageMs, text: message.text }
      : { id: message.id, ageMs, tap: message.tap, on: message.on };
  let response = await request('/chat/messages', body);
  if (response !== null && response.status === 401) {
    if (!(await ensureSession())) return { kind: 'later', why: 'offline' };
    response = await request('/chat/messages', body);
    if (response !== null && response.status === 401) return { kind: 'later', why: 'needs_cookies', afterMs: 15000 };
    onNewVisitor();
  }
  if (response === null) return { kind: 'later', why: 'offline' };
  if (response.ok) return { kind: 'durable' };
  if (response.status === 429) {
    return { kind: 'later', why: 'slow_down', afterMs: Number(response.headers.get('retry-after') || 2) * 1000 };
  }
  if (response.status === 413) return { kind: 'refused', why: 'too_long' };
  if (response.status >= 400 && response.status < 500) return { kind: 'refused', why: 'refused' };
  return { kind: 'later', why: 'offline' };
}

/** `onState` is told `connecting`, `connected`, `offline` or `replaced`; `onLine` every line, in order, each once or again. */
export function createConnection({ onLine, onReady, onReset, onState }) {
  let source = null;
  let last = 0;
  let attempts = 0;
  let retryTimer = 0;
  let silenceTimer = 0;
  let hiddenTimer = 0;
  let paused = false;

  function drop() {
    if (source !== null) source.close();
    source = null;
    clearTimeout(retryTimer);
    clearTimeout(silenceTimer);
  }

  function retry() {
    drop();
    onState('offline');
    retryTimer = setTimeout(() => void open(), Math.min(500 * 2 ** attempts, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2));
    attempts += 1;
  }

  function heard() {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(retry, SILENCE_MS);
  }

  async function open() {
    drop();
    paused = false;
    heard();
    if (!(await ensureSession())) return retry();
    if (paused || source !== null) return undefined;
    const mine = new EventSource(last === 0 ? '/chat/events' : `/chat/events?after=${last}`);
    source = mine;
    const on = (name, react) =>
      mine.addEventListener(name, (event) => {
        if (source !== mine) return;
        heard();
        react(event);
      });
    on('line', (event) => {
      const line = JSON.parse(event.data);
      last = line.seq;
      onLine(line);
    });
    on('reset', () => {
      last = 0;
      onReset();
    });
    on('ready', () => {
      attempts = 0;
      onState('connected');
      onReady();
    });
    on('beat', () => {});
    on('replaced', () => {
      drop();
      paused = true;
      onState('replaced');
    });
    mine.addEventListener('error', () => {
      if (source === mine) retry();
    });
    return undefined;
  }

  /** Now rather than when the pause is over: the network came back, or somebody looks. */
  function hurry() {
    attempts = 0;
    if (source === null || source.readyState !== EventSource.OPEN) void open();
  }

  window.addEventListener('online', hurry);
  window.addEventListener('offline', () => {
    if (!paused) retry();
  });
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) hurry();
  });
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiddenTimer);
    if (document.visibilityState === 'visible') return hurry();
    hiddenTimer = setTimeout(() => {
      drop();
      paused = true;
    }, HIDDEN_MS);
    return undefined;
  });
  return {
    open,
    /** Begins again from the first line. */
    restart() {
      last = 0;
      onReset();
      void open();
    },
  };
}
