/**
 * Owns the end of a connection: the message that is being read is finished, the rest stays with WhatsApp, and a server that
 * does not say goodbye is not waited for. Never logs out: that would unlink the phone.
 */

import type { WASocket } from '@whiskeysockets/baileys';
import { within } from './within.ts';

const LIMIT_MS = 1000;

/**
 * Baileys reads one message after another, and between decryption and confirmation hanging up would lose it. So the turn is
 * taken behind the last one and never given back: what has not begun stays unconfirmed and comes again at the next login.
 */
export async function finishMessages(socket: WASocket): Promise<void> {
  await within(
    LIMIT_MS,
    new Promise<void>((begun) => {
      void socket.messageMutex.mutex(() => {
        begun();
        return new Promise<never>(() => undefined);
      });
    }),
  );
  socket.ev.flush();
}

export async function hangUp(socket: WASocket): Promise<void> {
  await within(LIMIT_MS, socket.end(undefined));
  terminate(socket);
}

/** Else a silent server keeps the process alive for half a minute. Baileys hides the socket that can do this. */
function terminate(socket: WASocket): void {
  const inner: unknown = (socket.ws as unknown as { socket?: unknown }).socket;
  if (typeof inner !== 'object' || inner === null || !('terminate' in inner)) return;
  if (typeof inner.terminate === 'function') inner.terminate();
}
