/** What the doctor says of alerts outside of chats: whether SMS and e-mail are set up and reached, and what is left on the SMS account. */

import type { Config } from '../config.ts';
import type { FastMessageConfig, SmtpConfig } from '../config-notifiers.ts';
import { formatKes, kes, MILLIKES_PER_KES } from '../domain/money.ts';
import { systemClock } from '../lib/clock.ts';
import type { Finding } from './doctor.ts';

/** Nothing is sent: the mail server is only connected to, the SMS account only asked for its credit. */
export async function notifiers({ fastMessage, smtp }: Config, patienceMs: number): Promise<Finding[]> {
  return Promise.all([sms(fastMessage, patienceMs), email(smtp, patienceMs)]);
}

async function sms(config: FastMessageConfig, timeoutMs: number): Promise<Finding> {
  if (config.kind === 'simulated') return { mark: 'note', text: 'SMS are SIMULATED: they arrive on the simulated phones alone' };
  if (config.kind === 'off')
    return { mark: 'note', text: 'SMS is off: set FAST_MESSAGE_API_KEY, and what belongs to it, to send alerts by SMS' };
  const { createFastMessage } = await import('../providers/fast-message/client.ts');
  const gateway = createFastMessage({ ...config, timeoutMs });
  const reached = await gateway.probe();
  const place = `SMS: ${config.baseUrl}`;
  if (!reached.reachable)
    return { mark: 'wrong', text: `${place} is not reachable (${reached.why}). No alert goes out by SMS until it is` };
  const credit = await gateway.credit();
  if (!credit.ok) return { mark: 'wrong', text: `${place} is reachable, but the account cannot be asked: ${credit.error}` };
  if (credit.value <= 0) return { mark: 'wrong', text: `${place} is reachable, but its credit is used up: top it up there` };
  return { mark: 'ok', text: `${place} is reachable, with a credit of KES ${shillings(credit.value)}` };
}

async function email(config: SmtpConfig, timeoutMs: number): Promise<Finding> {
  if (config.kind === 'simulated')
    return { mark: 'note', text: 'E-mail is SIMULATED: mails arrive in the simulated mailbox alone' };
  if (config.kind === 'off') return { mark: 'note', text: 'E-mail is off: set SMTP_URL and SMTP_FROM to send alerts by e-mail' };
  const { createSmtp } = await import('../providers/smtp/client.ts');
  const reached = await createSmtp({ ...config, clock: systemClock, timeoutMs }).probe();
  const place = `E-mail: ${config.host}:${config.port}`;
  return reached.reachable
    ? { mark: 'ok', text: `${place} is reachable, for mails from ${config.from.address} (the login is tried with the first one)` }
    : { mark: 'wrong', text: `${place} is not reachable (${reached.why}). No alert goes out by e-mail until it is` };
}

/** "1,545.50" of positive thousandths; what is less than a cent is not shown. */
function shillings(milliKes: number): string {
  const cents = Math.floor((milliKes % 1_000) / 10);
  return `${formatKes(kes(Math.floor(milliKes / MILLIKES_PER_KES)))}.${String(cents).padStart(2, '0')}`;
}
