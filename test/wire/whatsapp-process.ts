/** The adapter alone in a process of its own, answering each text with an echo; for whatsapp-process.test.ts. */

import { createInterface } from 'node:readline';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createWhatsApp } from '../../src/channels/whatsapp/whatsapp.ts';
import { MemoryAuth } from './whatsapp-memory.ts';

const tell = (event: Record<string, unknown>): boolean => process.stdout.write(`${JSON.stringify(event)}\n`);
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const first = await input.next();
const { url } = JSON.parse(first.done === true ? '{}' : first.value) as { url: string };

const channel = createWhatsApp({
  auth: new MemoryAuth(),
  log: silentLog,
  clock: systemClock,
  secretKey: Buffer.alloc(32, 1),
  webSocketUrl: url,
  alreadySent: () => Promise.resolve(null),
  typingMs: null,
  onPairing: ({ state, qr }) => tell({ type: state, qr }),
});

await channel.start((messages) => {
  for (const { address, messageId: id, content } of messages) {
    const text = content.kind === 'text' ? `You said: ${content.text}` : content.kind;
    void channel.send({ kind: 'text', id, address, text, buttons: [] });
  }
  return Promise.resolve();
});
await input.next();
await channel.stop();
