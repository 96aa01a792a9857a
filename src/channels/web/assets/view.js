/** Owns what is seen and read aloud: lines, their times and buttons, the notice, the typing sign, scrolling. Sets text, never HTML. */

const words = JSON.parse(document.getElementById('words').textContent);
export const say = (key) => words[key] || key;

const element = (id) => document.getElementById(id);
const scroller = element('scroller');
const linesBox = element('lines');
const pendingBox = element('pending');
const newest = element('newest');
const lang = document.documentElement.lang;

/** Kenyan time on a 24-hour clock, wherever the phone thinks it is. */
const zone = { timeZone: 'Africa/Nairobi' };
const timeFormat = new Intl.DateTimeFormat(lang, { ...zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayFormat = new Intl.DateTimeFormat(lang, { ...zone, weekday: 'long', day: 'numeric', month: 'long' });
const dayKey = new Intl.DateTimeFormat('en-CA', { ...zone, year: 'numeric', month: '2-digit', day: '2-digit' });

const shown = new Map();
let lastDay = '';

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function dayName(at) {
  const day = dayKey.format(at);
  if (day === dayKey.format(Date.now())) return say('today');
  if (day === dayKey.format(Date.now() - 24 * 3600 * 1000)) return say('yesterday');
  return dayFormat.format(at);
}

/** The text with its web addresses made into links. */
function fillText(node, text) {
  let end = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]/g)) {
    node.append(text.slice(end, match.index));
    const link = make('a', '', match[0]);
    link.href = match[0];
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    node.append(link);
    end = match.index + match[0].length;
  }
  node.append(text.slice(end));
}

/** Numbers and amounts are not torn apart at the end of a line. */
function keepTogether(text) {
  return text.replace(/(\d) (?=\d{3}(?!\d))/g, '$1\u00a0').replace(/\bKES (?=\d)/g, 'KES\u00a0');
}

function makeLine({ from, text, at }) {
  const row = make('div', `line ${from}`);
  const bubble = make('div', 'bubble');
  const body = make('p', 'text');
  body.append(make('span', 'spoken', `${say(from === 'bot' ? 'bot_said' : 'you_said')} `));
  fillText(body, from === 'bot' ? keepTogether(text) : text);
  const meta = make('p', 'meta');
  const time = make('time', '', timeFormat.format(at));
  time.dateTime = new Date(at).toISOString();
  meta.append(time, make('span', 'status'));
  bubble.append(body, meta);
  row.append(bubble);
  return row;
}

function addButtons(row, line, onTap) {
  if (line.buttons.length === 0) return;
  const group = make('div', 'choices');
  for (const { id, label } of line.buttons) {
    const button = make('button', '', label);
    button.type = 'button';
    button.addEventListener('click', () => {
      if (button.getAttribute('aria-disabled') !== 'true') onTap({ tap: id, on: line.id, text: label });
    });
    group.append(button);
  }
  row.append(group);
}

/** Shows a line of the transcript; one that is shown already stays as it is. */
export function showLine(line, onTap) {
  const key = `${line.from}:${line.id}`;
  if (line.kind === 'retired') return retire(line.on);
  if (linesBox.contains(shown.get(key) || null)) return undefined;
  shown.get(key)?.remove();
  const day = dayKey.format(line.at);
  if (day !== lastDay) {
    lastDay = day;
    linesBox.append(make('h2', 'day', dayName(line.at)));
  }
  const stick = isAtEnd() || line.from === 'person';
  const row = makeLine(line);
  addButtons(row, line, onTap);
  shown.set(key, row);
  linesBox.append(row);
  afterChange(stick);
  return undefined;
}

function retire(id) {
  const group = shown.get(`bot:${id}`)?.querySelector('.choices');
  if (!group) return;
  const focused = group.contains(document.activeElement) ? document.activeElement : null;
  // Focus must not fall back to the top of the page; a finger on glass does not want the keyboard to jump up either.
  const next = focused?.matches(':focus-visible') ? element('message') : scroller;
  const stick = isAtEnd();
  group.remove();
  if (focused !== null) next.focus({ preventScroll: true });
  afterChange(stick);
}

/** Shows the messages that are not confirmed. `statusOf` gives the words under each. */
export function showPending(messages, statusOf, onEdit) {
  const stick = isAtEnd();
  const keys = new Set(messages.map(({ id }) => `person:${id}`));
  let added = false;
  for (const message of messages) {
    const key = `person:${message.id}`;
    if (!shown.has(key)) {
      const row = makeLine({ from: 'person', text: message.text, at: message.at });
      shown.set(key, row);
      pendingBox.append(row);
      added = true;
    }
    const row = shown.get(key);
    row.querySelector('.status').textContent = statusOf(message);
    row.classList.toggle('failed', message.failed !== undefined);
    if (message.failed !== undefined && message.tap === undefined && row.querySelector('.choices') === null) {
      const group = make('div', 'choices');
      const edit = make('button', '', say('edit_again'));
      edit.type = 'button';
      edit.addEventListener('click', () => onEdit(message));
      group.append(edit);
      row.append(group);
    }
  }
  for (const [key, row] of shown) {
    if (!key.startsWith('person:') || keys.has(key)) continue;
    // Confirmed but not yet in the transcript that we have seen: it stays until its line comes.
    row.querySelector('.status').textContent = '';
    if (row.classList.contains('failed')) {
      row.remove();
      shown.delete(key);
    }
  }
  markTapped(messages);
  if (added || messages.length > 0) afterChange(stick || added);
}

/** The buttons of a message are still while one of them is on its way. */
function markTapped(messages) {
  const tapped = new Set(messages.filter(({ tap, failed }) => tap !== undefined && failed === undefined).map(({ on }) => on));
  for (const [key, row] of shown) {
    if (!key.startsWith('bot:')) continue;
    for (const button of row.querySelectorAll('.choices button')) {
      button.setAttribute('aria-disabled', String(tapped.has(key.slice(4))));
    }
  }
}

export function clearLines() {
  linesBox.textContent = '';
  pendingBox.textContent = '';
  shown.clear();
  lastDay = '';
}

/** History is not read aloud, what comes after it is. */
export function readAloud(on) {
  linesBox.setAttribute('aria-live', on ? 'polite' : 'off');
}

export function showTyping(on) {
  const typing = element('typing');
  if (typing.hidden === !on) return;
  const stick = isAtEnd();
  typing.hidden = !on;
  if (stick) scrollToEnd();
}

export function showState(state) {
  const node = element('state');
  const text = say(state === 'replaced' || state === 'offline' ? 'not_connected_short' : state);
  node.dataset.state = state;
  if (node.textContent !== text) node.textContent = text;
}

/** An empty text takes the notice away. */
export function showNotice(text) {
  const node = element('notice');
  if (node.textContent !== text) node.textContent = text;
}

function isAtEnd() {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
}

export function scrollToEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  newest.hidden = true;
}

function afterChange(stick) {
  element('welcome').hidden = shown.size > 0;
  if (stick) scrollToEnd();
  else newest.hidden = false;
}

export function showWelcomeIfEmpty() {
  element('welcome').hidden = shown.size > 0;
}

scroller.addEventListener('scroll', () => {
  if (isAtEnd()) newest.hidden = true;
});
newest.addEventListener('click', () => {
  scrollToEnd();
  element('message').focus({ preventScroll: true });
});
// The keyboard of the phone makes the log smaller: what was at the end stays at the end.
let wasAtEnd = true;
scroller.addEventListener('scroll', () => (wasAtEnd = isAtEnd()), { passive: true });
window.addEventListener('resize', () => {
  if (wasAtEnd) scrollToEnd();
});
