/**
 * The web chat: a page at /, its files under /assets/web/, and three endpoints under /chat/. It knows nothing of flows, money
 * or the database; what a page must see again after a reload is kept by the transcripts that are handed in.
 */

import type { Clock } from '../../lib/clock.ts';
import { createLimiter, type Limiter } from '../../lib/limiter.ts';
import type { Log } from '../../lib/log.ts';
import type { Channel, ChannelHealth, Intake, OutboundMessage, SendOutcome } from '../../ports/channel.ts';
import { clientIp, type Route } from '../../ports/http.ts';
import type { WebLine, WebTranscripts } from '../../ports/web-transcript.ts';
import { answer, isJson, isSameOrigin, refuse } from './answers.ts';
import { loadAssets } from './assets.ts';
import { readPosted, toInbound, writeDown } from './messages.ts';
import { networkOf } from './network.ts';
import { asPageLanguage, LANGUAGE_COOKIE, loadPageText, PAGE_LANGUAGES, pageLanguage, type PageLanguage } from './page-text.ts';
import { renderPage } from './page.ts';
import { createStreams, type Streams } from './streams.ts';
import { createVisitors, type Visitors } from './visitor.ts';

export interface WebChatSettings {
  readonly log: Log;
  readonly clock: Clock;
  readonly transcripts: WebTranscripts;
  /** Signs the visitors' cookies; another key makes strangers of everybody. */
  readonly secretKey: string | Uint8Array;
  /** Shows the SIMULATED banner and the way to the payer's phone. */
  readonly simulated: boolean;
  /** Buying SMS is suggested beside airtime. */
  readonly sellsSms: boolean;
  readonly businessName: string;
  /** Where people reach the server from outside, as in `https://jaza.example`; null: only as it listens. */
  readonly publicUrl: string | null;
  /** Event streams open at once, over all visitors (default 2000). */
  readonly maxStreams?: number;
  /** Those from one address (default 200), so that nobody alone can take them all; many people of a phone network share one. */
  readonly maxStreamsPerNetwork?: number;
}

interface Parts extends WebChatSettings {
  readonly visitors: Visitors;
  readonly streams: Streams;
  readonly limits: Limits;
  intake: Intake | null;
}

/** Many people of a Kenyan phone network share one address, so an address may do much more than a visitor. */
interface Limits {
  readonly messagesPerVisitor: Limiter;
  readonly messagesPerIp: Limiter;
  readonly visitsPerIp: Limiter;
}

export function createWebChat(settings: WebChatSettings): Channel {
  const { clock } = settings;
  const parts: Parts = {
    ...settings,
    visitors: createVisitors(settings.secretKey, settings.publicUrl),
    streams: createStreams(settings),
    limits: {
      messagesPerVisitor: createLimiter({ clock, burst: 20, everyMs: 1000, maxKeys: 20_000 }),
      messagesPerIp: createLimiter({ clock, burst: 300, everyMs: 50, maxKeys: 20_000 }),
      visitsPerIp: createLimiter({ clock, burst: 120, everyMs: 250, maxKeys: 20_000 }),
    },
    intake: null,
  };
  let state: ChannelHealth = { state: 'starting' };
  const sending = new Set<Promise<SendOutcome>>();
  return {
    name: 'web',
    capabilities: { buttons: true, retireButtons: true, asksOwnPhone: false, redelivers: true },
    async start(intake) {
      parts.intake = intake;
      state = { state: 'up' };
    },
    async stop() {
      parts.intake = null;
      state = { state: 'down', why: 'the web chat was stopped', remedy: null };
      await Promise.all(sending);
      parts.streams.endAll();
    },
    send(message) {
      const outcome = send(parts, message).finally(() => sending.delete(outcome));
      sending.add(outcome);
      return outcome;
    },
    health: () => state,
    routes: createRoutes(parts),
  };
}

/** To be in the transcript is to be sent: a person who is away reads it at the next visit. */
async function send({ transcripts, streams, clock, log }: Parts, message: OutboundMessage): Promise<SendOutcome> {
  const common = { from: 'bot', id: message.id, at: clock.now() } as const;
  const line: WebLine =
    message.kind === 'text'
      ? {
          ...common,
          kind: 'said',
          text: message.text,
          buttons: message.buttons.filter((button) => button.asksOwnPhone !== true).map(({ id, label }) => ({ id, label })),
          tap: null,
        }
      : { ...common, kind: 'retired', on: message.channelMessageId };
  try {
    await transcripts.append(message.address.chat, line);
  } catch (error) {
    log.error({ error }, 'web: a message could not be written to the transcript');
    return { kind: 'retry', why: 'the transcript could not be written', afterMs: null };
  }
  streams.wake(message.address.chat);
  return { kind: 'sent', channelMessageId: message.id };
}

function createRoutes(parts: Parts): Route {
  let lazy: { page: (language: PageLanguage) => string; assets: ReturnType<typeof loadAssets> } | null = null;
  const files = (): NonNullable<typeof lazy> => (lazy ??= loadFiles(parts));
  return async (request) => {
    const url = new URL(request.url);
    const reads = request.method === 'GET' || request.method === 'HEAD';
    switch (url.pathname) {
      case '/':
        return reads ? showPage(url, request, files().page) : refuse('method', { allow: 'GET' });
      case '/chat/session':
        return request.method === 'POST' ? beginSession(parts, request) : refuse('method', { allow: 'POST' });
      case '/chat/messages':
        return request.method === 'POST' ? takeMessage(parts, request) : refuse('method', { allow: 'POST' });
      case '/chat/events':
        return request.method === 'GET' ? openEvents(parts, url, request) : refuse('method', { allow: 'GET' });
      default:
        return reads && url.pathname.startsWith('/assets/web/') ? files().assets.serve(url.pathname, request) : null;
    }
  };
}

function loadFiles({ businessName, simulated, sellsSms }: Parts): {
  page: (language: PageLanguage) => string;
  assets: ReturnType<typeof loadAssets>;
} {
  const assets = loadAssets();
  const pages = Object.fromEntries(
    PAGE_LANGUAGES.map((language) => {
      const text = loadPageText(language, businessName);
      return [language, renderPage({ language, text, businessName, simulated, sellsSms, urlOf: assets.urlOf })];
    }),
  ) as Record<PageLanguage, string>;
  return { page: (language) => pages[language], assets };
}

/** Makes no visitor: a link from another site arrives without the SameSite=Strict cookie, and would replace the one that is there. */
function showPage(url: URL, request: Request, page: (language: PageLanguage) => string): Response {
  const chosen = asPageLanguage(url.searchParams.get('lang'));
  if (chosen !== null) {
    const setCookie = `${LANGUAGE_COOKIE}=${chosen}; Path=/; Max-Age=31536000; SameSite=Lax`;
    return new Response(null, { status: 303, headers: { location: '/', 'set-cookie': setCookie, 'cache-control': 'no-store' } });
  }
  const language = pageLanguage(request);
  return new Response(page(language), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      'cache-control': 'no-cache',
      vary: 'accept-language, cookie',
    },
  });
}

function beginSession({ visitors, limits, publicUrl }: Parts, request: Request): Response {
  if (!isSameOrigin(request, publicUrl)) return refuse('cross_origin');
  if (!isJson(request)) return refuse('not_json');
  const permission = limits.visitsPerIp.take(networkFrom(request));
  if (!permission.ok) return slowDown(permission.afterMs);
  const { setCookie, isNew } = visitors.keepOrMake(request);
  return answer({ ok: true, new: isNew }, 200, { 'set-cookie': setCookie });
}

async function takeMessage(parts: Parts, request: Request): Promise<Response> {
  const { visitors, limits, publicUrl, log } = parts;
  if (!isSameOrigin(request, publicUrl)) return refuse('cross_origin');
  if (!isJson(request)) return refuse('not_json');
  const chat = visitors.chatOf(request);
  if (chat === null) return refuse('no_visitor');
  for (const permission of [limits.messagesPerIp.take(networkFrom(request)), limits.messagesPerVisitor.take(chat)]) {
    if (!permission.ok) return slowDown(permission.afterMs);
  }
  const message = await readPosted(request);
  if (!message.ok) return refuse(message.error);
  if (parts.intake === null) return refuse('not_now', { 'retry-after': '2' });
  try {
    const written = await writeDown(parts, chat, message.value);
    if (!written.ok) return refuse(written.error);
    parts.streams.wake(chat);
    await parts.intake([toInbound(request, chat, message.value, written.value)]);
  } catch (error) {
    log.error({ error }, 'web: a message could not be taken in, the page will send it again');
    return refuse('not_now', { 'retry-after': '2' });
  }
  return answer({ ok: true });
}

function networkFrom(request: Request): string {
  const ip = clientIp(request);
  return ip === null ? 'no socket' : networkOf(ip);
}

function openEvents(parts: Parts, url: URL, request: Request): Response {
  const { visitors, limits, streams, maxStreams = 2000, maxStreamsPerNetwork = 200, intake } = parts;
  const chat = visitors.chatOf(request);
  if (chat === null) return refuse('no_visitor');
  const permission = limits.visitsPerIp.take(networkFrom(request));
  if (!permission.ok) return slowDown(permission.afterMs);
  const network = networkFrom(request);
  const full = streams.count() >= maxStreams || streams.count(network) >= maxStreamsPerNetwork;
  if (intake === null || full) return refuse('not_now', { 'retry-after': '2' });
  const cursor = request.headers.get('last-event-id') ?? url.searchParams.get('after');
  const after = cursor !== null && /^\d{1,15}$/.test(cursor) ? Number(cursor) : null;
  return streams.open({ chat, network }, after);
}

function slowDown(afterMs: number): Response {
  return refuse('slow_down', { 'retry-after': String(Math.max(1, Math.ceil(afterMs / 1000))) });
}
