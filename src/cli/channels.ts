/** Owns the making of the server's channels out of the configuration; each is loaded only when it is on. */

import type { PairingState } from '../channels/whatsapp/pairing.ts';
import { printPairing } from './pairing-print.ts';
import type { Config } from '../config.ts';
import type { Core } from '../main.ts';
import type { Channel } from '../ports/channel.ts';
import { SPOKEN } from '../conversation/reply.ts';
import { secretKeyOf } from '../secret-key.ts';

/** Commands of the bot's menu; their descriptions are phrases `common:command-<name>`. */
const COMMANDS = ['start', 'help', 'cancel', 'language'];

export async function telegramChannel(core: Core, telegram: NonNullable<Config['telegram']>): Promise<Channel> {
  const { createTelegram } = await import('../channels/telegram/telegram.ts');
  const { phrasebook } = core.reference;
  const lists = ([null, ...SPOKEN] as const).map((language) => ({
    language,
    commands: COMMANDS.map((command) => ({
      command,
      description: phrasebook.say({ key: `common:command-${command}` }, language ?? 'en'),
    })),
  }));
  return createTelegram({
    token: telegram.token,
    apiRoot: telegram.apiRoot ?? undefined,
    mode: telegram.mode,
    publicUrl: core.config.publicUrl ?? undefined,
    commands: lists,
    log: core.log,
    clock: core.clock,
  });
}

/** `onPairing` shows the QR code or the pairing code; by default in the terminal. */
export async function whatsappChannel(
  core: Core,
  whatsapp: NonNullable<Config['whatsapp']>,
  onPairing: (state: PairingState) => void = printPairing,
): Promise<Channel> {
  const { createWhatsApp } = await import('../channels/whatsapp/whatsapp.ts');
  return createWhatsApp({
    auth: core.store.whatsappAuth,
    log: core.log,
    clock: core.clock,
    secretKey: secretKeyOf(core.config),
    alreadySent: (id) => core.store.sentText('whatsapp', id),
    ...(whatsapp.webSocketUrl === null ? {} : { webSocketUrl: whatsapp.webSocketUrl }),
    onPairing,
    onOperatorNotice: (notice) => core.log.warn({ notice }, 'WhatsApp needs the operator'),
  });
}

export async function webChannel(core: Core): Promise<Channel> {
  const { createWebChat } = await import('../channels/web/web-chat.ts');
  return createWebChat({
    log: core.log,
    clock: core.clock,
    transcripts: core.store.webTranscripts,
    secretKey: secretKeyOf(core.config),
    simulated: core.config.topups.kind === 'simulated',
    sellsSms: core.config.daraja.kind !== 'off',
    businessName: core.config.businessName,
    publicUrl: core.config.publicUrl,
  });
}
