/**
 * Owns the page behind the link in every alert e-mail, for people who may know nothing of us: it asks in both languages, and only its
 * button stops anything, because mail servers open links to look at them. The same address takes the one-click POST of RFC 8058.
 */

import { html } from 'hono/html';
import { maskMail } from '../domain/mail-address.ts';
import { readBody } from '../lib/body.ts';
import type { Clock } from '../lib/clock.ts';
import { createLimiter } from '../lib/limiter.ts';
import { clientIp, type Route } from '../ports/http.ts';
import { STOP_PATH, type StopLinks } from '../ports/notifier.ts';
import type { StopMails } from '../services/mail-stop.ts';
import { plainAnswer } from './plain-answers.ts';

export interface StopPageParts {
  readonly links: Pick<StopLinks, 'addressIn'>;
  readonly stop: StopMails;
  readonly businessName: string;
  readonly clock: Clock;
}

/** Requests of one address at once, and how long it takes until one more is allowed: a mail service asks for many of its readers. */
const BURST = 60;
const EVERY_MS = 1_000;
const MAX_KEYS = 10_000;
/** What is in the body is not looked at: a form of ours sends nothing, RFC 8058 a few words. */
const MAX_BODY_BYTES = 4 * 1024;

/** Null for whatever is not below the path of the links. */
export function createStopPage({ links, stop, businessName, clock }: StopPageParts): Route {
  const limiter = createLimiter({ clock, burst: BURST, everyMs: EVERY_MS, maxKeys: MAX_KEYS });
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith(STOP_PATH)) return null;
    const taken = limiter.take(clientIp(request) ?? '');
    if (!taken.ok) return page('too_many', businessName, '', { 'retry-after': String(Math.ceil(taken.afterMs / 1_000)) });
    const looks = request.method === 'GET' || request.method === 'HEAD';
    if (!looks && request.method !== 'POST') return plainAnswer('wrong_method', request, { allow: 'GET, HEAD, POST' });
    const address = links.addressIn(pathname.slice(STOP_PATH.length));
    if (address === null) return page('bad_link', businessName, '');
    if (looks) return page('ask', businessName, maskMail(address));
    const body = await readBody(request, MAX_BODY_BYTES);
    if (!body.ok) return plainAnswer(body.error === 'too_large' ? 'too_large' : 'malformed', request);
    const stopped = await stop(address);
    return page(stopped ? 'stopped' : 'not_now', businessName, maskMail(address), stopped ? {} : { 'retry-after': '30' });
  };
}

interface Words {
  readonly title: string;
  readonly text: string;
}

interface PageText {
  readonly status: number;
  readonly en: Words;
  readonly sw: Words;
}

type PageKind = 'ask' | 'stopped' | 'bad_link' | 'too_many' | 'not_now';

function textOf(kind: PageKind, business: string, address: string): PageText {
  const pages: Record<PageKind, PageText> = {
    ask: {
      status: 200,
      en: {
        title: 'Stop these e-mails?',
        text: `${business} will send no more SMS alerts to ${address}, whoever asks for them.`,
      },
      sw: {
        title: 'Usimamishe barua pepe hizi?',
        text: `${business} haitatuma tena arifa za SMS kwa ${address}, hata nani aziombe.`,
      },
    },
    stopped: {
      status: 200,
      en: { title: 'Stopped.', text: `${address} gets no more SMS alerts by e-mail. To get them again, write to ${business}.` },
      sw: {
        title: 'Zimesimamishwa.',
        text: `${address} haitapata tena arifa za SMS kwa barua pepe. Ukizitaka tena, wasiliana na ${business}.`,
      },
    },
    bad_link: {
      status: 404,
      en: {
        title: 'This link cannot be used.',
        text: 'Nothing was changed. It may be cut off: copy all of it from the e-mail, or answer the e-mail and say that you want no more.',
      },
      sw: {
        title: 'Kiungo hiki hakitumiki.',
        text: 'Hakuna kilichobadilika. Huenda kimekatika: nakili chote kutoka kwenye barua pepe, au ijibu na useme huzitaki tena.',
      },
    },
    too_many: {
      status: 429,
      en: { title: 'Too fast.', text: 'Nothing was changed. Please wait a minute and try again.' },
      sw: { title: 'Haraka mno.', text: 'Hakuna kilichobadilika. Tafadhali subiri dakika moja ujaribu tena.' },
    },
    not_now: {
      status: 503,
      en: { title: 'Not possible just now.', text: 'Nothing was changed. Please try again in a minute.' },
      sw: { title: 'Haiwezekani kwa sasa.', text: 'Hakuna kilichobadilika. Tafadhali jaribu tena baada ya dakika moja.' },
    },
  };
  return pages[kind];
}

/** What is asked, and what could not be done just now, has the button. */
async function page(kind: PageKind, business: string, address: string, headers: Record<string, string> = {}): Promise<Response> {
  const { status, en, sw } = textOf(kind, business, address);
  const button = html`<form method="post">
    <button>Stop these e-mails <span lang="sw">/ Simamisha barua pepe hizi</span></button>
  </form>`;
  const body = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${en.title} ${business}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
      </head>
      <body>
        <main>
          <h1>${en.title}</h1>
          <p>${en.text}</p>
          <h2 lang="sw">${sw.title}</h2>
          <p lang="sw">${sw.text}</p>
          ${kind === 'ask' || kind === 'not_now' ? button : ''}
        </main>
      </body>
    </html> `;
  return new Response(await body, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });
}
