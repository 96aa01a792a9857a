/**
 * `jaza wallet adjust`: an operator puts SMS into a wallet or takes some out, for a reason that is kept for good. It is a turn like any
 * other, so it works beside a running server and never takes more than is there.
 */

import type { Command } from 'commander';
import type { Buyer } from '../domain/tariff.ts';
import { LARGEST_BALANCE, messagesOf } from '../domain/wallet.ts';
import { oneLine } from '../lib/one-line.ts';
import { randomToken } from '../lib/random.ts';
import type { WalletRequest } from '../ports/wallet.ts';
import { ELSEWHERE } from '../services/decide-wallet.ts';
import { requestKey } from '../services/wallet-desk.ts';
import { walletsReader } from '../store/sqlite/read-wallets.ts';
import { asked } from './asking.ts';
import { EVIDENCE_RULE, isEvidence, operatorName } from './common.ts';
import { complain, lookingInto, telling, wrong } from './console.ts';
import { noWallet, ownerInWords, ownerTyped, unitsOf } from './wallet-arguments.ts';

interface AdjustOptions {
  readonly app?: string;
  readonly reason: string;
  readonly operator?: string;
  readonly yes?: boolean;
}

/** Characters: it stands in statements. */
const LONGEST_REASON = 200;

export function adjustCommand(command: Command): void {
  command
    .description('Put SMS into a wallet, or take some out, with a reason that stays in its statement.')
    .argument('<units>', '+50 puts 50 SMS in, -50 takes 50 out', unitsOf)
    .requiredOption('--reason <words>', `on what ground (${EVIDENCE_RULE}): kept for good`)
    .option('--operator <name>', 'who says so; otherwise whoever is logged in')
    .option('--yes', 'do not ask before it is done')
    .addHelpText(
      'after',
      '\nEnds with 0 when it is done, with 1 when nothing changed, with 2 when it cannot be understood.' +
        '\n\nExamples:\n  npx jaza wallet adjust shop-1045 +50 --reason "campaign 77 was sent twice"' +
        '\n  npx jaza wallet adjust u1 -200 --app shop1 --reason "topped up by mistake, see SKJ4X8Y2ZQ" --yes',
    )
    .action(async (userId: string, units: number, options: AdjustOptions) => {
      process.exitCode = await adjust({ appId: options.app ?? null, userId }, units, options);
    });
}

async function adjust(owner: Buyer, units: number, options: AdjustOptions): Promise<number> {
  const reason = oneLine(options.reason);
  if (!isEvidence(reason) || reason.length > LONGEST_REASON)
    return wrong(
      `--reason: say in a few words what happened, and where it can be seen: ${EVIDENCE_RULE}, ${LONGEST_REASON} characters at most. It stands in the statement.`,
    );
  let balance = 0;
  const looked = await lookingInto((db) => {
    const view = walletsReader(db).view(owner);
    if (view === null) return complain(noWallet(owner));
    balance = messagesOf(view.balances);
    return 0;
  });
  if (looked !== 0) return looked;
  if (balance + units < 0) return complain(tooLittle(owner, balance));
  if (units > 0 && balance + units > LARGEST_BALANCE) return complain(tooMuch(owner, balance));
  if (options.yes !== true) {
    const answer = await asked(`${moved(units, 'Put', 'Take')} ${ownerInWords(owner)}: ${balance} now, ${balance + units} then?`);
    if (answer === 'nobody')
      return wrong('There is no terminal to ask on, so nothing changed. To do it without being asked: --yes');
    if (answer === 'no') return complain('Nothing changed.');
  }
  const request: WalletRequest = { kind: 'adjustment', units, reason };
  const key = requestKey(owner, `console:${randomToken()}`, request);
  const actor = { kind: 'operator', name: operatorName(options.operator) } as const;
  return telling(
    { kind: 'wallet', owner, key, request, actor },
    {
      look: `wallet show ${ownerTyped(owner)}`,
      done: (left) => `${moved(units, 'Put', 'Took')} ${ownerInWords(owner)}. Balance: ${left} SMS.`,
      refused: (left) =>
        left === ELSEWHERE ? `Nothing changed: ${left}.` : (units < 0 ? tooLittle : tooMuch)(owner, Number(left)),
    },
  );
}

/** "Put 50 SMS into", "Took 50 SMS out of". */
function moved(units: number, into: string, out: string): string {
  return units > 0 ? `${into} ${units} SMS into` : `${out} ${-units} SMS out of`;
}

function tooLittle(owner: Buyer, balance: number): string {
  return `There are only ${balance} SMS in the wallet of ${ownerInWords(owner)}. Nothing changed.`;
}

function tooMuch(owner: Buyer, balance: number): string {
  return `A wallet holds at most ${LARGEST_BALANCE} SMS, and ${balance} are in the wallet of ${ownerInWords(owner)}. Nothing changed.`;
}
