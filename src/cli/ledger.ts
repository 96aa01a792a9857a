/** `jaza ledger`: the trial balance, and whether every sum and every sale is as it must be. Reads beside a running server, changes nothing. */

import { Argument, type Command } from 'commander';
import type { Asset } from '../domain/ledger.ts';
import { auditLedger, type AuditedAccount, type LedgerAudit } from '../store/sqlite/audit-ledger.ts';
import { lookInto } from '../store/sqlite/look.ts';
import { databaseConfigOrExit, counted, endWith, type Ending } from './common.ts';

export function ledgerCommand(program: Command): void {
  program
    .command('ledger')
    .description('Add the ledger up anew and hold it against the orders; print the trial balance. Changes nothing.')
    .addArgument(new Argument('[what]', 'what to do').choices(['check']).default('check'))
    .addHelpText(
      'after',
      '\nEnds with 0 when everything agrees, with 1 when something does not, with 2 when it cannot be read.\n\nExample:\n  npx jaza ledger check',
    )
    .action(async () => {
      const config = databaseConfigOrExit();
      endWith(config === null ? { exitCode: 2 } : await checkLedger(config.databasePath));
    });
}

/** Never rejects. */
export async function checkLedger(databasePath: string): Promise<Ending> {
  const audited = await lookInto(databasePath, auditLedger);
  if (!audited.ok) return { exitCode: 2, err: audited.error };
  return { exitCode: audited.value.faults.length === 0 ? 0 : 1, out: ledgerReport(audited.value).join('\n') };
}

/** Digits after the point of an asset's unit. */
const PLACES: Readonly<Record<Asset, number>> = { KES: 3, SMS: 2 };

/** The trial balance, and then what is wrong, or that nothing is. */
export function ledgerReport({ accounts, journals, delivered, faults }: LedgerAudit): string[] {
  const assets = (['KES', 'SMS'] as const).filter((asset) => accounts.some((one) => one.asset === asset));
  const balances = assets.flatMap((asset) => [
    ...trialBalance(
      asset,
      accounts.filter((one) => one.asset === asset),
    ),
    '',
  ]);
  const counts = `${counted(journals, 'journal')}, ${counted(delivered, 'delivered order')}.`;
  if (faults.length === 0)
    return [...balances, `ok: every balance is the sum of its transfers, every delivered order has its one sale. ${counts}`];
  const advice = 'Stop selling, keep this file as it is, and look at these first; a backup may tell when it began.';
  return [...balances, ...faults.map((fault) => `WRONG: ${fault}`), `${counts} ${advice}`];
}

function trialBalance(asset: Asset, accounts: readonly AuditedAccount[]): string[] {
  const sums = (of: (one: AuditedAccount) => number): string =>
    units(
      asset,
      accounts.reduce((sum, one) => sum + of(one), 0),
    );
  const rows = [
    [`Trial balance, ${asset}`, 'debited', 'credited', 'balance'],
    ...accounts.map((one) => [one.id, ...[one.debited, one.credited, one.credited - one.debited].map((n) => units(asset, n))]),
    ['all', sums((one) => one.debited), sums((one) => one.credited), sums((one) => one.credited - one.debited)],
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return rows.map(([name = '', ...numbers]) => name.padEnd(width) + numbers.map((text) => text.padStart(16)).join(''));
}

/** "-1,234.500": digits only, never a floating division. */
function units(asset: Asset, amount: number): string {
  const places = PLACES[asset];
  const digits = String(Math.abs(amount)).padStart(places + 1, '0');
  const whole = digits.slice(0, -places).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${amount < 0 ? '-' : ''}${whole}.${digits.slice(-places)}`;
}
