/** `jaza sandbox`: the simulated upstreams of airtime, M-Pesa and SMS as a process of their own, with the phones in the browser. */

import type { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { randomToken } from '../lib/random.ts';
import { simulatedMerchant } from '../payments.ts';
import { loadKnowledge } from '../reference.ts';

export function sandboxCommand(program: Command): void {
  program
    .command('sandbox')
    .description(
      'Run the SIMULATED upstreams alone, on 127.0.0.1: to try TOPUPS_BASE_URL, DARAJA_BASE_URL and FAST_MESSAGE_BASE_URL against.',
    )
    .option('--port <port>', 'where to listen', '3900')
    .option(
      '--token <token>',
      'the API token it accepts, for SMS as the API key, for M-Pesa as secret and passkey; made up if absent',
    )
    .option('--webhook <url>', 'where webhooks of airtime are sent; none if absent')
    .addHelpText(
      'after',
      '\nExample:\n  npx jaza sandbox --port 3900 --token test-token --webhook http://127.0.0.1:3000/webhooks/topups/<secret>',
    )
    .action(async (options: { port: string; token?: string; webhook?: string }) => {
      const port = /^\d{1,5}$/.test(options.port) ? Number(options.port) : Number.NaN;
      if (!(port <= 65_535)) {
        process.stderr.write('--port: must be a whole number from 0 to 65535\n');
        process.exitCode = 2;
        return;
      }
      const { createSandbox } = await import('../sandbox/sandbox.ts');
      const { SMS_PARTNER_ID } = await import('../sandbox/sms-api.ts');
      const { postCallback, postWebhook } = await import('../sandbox/webhooks.ts');
      const token = options.token ?? randomToken();
      const merchant = { ...simulatedMerchant(), consumerSecret: token, passkey: token };
      const sandbox = createSandbox({
        clock: systemClock,
        log: createLog('info'),
        token,
        sendWebhook: options.webhook === undefined ? null : postWebhook(options.webhook),
        mpesa: { merchant, sendCallback: postCallback },
        ranges: loadKnowledge().ranges,
      });
      const url = await sandbox.listen(port);
      process.stdout.write(
        `SIMULATED airtime, M-Pesa and SMS upstreams on ${url}\nAPI token: ${token}\n` +
          `SMS: the same as API key, partner id ${SMS_PARTNER_ID}\n` +
          `M-Pesa: DARAJA_BASE_URL=${url} DARAJA_CONSUMER_KEY=${merchant.consumerKey} DARAJA_CONSUMER_SECRET=${token} ` +
          `DARAJA_SHORTCODE=${merchant.shortcode} DARAJA_PASSKEY=${token}\nThe phones: ${url}/phone\n`,
      );
      process.once('SIGTERM', () => void sandbox.close());
      process.once('SIGINT', () => void sandbox.close());
    });
}
