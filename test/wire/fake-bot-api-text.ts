/** Owns what Telegram accepts as text and as keyboards, and the words with which it refuses the rest. */

import { Refusal, type InlineButton, type Markup, type ReplyKey } from './fake-bot-api-world.ts';

const LONGEST_TEXT = 4096;
const MOST_CALLBACK_BYTES = 64;
const MOST_INLINE_BUTTONS = 100;

type Params = Readonly<Record<string, unknown>>;

/** The visible text of `text` under `parse_mode`; throws the refusal. */
export function visibleText(params: Params): string {
  const raw = params['text'] === undefined ? '' : String(params['text']);
  const mode = params['parse_mode'] === undefined ? '' : String(params['parse_mode']).toLowerCase();
  const text = parse(raw, mode).trim();
  if (text === '') throw new Refusal(400, 'Bad Request: message text is empty');
  if (text.length > LONGEST_TEXT) throw new Refusal(400, 'Bad Request: message is too long');
  // What arrives here by JSON escapes may hold half a pair, which no UTF-8 text can.
  if (/\p{Surrogate}/u.test(raw)) throw new Refusal(400, 'Bad Request: strings must be encoded in UTF-8');
  return text;
}

function parse(raw: string, mode: string): string {
  if (mode === '') return raw;
  if (mode === 'html') return parseHtml(raw);
  if (mode === 'markdownv2') return parseMarkdown(raw);
  throw new Refusal(400, 'Bad Request: unsupported parse_mode');
}

const TAGS = /^(?:b|strong|i|em|u|ins|s|strike|del|span|tg-spoiler|a|tg-emoji|code|pre|blockquote)$/;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

function parseHtml(raw: string): string {
  const broken = (why: string, at: number): never => {
    throw new Refusal(400, `Bad Request: can't parse entities: ${why} at byte offset ${Buffer.byteLength(raw.slice(0, at))}`);
  };
  const open: string[] = [];
  let text = '';
  for (let at = 0; at < raw.length;) {
    const rest = raw.slice(at);
    if (rest.startsWith('<')) {
      const tag = /^<(\/?)([a-z-]*)((?:\s[^<>]*)?)>/i.exec(rest);
      const name = tag?.[2]?.toLowerCase() ?? '';
      if (tag === null) return broken('Unclosed start tag', at);
      if (!TAGS.test(name)) return broken(`Unsupported start tag "${name}"`, at);
      if (tag[1] === '/') {
        const last = open.pop();
        if (last !== name)
          return broken(
            last === undefined ? 'Unexpected end tag' : `Unmatched end tag, expected "</${last}>", found "</${name}>"`,
            at,
          );
      } else open.push(name);
      at += tag[0].length;
    } else {
      const entity = /^&(?:(lt|gt|amp|quot)|#(\d+)|#x([\da-f]+));/i.exec(rest);
      if (entity === null) text += rest.charAt(0);
      else if (entity[1] !== undefined) text += ENTITIES[entity[1].toLowerCase()];
      else text += String.fromCodePoint(entity[2] === undefined ? Number.parseInt(entity[3] ?? '0', 16) : Number(entity[2]));
      at += entity?.[0].length ?? 1;
    }
  }
  if (open.length > 0) return broken(`Can't find end tag corresponding to start tag "${open.at(-1)}"`, raw.length);
  return text;
}

/** Only as far as needed to refuse what was not escaped. */
function parseMarkdown(raw: string): string {
  const reserved = /(?<!\\)[.!#+\-={}()|>]/.exec(raw);
  if (reserved !== null) {
    const why = `Character '${reserved[0]}' is reserved and must be escaped with the preceding '\\'`;
    throw new Refusal(400, `Bad Request: can't parse entities: ${why}`);
  }
  return raw.replace(/(?<!\\)[*_~`]/g, '').replace(/\\([_*[\]()~`>#+\-=|{}.!\\])/g, '$1');
}

/** `value` as it came: an object, or JSON text as in form bodies. */
export function readMarkup(value: unknown): Markup {
  if (value === undefined || value === null || value === '') return { kind: 'none' };
  const markup = typeof value === 'string' ? parseJson(value) : value;
  if (!isObject(markup)) throw new Refusal(400, 'Bad Request: object expected as reply markup');
  if ('inline_keyboard' in markup) return readInline(rowsOf(markup['inline_keyboard'], 'inline keyboard'));
  if ('keyboard' in markup) {
    const rows = rowsOf(markup['keyboard'], 'keyboard').map((row) => row.map(readKey));
    if (rows.flat().length === 0) throw new Refusal(400, 'Bad Request: reply markup is empty');
    return { kind: 'keyboard', rows, oneTime: markup['one_time_keyboard'] === true };
  }
  if (markup['remove_keyboard'] === true) return { kind: 'remove' };
  if (markup['force_reply'] === true) return { kind: 'force_reply' };
  throw new Refusal(400, "Bad Request: can't parse reply keyboard markup JSON object");
}

function readInline(rows: readonly (readonly unknown[])[]): Markup {
  const read = rows.map((row) => row.map(readInlineButton)).filter((row) => row.length > 0);
  if (read.flat().length > MOST_INLINE_BUTTONS) throw new Refusal(400, 'Bad Request: REPLY_MARKUP_TOO_LONG');
  return read.length === 0 ? { kind: 'none' } : { kind: 'inline', rows: read };
}

function readInlineButton(value: unknown): InlineButton {
  const cannot = (why: string): Refusal => new Refusal(400, `Bad Request: can't parse inline keyboard button: ${why}`);
  if (!isObject(value)) throw cannot('InlineKeyboardButton must be an Object');
  const { text, callback_data: data, url } = value;
  if (typeof text !== 'string' || text.trim() === '') throw cannot('Field "text" must be a non-empty String');
  if (typeof data !== 'string') {
    if (typeof url === 'string') return { text, data: null };
    throw cannot('Text buttons are unallowed in the inline keyboard');
  }
  const bytes = Buffer.byteLength(data);
  if (bytes < 1 || bytes > MOST_CALLBACK_BYTES) throw new Refusal(400, 'Bad Request: BUTTON_DATA_INVALID');
  return { text, data };
}

function readKey(value: unknown): ReplyKey {
  if (typeof value === 'string' && value !== '') return { text: value, asksContact: false };
  if (isObject(value) && typeof value['text'] === 'string' && value['text'].trim() !== '') {
    return { text: value['text'], asksContact: value['request_contact'] === true };
  }
  throw new Refusal(400, 'Bad Request: can\'t parse keyboard button: Field "text" must be of type String');
}

function rowsOf(value: unknown, what: string): (readonly unknown[])[] {
  if (!Array.isArray(value)) throw new Refusal(400, `Bad Request: can't parse ${what}: Field must be of type Array`);
  return value.map((row: unknown) => {
    if (!Array.isArray(row)) throw new Refusal(400, `Bad Request: can't parse ${what} button row: must be of type Array`);
    return row as readonly unknown[];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "Bad Request: can't parse reply keyboard markup JSON object");
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
