/**
 * Owns the routes of the simulated phones: pages, their style and script, the stream that tells of changes, and the buttons.
 * Refuses buttons that were pressed by a page from elsewhere.
 */

import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { parseMsisdn, type Msisdn } from '../domain/msisdn.ts';
import { readBody } from '../lib/body.ts';
import { createChangeStreams } from './change-streams.ts';
import type { Inbox } from './inbox.ts';
import { PHONE_PATH } from './phone-layout.tsx';
import { PhonePage, PhonesPage } from './phone-pages.tsx';
import { chooseLanguage, PHONE_TEXTS } from './phone-texts.ts';
import { PAYMENT_ANSWERS, type Answer, type PromptBoard } from './prompts.ts';
import { MailboxPage } from './received-pages.tsx';

export interface PhonePagesParts {
  readonly board: PromptBoard;
  readonly inbox: Inbox;
  readonly businessName: string;
  /** By the upstream's reference. False: that prompt is not open any more. */
  readonly answer: (reference: string, answer: Answer) => Promise<boolean>;
}

export interface PhonePages {
  fetch(request: Request): Promise<Response>;
  /** Ends the streams. */
  close(): void;
}

const MAX_FORM_BYTES = 4096;
const MAX_EARLIER = 8;

const ASSETS = new Map(
  [
    { name: 'phone.css', type: 'text/css; charset=utf-8' },
    { name: 'phone.js', type: 'text/javascript; charset=utf-8' },
    { name: 'phone.svg', type: 'image/svg+xml' },
  ].map(({ name, type }) => [name, { type, body: readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8') }]),
);

const PAGE_HEADERS = {
  'Content-Security-Policy': "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  // With `no-referrer` browsers send `Origin: null` for our own buttons as well.
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export function isPhonePath(pathname: string): boolean {
  return pathname === PHONE_PATH || pathname.startsWith(`${PHONE_PATH}/`);
}

export function createPhonePages({ board, inbox, businessName, answer }: PhonePagesParts): PhonePages {
  const streams = createChangeStreams((listener) => {
    const takeBack = [board.onChange(listener), inbox.onChange(listener)];
    return () => {
      for (const one of takeBack) one();
    };
  });
  const app = new Hono({ strict: false }).basePath(PHONE_PATH);

  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(PAGE_HEADERS)) context.res.headers.set(name, value);
  });

  app.get('/', (context) => {
    const language = chooseLanguage(context.req.query('lang'), context.req.header('accept-language'));
    const typed = context.req.query('number');
    const number = typed === undefined ? null : parseMsisdn(typed);
    if (number?.ok === true) return context.redirect(`${PHONE_PATH}/${number.value}?lang=${language}`, 303);
    const page = <PhonesPage language={language} phones={listPhones(board, inbox)} badNumber={typed?.slice(0, 40) ?? null} />;
    return context.html(html`<!doctype html>${page}`, number === null ? 200 : 422);
  });

  app.get('/events', () => streams.open());

  app.get('/assets/:name', (context) => {
    const asset = ASSETS.get(context.req.param('name'));
    return asset === undefined ? context.notFound() : context.body(asset.body, 200, { 'Content-Type': asset.type });
  });

  app.get('/mailbox', (context) => {
    const language = chooseLanguage(context.req.query('lang'), context.req.header('accept-language'));
    return context.html(html`<!doctype html>${(<MailboxPage language={language} mails={inbox.mails()} />)}`);
  });

  app.get('/:phone', (context) => {
    const language = chooseLanguage(context.req.query('lang'), context.req.header('accept-language'));
    const phone = parseMsisdn(context.req.param('phone'));
    if (!phone.ok) return context.text(`${PHONE_TEXTS[language].badNumber}\n`, 404);
    const mine = ({ phone: other }: { phone: Msisdn }): boolean => other === phone.value;
    const open = board.open().filter(mine);
    const ended = board.ended().filter(({ prompt }) => mine(prompt));
    const gone = context.req.query('gone') !== undefined;
    const sms = inbox.sms().filter(({ to }) => to === phone.value);
    const props = { language, phone: phone.value, businessName, open, ended: ended.slice(0, MAX_EARLIER), sms, gone };
    return context.html(html`<!doctype html>${(<PhonePage {...props} />)}`);
  });

  app.post('/:phone', async (context) => {
    if (!comesFromHere(context.req.raw)) return context.text('refused: pressed by a page from elsewhere\n', 403);
    const form = await readForm(context.req.raw);
    const how = PAYMENT_ANSWERS.find((known) => known === form?.get('answer'));
    const reference = form?.get('reference') ?? '';
    const phone = parseMsisdn(context.req.param('phone'));
    const prompt = board.open().find((other) => phone.ok && other.phone === phone.value && other.reference === reference);
    if (how === undefined || !phone.ok) return context.text('not an answer\n', 400);
    const taken = prompt !== undefined && (await answer(prompt.reference, how));
    const language = chooseLanguage(form?.get('lang') ?? undefined, context.req.header('accept-language'));
    return context.redirect(`${PHONE_PATH}/${phone.value}?lang=${language}${taken ? '' : '&gone'}`, 303);
  });

  return { fetch: async (request) => app.fetch(request), close: streams.close };
}

/** Phones that ring first, then those that rang lately, then those that got an SMS. */
function listPhones(board: PromptBoard, inbox: Inbox): { phone: Msisdn; waiting: number; received: number }[] {
  const open = board.open().map(({ phone }) => phone);
  const ended = board.ended().map(({ prompt }) => prompt.phone);
  const received = inbox.sms().map(({ to }) => to);
  const count = (phones: readonly Msisdn[], phone: Msisdn): number => phones.filter((other) => other === phone).length;
  return [...new Set([...open, ...ended, ...received])].map((phone) => ({
    phone,
    waiting: count(open, phone),
    received: count(received, phone),
  }));
}

/**
 * Browsers say where a request comes from, and pages cannot make them lie. A program that is no browser says nothing, and may
 * press the buttons.
 */
function comesFromHere(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') return false;
  const origin = request.headers.get('origin');
  const host = request.headers.get('host') ?? new URL(request.url).host;
  return origin === null || (URL.canParse(origin) && new URL(origin).host === host);
}

async function readForm(request: Request): Promise<URLSearchParams | null> {
  const body = await readBody(request, MAX_FORM_BYTES);
  return body.ok ? new URLSearchParams(body.value) : null;
}
