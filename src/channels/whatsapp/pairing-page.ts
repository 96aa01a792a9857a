/**
 * The operator's page for linking a phone: QR, pairing code, state, start over. Whoever sees it can link their own phone, so
 * main.ts serves it on loopback only or behind the operator's token. No scripts; a form that another site sends is refused.
 */

import { createHash } from 'node:crypto';
import QRCode from 'qrcode';
import { assertNever } from '../../lib/assert.ts';
import type { Result } from '../../lib/result.ts';
import { readBody } from '../../lib/body.ts';
import type { PairingState } from './pairing.ts';

export interface Pairable {
  pairing(): PairingState;
  requestPairingCode(digits: string): Promise<Result<string, string>>;
  resetPairing(): Promise<void>;
}

const PATH = '/whatsapp';
const MOST_BODY_BYTES = 1000;

const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 34rem; padding: 1rem; }
iframe { border: 0; width: 100%; height: 27rem; }
svg { background: #fff; max-width: 18rem; width: 100%; height: auto; }
.code { font: 700 2rem ui-monospace, monospace; letter-spacing: .15em; }
.sw { opacity: .75; }
form { margin: 1rem 0; }
input, button { font: inherit; padding: .5rem; }
[role=alert] { border-left: .3rem solid #c00; padding-left: .7rem; }
`;

const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "frame-src 'self'",
    "frame-ancestors 'self'",
    "form-action 'self'",
    "base-uri 'none'",
  ].join('; '),
};

/** Answers GET /whatsapp, GET /whatsapp/state, POST /whatsapp/code and POST /whatsapp/start-over; null for everything else. */
export function pairingPage(pairable: Pairable): (request: Request) => Promise<Response | null> {
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== PATH && !pathname.startsWith(`${PATH}/`)) return null;
    if (request.method === 'GET' && pathname === PATH) return html(200, wholePage(null));
    if (request.method === 'GET' && pathname === `${PATH}/state`) return html(200, await statePage(pairable.pairing()));
    if (request.method !== 'POST') return html(405, page('<p role="alert">Not possible.</p>'));
    if (!isSameOrigin(request)) return html(403, page('<p role="alert">This form was sent by another site and is refused.</p>'));
    if (pathname === `${PATH}/code`) return askForCode(request, pairable);
    if (pathname === `${PATH}/start-over`) return startOver(pairable);
    return html(404, page('<p>There is nothing here.</p>'));
  };
}

async function askForCode(request: Request, pairable: Pairable): Promise<Response> {
  const body = await readBody(request, MOST_BODY_BYTES);
  const typed = body.ok ? (new URLSearchParams(body.value).get('phone') ?? '') : '';
  const code = await pairable.requestPairingCode(typed);
  return code.ok ? seeOther() : html(422, wholePage(code.error));
}

async function startOver(pairable: Pairable): Promise<Response> {
  try {
    await pairable.resetPairing();
    return seeOther();
  } catch {
    return html(500, wholePage('The phone could not be forgotten: the database does not answer. Try again.'));
  }
}

/** Browsers send at least one of the two with every form; what sends neither is no browser and carries nobody's rights. */
function isSameOrigin(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') return false;
  const origin = request.headers.get('origin');
  if (origin === null) return true;
  const host = request.headers.get('host') ?? new URL(request.url).host;
  return URL.canParse(origin) && new URL(origin).host === host;
}

function wholePage(problem: string | null): string {
  return page(`
<h1>WhatsApp</h1>
${problem === null ? '' : `<p role="alert">${escape(problem)}</p>`}
<iframe src="${PATH}/state" title="State of the link / Hali ya kiungo"></iframe>
<h2>Link with a code <span class="sw" lang="sw">/ Unganisha kwa msimbo</span></h2>
<form method="post" action="${PATH}/code">
<label>Phone number, with country code <span class="sw" lang="sw">/ Nambari ya simu, na msimbo wa nchi</span><br>
<input name="phone" inputmode="tel" autocomplete="tel" placeholder="254722000000" required></label>
<button>Get a code <span lang="sw">/ Pata msimbo</span></button>
</form>
<h2>Start over <span class="sw" lang="sw">/ Anza upya</span></h2>
<p>Forgets the linked phone and shows a new QR. Then also remove the old "linked device" on the phone.
<span class="sw" lang="sw">Husahau simu iliyounganishwa na kuonyesha QR mpya. Kisha ondoa kifaa cha zamani kwenye simu.</span></p>
<form method="post" action="${PATH}/start-over"><button>Start over <span lang="sw">/ Anza upya</span></button></form>`);
}

async function statePage(state: PairingState): Promise<string> {
  return page(await stateHtml(state), '<meta http-equiv="refresh" content="3">');
}

async function stateHtml(state: PairingState): Promise<string> {
  const trouble = state.why === null ? '' : `<p role="alert">${escape(state.why)} ${escape(state.remedy ?? '')}</p>`;
  switch (state.state) {
    case 'open':
      return `<p>Linked and connected: +${escape(state.number ?? '')}. <span class="sw" lang="sw">Imeunganishwa.</span></p>`;
    case 'connecting':
    case 'unpaired':
      return `<p>Connecting to WhatsApp... <span class="sw" lang="sw">Inaunganisha na WhatsApp...</span></p>${trouble}`;
    case 'stopped':
      return `<p>WhatsApp is stopped. <span class="sw" lang="sw">WhatsApp imesimama.</span></p>${trouble}`;
    case 'code':
      return `<p>On the phone: WhatsApp, Linked devices, Link a device, Link with phone number instead; then type this code.
<span class="sw" lang="sw">Kwenye simu: WhatsApp, Vifaa vilivyounganishwa, Unganisha kifaa, Unganisha kwa nambari; kisha andika msimbo huu.</span></p>
<p class="code">${escape(groupCode(state.code ?? ''))}</p>`;
    case 'qr':
      return `<p>On the phone: WhatsApp, Linked devices, Link a device; then scan.
<span class="sw" lang="sw">Kwenye simu: WhatsApp, Vifaa vilivyounganishwa, Unganisha kifaa; kisha changanua.</span></p>
${await QRCode.toString(state.qr ?? '', { type: 'svg', margin: 2 })}`;
    default:
      return assertNever(state.state);
  }
}

function groupCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

function page(body: string, head = ''): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>WhatsApp - Jaza</title><style>${STYLE}</style>${head}</head><body>${body}</body></html>`;
}

function html(status: number, body: string): Response {
  return new Response(body, { status, headers: HEADERS });
}

function seeOther(): Response {
  return new Response(null, { status: 303, headers: { location: PATH, 'cache-control': 'no-store' } });
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
