/** WhatsApp on the wire: the real adapter and the real Baileys against a fake WhatsApp server that does real cryptography. */

import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import type { InboundMessage } from '../../src/ports/channel.ts';
import type { AuthRow, AuthStore } from '../../src/ports/whatsapp-auth.ts';
import { createWhatsApp } from '../../src/channels/whatsapp/whatsapp.ts';
import { FakeWhatsApp } from './fake-whatsapp.ts';
import { trustFakeWhatsApp } from './fake-whatsapp-noise.ts';

trustFakeWhatsApp();
class MemoryAuth implements AuthStore {
  rows = new Map<string, Uint8Array>();
  async read(account: string, type: string, ids: readonly string[]) {
    const found = new Map<string, Uint8Array>();
    for (const id of ids) {
      const v = this.rows.get(`${account}/${type}/${id}`);
      if (v) found.set(id, v);
    }
    return found;
  }
  async write(account: string, rows: readonly AuthRow[]) {
    for (const { type, id, value } of rows) {
      const k = `${account}/${type}/${id}`;
      if (value) this.rows.set(k, value);
      else this.rows.delete(k);
    }
  }
  async clear() {
    this.rows.clear();
  }
}
it('thin', async () => {
  const server = await FakeWhatsApp.listen();
  const got: InboundMessage[] = [];
  const t0 = performance.now();
  const lap = (w: string) => console.log(w, Math.round(performance.now() - t0));
  const wa = createWhatsApp({
    auth: new MemoryAuth(),
    log: createLog('debug'),
    clock: systemClock,
    secretKey: Buffer.alloc(32, 1),
    webSocketUrl: server.url,
    alreadySent: async () => null,
    typingMs: null,
    onPairing: (s) => lap(JSON.stringify(s)),
  });
  await wa.start(async (m) => {
    got.push(...m);
  });
  lap('started');
  await server.registration();
  while (wa.pairing().qr === null) await new Promise((r) => setTimeout(r, 5));
  await server.scan(wa.pairing().qr!);
  lap('scanned');
  await server.login(1);
  while (wa.pairing().state !== 'open') await new Promise((r) => setTimeout(r, 5));
  lap('open');
  const amina = server.person({ lid: '111222333444555', phone: '254722000000', name: 'Amina' });
  const id = await amina.writes('nitumie 100');
  await server.receiptOf(id);
  lap('receipt');
  console.log(got);
  console.log(await wa.send({ kind: 'text', id: 'm1', address: got[0]!.address, text: 'Sawa', buttons: [] }));
  console.log(await amina.hears());
  lap('heard');
  await wa.stop();
  lap('stopped');
  await server.close();
});
