/**
 * Owns the fence around Baileys' socket. Its listeners are async functions that nobody awaits, and some throw: one frame that
 * it cannot read (WhatsApp adds to its protocol without notice) would end the whole process as an unhandled rejection. Inside
 * the fence such a failure is logged and the next frame is read.
 */

import { EventEmitter } from 'node:events';
import type { WASocket } from '@whiskeysockets/baileys';
import type { Log } from '../../lib/log.ts';

/** `make` must be synchronous: emitters made while it runs hand their listeners' rejections to us, none made later do. */
export function fencedSocket(make: () => WASocket, log: Log): WASocket {
  const socket = caught(make);
  const onRejection = (error: unknown): void => log.error({ error }, 'Baileys failed at a frame or an event; it is left out');
  Object.defineProperty(socket.ws, Symbol.for('nodejs.rejection'), { value: onRejection });
  // The emitter behind `ev` cannot be reached, but it reports the rejections of its listeners as an event.
  (socket.ev.on as (event: string, listener: (error: unknown) => void) => void)('error', onRejection);
  return socket;
}

function caught(make: () => WASocket): WASocket {
  const before = EventEmitter.captureRejections;
  EventEmitter.captureRejections = true;
  try {
    return make();
  } finally {
    EventEmitter.captureRejections = before;
  }
}
