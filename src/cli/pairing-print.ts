/** Owns how the pairing of WhatsApp is shown in the terminal: a QR code to scan, or the code to type. */

import type { PairingState } from '../channels/whatsapp/pairing.ts';

export function printPairing(state: PairingState): void {
  if (state.state === 'qr' && state.qr !== null) void printQr(state.qr);
  if (state.state === 'code' && state.code !== null) process.stderr.write(`\nWhatsApp pairing code: ${state.code}\n`);
  if (state.state === 'open') process.stderr.write('\nWhatsApp is linked.\n');
  if (state.state === 'stopped') process.stderr.write(`\nWhatsApp stopped: ${state.why ?? ''} ${state.remedy ?? ''}\n`);
}

async function printQr(qr: string): Promise<void> {
  const { toString } = await import('qrcode');
  process.stderr.write(
    `\nOpen WhatsApp on the phone, Linked devices, Link a device, and scan:\n${await toString(qr, { type: 'terminal', small: true })}\n`,
  );
}
