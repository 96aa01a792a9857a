/**
 * Owns the open event streams. A stream holds nothing but a cursor: woken, it reads the transcript from there, so nothing is
 * sent twice or left out, a slow reader costs no memory, and a restart of the server is only a pause.
 */

import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { NumberedLine, WebTranscripts } from '../../ports/web-transcript.ts';

const HISTORY = 200;
const PAGE = 100;
/** Under the minute after which proxies and phone networks cut a silent connection. */
const BEAT_MS = 25_000;
/** Browsers open six connections to a host; the others are for sending. */
const STREAMS_PER_CHAT = 4;

export interface Streams {
  /** Events: `line` (with its id), `ready` after what was missed, `reset` when the cursor is from another database, `beat`, `replaced`. */
  open(from: { readonly chat: string; readonly network: string }, after: number | null): Response;
  wake(chat: string): void;
  /** Open ones, of everybody or from one network. */
  count(network?: string): number;
  endAll(): void;
}

interface Stream {
  readonly network: string;
  wake(): void;
  /** `farewell` is an event without data. */
  end(farewell: string | null): void;
}

export function createStreams(settings: { log: Log; clock: Clock; transcripts: WebTranscripts }): Streams {
  const byChat = new Map<string, Set<Stream>>();

  const forget = (chat: string, stream: Stream): void => {
    const streams = byChat.get(chat);
    streams?.delete(stream);
    if (streams?.size === 0) byChat.delete(chat);
  };

  return {
    open({ chat, network }, after) {
      const streams = byChat.get(chat) ?? new Set<Stream>();
      byChat.set(chat, streams);
      const { body, stream } = createStream(settings, { chat, network, after }, () => forget(chat, stream));
      streams.add(stream);
      // The page that is told `replaced` waits until someone looks at it: two pages would push each other out for ever.
      for (const oldest of [...streams].slice(0, -STREAMS_PER_CHAT)) oldest.end('replaced');
      return new Response(body, {
        headers: {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store, no-transform',
          'x-accel-buffering': 'no',
        },
      });
    },
    wake(chat) {
      for (const stream of byChat.get(chat) ?? []) stream.wake();
    },
    count: (network) =>
      [...byChat.values()].reduce(
        (sum, streams) => sum + [...streams].filter((one) => (network ?? one.network) === one.network).length,
        0,
      ),
    endAll() {
      for (const streams of byChat.values()) for (const stream of streams) stream.end(null);
    },
  };
}

function createStream(
  { log, clock, transcripts }: { log: Log; clock: Clock; transcripts: WebTranscripts },
  { chat, network, after }: { readonly chat: string; readonly network: string; readonly after: number | null },
  onEnd: () => void,
): { body: ReadableStream<Uint8Array>; stream: Stream } {
  const encoder = new TextEncoder();
  const reader = createReader(transcripts, chat, after);
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let ended = false;
  let woken = false;
  let beatDue = false;
  let resume: (() => void) | null = null;
  let cancelBeat = (): void => {};

  const wake = (): void => {
    woken = true;
    resume?.();
  };
  const scheduleBeat = (): void => {
    cancelBeat();
    cancelBeat = clock.after(BEAT_MS, () => {
      beatDue = true;
      wake();
    });
  };
  const finish = (): boolean => {
    if (ended) return false;
    ended = true;
    cancelBeat();
    wake();
    onEnd();
    return true;
  };

  const pull = async (): Promise<void> => {
    while (!ended) {
      woken = false;
      const text = (await reader()) + (beatDue ? event('beat') : '');
      beatDue = false;
      if (ended) return;
      if (text !== '') {
        scheduleBeat();
        controller.enqueue(encoder.encode(text));
        return;
      }
      if (!woken) await new Promise<void>((resolve) => (resume = resolve));
      resume = null;
    }
  };

  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    pull: () =>
      pull().catch((error: unknown) => {
        log.error({ error }, 'web: a transcript could not be read, the event stream ends and the page will open another');
        if (finish()) controller.close();
      }),
    cancel: () => void finish(),
  });
  const end = (farewell: string | null): void => {
    if (!finish()) return;
    if (farewell !== null) controller.enqueue(encoder.encode(event(farewell)));
    controller.close();
  };
  return { body, stream: { network, wake, end } };
}

/** Reads on from the cursor; '' when there is nothing new. */
function createReader(transcripts: WebTranscripts, chat: string, after: number | null): () => Promise<string> {
  let cursor: number | null = null;
  let ready = false;

  const opening = async (): Promise<string> => {
    const history = await transcripts.latest(chat, HISTORY);
    const last = history.at(-1)?.seq ?? 0;
    if (after !== null && after <= last) {
      cursor = after;
      return 'retry: 2000\n\n';
    }
    cursor = last;
    return `retry: 2000\n\n${after === null ? '' : event('reset')}${history.map(lineEvent).join('')}`;
  };

  return async () => {
    let text = cursor === null ? await opening() : '';
    const lines = await transcripts.since(chat, cursor ?? 0, PAGE);
    text += lines.map(lineEvent).join('');
    cursor = lines.at(-1)?.seq ?? cursor;
    if (!ready && lines.length < PAGE) {
      ready = true;
      text += event('ready');
    }
    return text;
  };
}

function event(name: string): string {
  return `event: ${name}\ndata: {}\n\n`;
}

function lineEvent({ seq, line }: NumberedLine): string {
  return `event: line\nid: ${seq}\ndata: ${JSON.stringify({ seq, ...line })}\n\n`;
}
