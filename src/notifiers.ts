/**
 * Owns which notifiers there are: SMS and e-mail, each real, simulated, or missing when it is off. A real one is loaded with its first
 * message; a simulated SMS takes the real client's way to the sandbox's gateway, a simulated e-mail goes straight into its mailbox.
 */

import type { Config } from './config.ts';
import type { FastMessageConfig, SmtpConfig } from './config-notifiers.ts';
import type { Clock } from './lib/clock.ts';
import { lazily } from './lib/lazily.ts';
import type { Notifier, NotifierKind } from './ports/notifier.ts';
import type { LazySandbox } from './sandbox/lazy-sandbox.ts';

/** For a whole session with the mail server. */
const SMTP_TIMEOUT_MS = 30_000;

const SIMULATED_SENDER = { name: 'SIMULATED', address: 'simulated@shop.invalid' };

/** `sandbox` is needed by what is simulated; without it, that is missing. */
export function notifiersOf(config: Config, clock: Clock, sandbox: LazySandbox | null): ReadonlyMap<NotifierKind, Notifier> {
  const notifiers = [smsOf(config.fastMessage, config.businessName, sandbox), emailOf(config.smtp, clock, sandbox)];
  return new Map(notifiers.flatMap((notifier) => (notifier === null ? [] : [[notifier.kind, notifier]])));
}

function smsOf(sms: FastMessageConfig, businessName: string, sandbox: LazySandbox | null): Notifier | null {
  if (sms.kind === 'off') return null;
  const client = () => import('./providers/fast-message/client.ts');
  if (sms.kind === 'real') return lazyNotifier('sms', 'fast-message', async () => (await client()).createFastMessage(sms));
  if (sandbox === null) return null;
  return lazyNotifier('sms', 'fast-message', async () => {
    const [{ createFastMessage }, { SMS_PARTNER_ID }, baseUrl] = await Promise.all([
      client(),
      import('./sandbox/sms-api.ts'),
      sandbox.address(),
    ]);
    // As networks show it: eleven characters at most.
    const sender = [...businessName].slice(0, 11).join('').trim();
    return createFastMessage({ baseUrl, apiKey: sandbox.token, partnerId: SMS_PARTNER_ID, sender, timeoutMs: sms.timeoutMs });
  });
}

function emailOf(smtp: SmtpConfig, clock: Clock, sandbox: LazySandbox | null): Notifier | null {
  if (smtp.kind === 'off') return null;
  if (smtp.kind === 'real')
    return lazyNotifier('email', 'smtp', async () => {
      const { createSmtp } = await import('./providers/smtp/client.ts');
      return createSmtp({ ...smtp, clock, timeoutMs: SMTP_TIMEOUT_MS });
    });
  return sandbox === null ? null : lazyNotifier('email', 'smtp', () => simulatedMail(sandbox, clock));
}

/** Refuses what the real one refuses, so that a trial shows what a real message would come to. */
async function simulatedMail(sandbox: LazySandbox, clock: Clock): Promise<Notifier> {
  const { writeLetter } = await import('./providers/smtp/letter.ts');
  return {
    kind: 'email',
    name: 'smtp',
    send: async (message) => {
      const letter = await writeLetter(message, SIMULATED_SENDER, clock.now());
      if (!letter.ok) return { kind: 'refused', why: letter.error, ours: false };
      const { to, subject, text } = message;
      await sandbox.takeMail({ to, subject, text });
      return { kind: 'sent', upstreamId: null };
    },
    probe: () => Promise.resolve({ reachable: true }),
  };
}

/** A part that cannot be loaded has sent nothing, and is loaded again with the next message. */
function lazyNotifier(kind: NotifierKind, name: Notifier['name'], open: () => Promise<Notifier>): Notifier {
  const notifier = lazily(open);
  return {
    kind,
    name,
    async send(message) {
      const opened = await notifier();
      return opened.ok ? opened.value.send(message) : { kind: 'retry', why: opened.error, afterMs: null };
    },
    async probe() {
      const opened = await notifier();
      return opened.ok ? opened.value.probe() : { reachable: false, why: opened.error };
    },
  };
}
