/** Joins outbox, connection and view. Where a message is at any moment is told by the outbox and the transcript alone. */

import { createConnection, ensureSession, post } from './connection.js';
import { createOutbox, newId, safeStorage } from './outbox.js';
import * as view from './view.js';

const MAX_BODY_BYTES = 16 * 1024;
const TYPING_MS = 20000;
const DRAFT = 'jaza.draft';

const composer = document.getElementById('composer');
const field = document.getElementById('message');
const title = document.title;
const local = safeStorage(window.localStorage);

let state = 'connecting';
let ready = false;
let tooLong = false;
let botLines = 0;
let awaiting = false;
let typingTimer = 0;
let unread = 0;

const outbox = createOutbox({
  storage: local,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  onChange: refresh,
  async post(message) {
    const before = botLines;
    const answer = await post(message, () => connection.restart());
    if (answer.kind === 'durable' && botLines === before) awaitAnswer(true);
    return answer;
  },
});

const connection = createConnection({
  onLine(line) {
    view.showLine(line, tap);
    if (line.kind === 'said' && line.from === 'bot') botSpoke();
    else refresh();
  },
  onReady() {
    if (!ready) view.scrollToEnd();
    ready = true;
    setTimeout(() => view.readAloud(true), 100);
    refresh();
    void outbox.flush();
  },
  onReset() {
    view.readAloud(false);
    view.clearLines();
    ready = false;
  },
  onState(next) {
    state = next;
    refresh();
  },
});

function botSpoke() {
  botLines += 1;
  awaitAnswer(false);
  if (ready && document.visibilityState === 'hidden') {
    unread += 1;
    document.title = `(${unread}) ${title}`;
  }
  refresh();
}

function awaitAnswer(on) {
  awaiting = on;
  clearTimeout(typingTimer);
  if (on) typingTimer = setTimeout(() => awaitAnswer(false), TYPING_MS);
  view.showTyping(on && state === 'connected');
}

function refresh() {
  const messages = outbox.all();
  view.showPending(messages, statusOf, editAgain);
  view.showState(state);
  view.showTyping(awaiting && state === 'connected');
  view.showNotice(notice(messages));
  if (ready) view.showWelcomeIfEmpty();
}

function statusOf(message) {
  if (message.failed !== undefined) return view.say('not_sent');
  return outbox.inFlight() === message.id && state === 'connected' ? view.say('sending') : view.say('kept');
}

function notice(messages) {
  const waiting = messages.filter(({ failed }) => failed === undefined).length;
  const failed = messages.find((message) => message.failed !== undefined);
  if (outbox.trouble() === 'needs_cookies') return view.say('needs_cookies');
  if (tooLong) return view.say('too_long');
  if (waiting > 0 && outbox.trouble() === 'slow_down') return view.say('slow_down');
  if (waiting > 0 && (state === 'offline' || outbox.trouble() === 'offline')) return view.say('not_connected_kept');
  if (state === 'offline') return view.say('not_connected');
  if (state === 'replaced') return view.say('replaced');
  if (failed === undefined) return '';
  return view.say(failed.failed === 'too_long' ? 'too_long' : 'refused');
}

function send(message) {
  outbox.add({ id: newId(), at: Date.now(), ...message });
  view.scrollToEnd();
}

function tap(choice) {
  send(choice);
}

function editAgain(message) {
  outbox.remove(message);
  field.value = message.text;
  fieldChanged();
  field.focus();
}

function fieldChanged() {
  tooLong = false;
  local.set(DRAFT, field.value);
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + 2}px`;
  refresh();
}

function submit() {
  const text = field.value.trim();
  if (text === '') return field.focus();
  // With room for the id and the age beside it.
  if (new TextEncoder().encode(JSON.stringify(text)).length > MAX_BODY_BYTES - 200) {
    tooLong = true;
    return refresh();
  }
  field.value = '';
  fieldChanged();
  send({ text });
  return field.focus();
}

composer.addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
field.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
field.addEventListener('input', fieldChanged);
document.getElementById('suggestions').addEventListener('click', (event) => {
  if (event.target instanceof HTMLButtonElement) send({ text: event.target.textContent });
});
// Who wants the page in another language wants the talk in it, too: asked for in words, and sent by the page that comes next.
document.querySelector('.language').addEventListener('click', (event) => {
  if (botLines > 0) outbox.add({ id: newId(), at: Date.now(), text: event.currentTarget.textContent });
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible') return;
  unread = 0;
  document.title = title;
  void outbox.flush();
});
window.addEventListener('online', () => void outbox.flush());
// Another tab of the same person sent or confirmed something.
window.addEventListener('storage', refresh);

field.value = local.get(DRAFT) || '';
fieldChanged();
if (window.matchMedia('(pointer: fine)').matches) field.focus();
void ensureSession();
void connection.open();
