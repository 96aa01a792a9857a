/** The web chat over real loopback HTTP: what a page loses (nothing), doubles (nothing), and what is refused. */

import { afterEach, describe, expect, test } from 'vitest';
import { createWebChat } from '../../src/channels/web/web-chat.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Channel, InboundMessage, OutboundMessage } from '../../src/ports/channel.ts';
import { MemoryTranscripts } from './web-memory.ts';
import { TestPage } from './web-page.ts';

const START = Date.UTC(2026, 10, 22, 9, 0);
const running: { server: HttpServer; channel: Channel }[] = [];

interface World {
  readonly url: string;
  readonly channel: Channel;
  readonly clock: ManualClock;
  readonly transcripts: MemoryTranscripts;
  readonly taken: InboundMessage[];
  /** Replaced by tests that want the core to fail or to wait. */
  intake: (message: InboundMessage) => Promise<void>;
  stop(): Promise<void>;
}

async function startWorld(
  options: { transcripts?: MemoryTranscripts; publicUrl?: string; maxStreams?: number } = {},
): Promise<World> {
  const clock = new ManualClock(START);
  const transcripts = options.transcripts ?? new MemoryTranscripts();
  const channel = createWebChat({
    log: silentLog,
    clock,
    transcripts,
    secretKey: 'a key for tests',
    simulated: true,
    businessName: 'Mama Jaza',
    publicUrl: options.publicUrl ?? null,
    maxStreams: options.maxStreams ?? 100,
  });
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
    publicUrl: options.publicUrl ?? null,
    routes: [async (request) => channel.routes?.(request) ?? null],
    onWebhook: async () => {},
    topupsWebhookSecret: null,
    health: () => ({ status: 'ok', store: 'ok', channels: {}, version: '0' }),
  });
  const listening = await server.listen();
  if (!listening.ok) throw new Error(listening.error.message);
  running.push({ server, channel });
  const world: World = {
    url: listening.value.url,
    channel,
    clock,
    transcripts,
    taken: [],
    intake: async (message) => void world.taken.push(message),
    stop: async () => {
      await channel.stop();
      await server.close();
    },
  };
  await channel.start(async (messages) => {
    for (const message of messages) await world.intake(message);
  });
  return world;
}

afterEach(async () => {
  for (const { server, channel } of running.splice(0)) {
    await channel.stop();
    await server.close();
  }
});

function botSays(id: string, chat: string, text: string, buttons: { id: string; label: string }[] = []): OutboundMessage {
  return { kind: 'text', id, address: { channel: 'web', account: 'web', chat }, text, buttons };
}

describe('a conversation', () => {
  test('goes in once it is durable, and comes back over the event stream', async () => {
    const world = await startWorld();
    const page = await new TestPage(world.url, { 'accept-language': 'sw-KE,sw;q=0.9,en;q=0.5' }).begin();
    const events = await page.events();
    await events.upTo('ready');
    expect((await page.say('message-1', 'nunua airtime')).status).toBe(200);
    const [message] = world.taken;
    expect(message).toMatchObject({
      address: { channel: 'web', account: 'web' },
      messageId: 'message-1',
      locale: 'sw-KE',
      senderName: null,
      ownPhone: null,
      content: { kind: 'text', text: 'nunua airtime' },
    });
    const chat = message?.address.chat ?? '';
    expect(message?.sender).toBe(chat);
    expect(page.cookie).not.toContain(chat);
    expect(await world.channel.send(botSays('out-1', chat, 'Kiasi gani?', [{ id: 'a:1', label: 'KES 100' }]))).toEqual({
      kind: 'sent',
      channelMessageId: 'out-1',
    });
    const lines = await events.lines(2);
    expect(lines.map(({ data }) => [data['from'], data['text']])).toEqual([
      ['person', 'nunua airtime'],
      ['bot', 'Kiasi gani?'],
    ]);
  });
});
