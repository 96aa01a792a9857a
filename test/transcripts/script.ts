/**
 * Owns the format of transcripts: which lines there are and what each says. It reads; player.ts plays.
 *
 *   # a comment
 *   env AIRTIME_MIN_KES=1             a setting, before anything is said
 *   env upstream                      a real upstream without a webhook address, instead of the simulated one
 *   env wallets elsewhere             another program keeps the wallets of SMS, reached over its API; `elsewhere unpriced`: it tells
 *                                     no prices to those who have not bought yet
 *   > what the person writes          > English | Kiswahili    (each in its run)
 *   > @id=7 text                      the network's message id: the same id again is a redelivery
 *   > @late=20m text                  sent so long before it is delivered
 *   > @times=1000 text                the text so often
 *   >> a && b                         in the same instant; each part is a text, a [tap] or something (sent)
 *   [buy-airtime:yes]                 taps the button with that label (by its key), of the last message that has it
 *   ["KES 100"]                       the same, by the label itself; ["Buy" | "Nunua"] where it differs
 *   [buy-airtime:yes #1]              the same, of the first message that had it: an old button
 *   [buy-airtime:yes @wanjiku]        the same, of a message to somebody else
 *   tablet is wanjiku                 another chat of the same person
 *   wanjiku on telegram               where this person writes: telegram or whatsapp, else the terminal
 *   (contact Mum 0733000000)          shares a contact, with any count of numbers; a dash is no name
 *   (sticker)                         sends something that is no text
 *   own 0722002000                    the network vouches for the speaker's number from now on; `own shared` sends it as a contact
 *   < key key "text"                  the next message of the bot has these phrases and holds these texts
 *   <- "text" key                     the message just checked holds none of these
 *   <.                                the bot says nothing more
 *   @ +5m                             time passes (s, m, h)
 *   @ restart                         the process ends and starts again on the same database
 *   ! timeout                         the sandbox misbehaves at the next purchase
 *   ! send retry                      the next send fails: retry, refused, blocked
 *   ! sales stopped                   the shop sells nothing; `! sales resumed`
 *   operator invites njeri            a code for an operator, at the console; `{code}` in what a person writes is the last one
 *   operator resolves delivered why   ends the newest order; `operator removes njeri`; `operator stops why`, `operator resumes`
 *   operator links shop-1045 wanjiku  lets them fill that wallet
 *   wallets gone                      nobody reaches that program until `wallets back`; `cut`: it acts, and its answers are lost
 *   wallets used 0722002000 25        others use so many there; `wallets cost 1.5` is what an SMS costs there
 *   phone 0722002000 approve          the simulated payer's phone answers: approve, decline, ignore
 *   = prompts 1                       so many prompts rang in all; `= posts 1` so many purchases reached the upstream,
 *                                     `= topups 1` so many top-ups the program that keeps the wallets
 *   = order delivered                 the state of the newest order, and what it was, in any order: 100 0733000000 M-Pesa
 *   = orders 2                        how many there are
 *   = operator "complaint"            what the operator was told last
 *
 * Before any line: `amina: ` another person's, `?buttons ` or `?numbered ` only where there are buttons, or none.
 */

import type { Spoken } from '../../src/conversation/reply.ts';

export type Said =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tap'; readonly label: string; readonly first: boolean; readonly of: string | null }
  | { readonly kind: 'sent'; readonly what: string };

export interface Message {
  readonly said: Said;
  readonly id: string | null;
  readonly lateMs: number;
}

export interface Expected {
  readonly keys: readonly string[];
  readonly texts: readonly string[];
}

export type Step =
  | { readonly kind: 'env'; readonly setting: string }
  | { readonly kind: 'hand'; readonly messages: readonly Message[] }
  | { readonly kind: 'own'; readonly phone: string }
  | { readonly kind: 'is'; readonly chat: string; readonly sender: string }
  | { readonly kind: 'on'; readonly chat: string; readonly channel: 'telegram' | 'whatsapp' }
  | { readonly kind: 'hears' | 'hears not'; readonly expected: Expected }
  | { readonly kind: 'silence' }
  | { readonly kind: 'passes'; readonly ms: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'fault'; readonly text: string }
  | { readonly kind: 'phone'; readonly number: string; readonly answer: string }
  | { readonly kind: 'wallets'; readonly does: string; readonly words: readonly string[] }
  | { readonly kind: 'operator'; readonly does: string; readonly words: readonly string[] }
  | { readonly kind: 'holds'; readonly noun: string; readonly values: readonly string[] };

export interface Line {
  readonly person: string;
  readonly step: Step;
}

export const FIRST_PERSON = 'wanjiku';

/** Null: nothing to do, here or in this run. Throws on a line that is none. */
export function readLine(line: string, run: { readonly language: Spoken; readonly numbered: boolean }): Line | null {
  const [, only, rest = ''] = /^(?:\?(buttons|numbered)\s+)?(.*)$/.exec(line.trim()) ?? [];
  if (rest === '' || rest.startsWith('#') || (only !== undefined && (only === 'numbered') !== run.numbered)) return null;
  const [, person = FIRST_PERSON, own = ''] = /^(?:([a-z]+): )?(.*)$/.exec(rest) ?? [];
  return { person, step: stepOf(own, run.language) };
}

function stepOf(line: string, language: Spoken): Step {
  const [word = '', ...words] = line.split(/\s+/);
  if (word === 'env') return { kind: 'env', setting: words.join(' ') };
  if (line.startsWith('>>'))
    return {
      kind: 'hand',
      messages: line
        .slice(2)
        .split('&&')
        .map((part) => messageOf(part, language)),
    };
  if (line.startsWith('>')) return { kind: 'hand', messages: [messageOf(line.slice(1), language)] };
  if (line.startsWith('[') || line.startsWith('(')) return { kind: 'hand', messages: [messageOf(line, language)] };
  if (words[0] === 'is' && words.length === 2) return { kind: 'is', chat: word, sender: words[1] ?? '' };
  if (words[0] === 'on' && (words[1] === 'telegram' || words[1] === 'whatsapp'))
    return { kind: 'on', chat: word, channel: words[1] };
  if (word === 'own') return { kind: 'own', phone: words.join(' ') };
  if (line === '<.') return { kind: 'silence' };
  if (word === '<-') return { kind: 'hears not', expected: expectedOf(line.slice(2)) };
  if (line.startsWith('<')) return { kind: 'hears', expected: expectedOf(line.slice(1)) };
  if (line === '@ restart') return { kind: 'restart' };
  if (word === '@') return { kind: 'passes', ms: duration(words[0]?.replace(/^\+/, '') ?? '') };
  if (word === '!') return { kind: 'fault', text: words.join(' ') };
  if (word === 'phone') return { kind: 'phone', number: words[0] ?? '', answer: words[1] ?? '' };
  if (word === 'wallets') return { kind: 'wallets', does: words[0] ?? '', words: words.slice(1) };
  if (word === 'operator') return { kind: 'operator', does: words[0] ?? '', words: words.slice(1) };
  if (word === '=')
    return {
      kind: 'holds',
      noun: words[0] ?? '',
      values: line
        .slice(line.indexOf(words[0] ?? ''))
        .split(/\s+/)
        .slice(1),
    };
  throw new Error('this line is none of a transcript');
}

function messageOf(part: string, language: Spoken): Message {
  let rest = part.trim();
  const marks = new Map<string, string>();
  for (let mark = /^@(id|late|times)=(\S+)\s*/.exec(rest); mark !== null; mark = /^@(id|late|times)=(\S+)\s*/.exec(rest)) {
    marks.set(mark[1] ?? '', mark[2] ?? '');
    rest = rest.slice(mark[0].length);
  }
  const late = marks.get('late');
  const said = saidOf(rest, language, Number(marks.get('times') ?? 1));
  return { said, id: marks.get('id') ?? null, lateMs: late === undefined ? 0 : duration(late) };
}

function saidOf(text: string, language: Spoken, times: number): Said {
  const tap = /^\[(.*?)( #1)?(?: @([a-z]+))?\]$/.exec(text);
  if (tap !== null)
    return { kind: 'tap', label: inLanguage(tap[1] ?? '', language), first: tap[2] !== undefined, of: tap[3] ?? null };
  const sent = /^\((.*)\)$/.exec(text);
  if (sent !== null) return { kind: 'sent', what: sent[1] ?? '' };
  return { kind: 'text', text: inLanguage(text, language).repeat(times) };
}

function inLanguage(text: string, language: Spoken): string {
  const [english = '', swahili = english] = text.split(' | ');
  return (language === 'sw' ? swahili : english).trim();
}

function expectedOf(text: string): Expected {
  const found = [...text.matchAll(/"([^"]*)"|(\S+)/g)];
  return { texts: found.flatMap(([, literal]) => literal ?? []), keys: found.flatMap(([, , key]) => key ?? []) };
}

function duration(text: string): number {
  const match = /^(\d+)([smh])$/.exec(text);
  if (match === null) throw new Error('expected 5m, 30s or 2h');
  return Number(match[1]) * { s: 1_000, m: 60_000, h: 3_600_000 }[match[2] as 's'];
}
