/** A web chat behind a real HTTP server on loopback, with a manual clock and a core that only notes what came. */

import { createWebChat, type WebChatSettings } from '../../src/channels/web/web-chat.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Channel, InboundMessage, OutboundMessage } from '../../src/ports/channel.ts';
import { webOnly } from '../support/web-only.ts';
import { MemoryTranscripts } from './web-memory.ts';
import { TestPage } from './web-page.ts';

export const START = Date.UTC(2026, 10, 22, 9, 0);

export interface WebWorld {
  readonly url: string;
  readonly channel: Channel;
  readonly clock: ManualClock;
  readonly transcripts: MemoryTranscripts;
  readonly taken: InboundMessage[];
  /** Replaced by tests in which the core fails or takes its time. */
  intake: (message: InboundMessage) => Promise<void>;
  visitor(headers?: Record<string, string>): Promise<TestPage>;
  stop(): Promise<void>;
}

export type WebWorldOptions = Partial<WebChatSettings> & { transcripts?: MemoryTranscripts; started?: boolean };

const running: { server: HttpServer; channel: Channel }[] = [];

/** For afterEach: ends whatever a test left running. */
export async function stopWebWorlds(): Promise<void> {
  for (const { server, channel } of running.splice(0)) {
    await channel.stop();
    await server.close();
  }
}

export async function startWebWorld({ started = true, ...options }: WebWorldOptions = {}): Promise<WebWorld> {
  const clock = new ManualClock(START);
  const transcripts = options.transcripts ?? new MemoryTranscripts();
  const channel = createWebChat({
    log: silentLog,
    clock,
    secretKey: 'a key for tests',
    simulated: true,
    sellsSms: true,
    businessName: 'Mama Jaza',
    publicUrl: null,
    ...options,
    transcripts,
  });
  const server = createHttpServer(webOnly(channel, options));
  const listening = await server.listen();
  if (!listening.ok) throw new Error(listening.error.message);
  running.push({ server, channel });
  const { url } = listening.value;
  const world: WebWorld = {
    url,
    channel,
    clock,
    transcripts,
    taken: [],
    intake: async (message) => void world.taken.push(message),
    visitor: (headers = {}) => new TestPage(url, headers).begin(),
    stop: async () => {
      await channel.stop();
      await server.close();
    },
  };
  if (started) {
    await channel.start(async (messages) => {
      for (const message of messages) await world.intake(message);
    });
  }
  return world;
}

export function botSays(id: string, chat: string, text: string, buttons: { id: string; label: string }[] = []): OutboundMessage {
  return { kind: 'text', id, address: { channel: 'web', account: 'web', chat }, text, buttons };
}

/** Has the visitor say something, and gives back the chat that the core saw. */
export async function chatOf(world: WebWorld, page: TestPage): Promise<string> {
  await page.say(`hello-${world.taken.length}-xxxx`, 'hello');
  const chat = world.taken.at(-1)?.address.chat;
  if (chat === undefined) throw new Error('nothing was taken in');
  return chat;
}
