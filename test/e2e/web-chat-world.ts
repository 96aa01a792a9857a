/**
 * A web chat with an HTTP server and a core that only pretends, for looking at the page in a real browser. The pretended core
 * answers each text once (it knows the ids it has seen), with buttons, and takes the buttons off after a tap.
 */

import { chromium, type Browser } from 'playwright-core';
import { createWebChat } from '../../src/channels/web/web-chat.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Button, Channel, InboundMessage } from '../../src/ports/channel.ts';
import { webOnly } from '../support/web-only.ts';
import { MemoryTranscripts } from '../wire/web-memory.ts';

export interface WebChatWorld {
  readonly url: string;
  readonly port: number;
  readonly channel: Channel;
  readonly transcripts: MemoryTranscripts;
  /** Every message that took effect, without repetitions. */
  readonly taken: InboundMessage[];
  /** How often a message came that was known already. */
  repetitions: number;
  /** Ends the server as a crash or a restart would; the transcripts stay. */
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** 0: any. The same port again is a restart. */
  readonly port?: number;
  readonly before?: WebChatWorld;
  readonly simulated?: boolean;
  /** Answers nothing by itself. */
  readonly mute?: boolean;
}

export async function startWebChatWorld(options: WorldOptions = {}): Promise<WebChatWorld> {
  const transcripts = options.before?.transcripts ?? new MemoryTranscripts();
  const taken = options.before?.taken ?? [];
  const channel = createWebChat({
    log: silentLog,
    clock: systemClock,
    transcripts,
    secretKey: 'a key for looking at the page',
    simulated: options.simulated ?? true,
    sellsSms: true,
    businessName: 'Mama Jaza',
    publicUrl: null,
  });
  const server = createHttpServer(webOnly(channel, { port: options.port ?? 0 }));
  const listening = await server.listen();
  if (!listening.ok) throw new Error(listening.error.message);
  const world: WebChatWorld = {
    url: listening.value.url,
    port: listening.value.port,
    channel,
    transcripts,
    taken,
    repetitions: 0,
    stop: async () => {
      await channel.stop();
      await server.close();
    },
  };
  await channel.start(async (messages) => {
    for (const message of messages) {
      if (taken.some((known) => known.messageId === message.messageId)) world.repetitions += 1;
      else {
        taken.push(message);
        if (options.mute !== true) await answer(channel, message);
      }
    }
  });
  return world;
}

async function answer(channel: Channel, { address, messageId, content }: InboundMessage): Promise<void> {
  if (content.kind === 'tap') {
    if (content.on !== null)
      await channel.send({ kind: 'retire_buttons', id: `retire-${messageId}`, address, channelMessageId: content.on });
    await say(channel, address, `after-${messageId}`, 'Sent. Enter your M-Pesa PIN on 0722 000 001 to pay KES 100.', []);
  } else if (content.kind === 'text') {
    await say(
      channel,
      address,
      `answer-${messageId}`,
      `You wrote “${content.text}”.\nBuy KES 100 airtime for 0722 000 001, paid from the same number?`,
      [
        { id: 'confirm:1', label: 'Yes, buy KES 100' },
        { id: 'change:1', label: 'Change' },
        { id: 'cancel:1', label: 'Cancel' },
      ],
    );
  }
}

export async function say(
  channel: Channel,
  address: InboundMessage['address'],
  id: string,
  text: string,
  buttons: Button[],
): Promise<void> {
  await channel.send({ kind: 'text', id, address, text, buttons });
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
