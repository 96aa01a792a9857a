/**
 * `jaza wallet`: the SMS wallets of customers, what came in and went out of one, and an operator's correction. Looking changes nothing;
 * a correction is one turn with its reason in the audit, and is asked about before it is made.
 */

import type { Command } from 'commander';
import { clockInNairobi } from '../domain/nairobi.ts';
import { formatMilliKes, type Buyer } from '../domain/tariff.ts';
import { messagesOf } from '../domain/wallet.ts';
import { STATEMENT_HEADER, statementRow } from '../http/api/statement-csv.ts';
import type { StatementLine, WalletView } from '../ports/wallet.ts';
import { dbTransactions } from '../store/sqlite/db-transaction.ts';
import { listWallets } from '../store/sqlite/list-wallets.ts';
import { walletsReader, type WalletsReader } from '../store/sqlite/read-wallets.ts';
import { databaseConfigOrExit } from './common.ts';
import { complain, lookingInto, print } from './console.ts';
import { adjustCommand } from './wallet-adjust.ts';
import { appIdOf, noWallet, ownerInWords, ownerTyped, priceInWords, userIdOf } from './wallet-arguments.ts';
import { HUNDREDTHS_PER_SMS } from '../domain/ledger.ts';

interface OwnerOptions {
  readonly app?: string;
}

/** Lines of a statement that are read at once. */
const PAGE = 500;
/** Lines under a wallet that is shown. */
const LATEST = 5;

export function walletCommand(program: Command): void {
  const wallet = program
    .command('wallet')
    .description('The SMS wallets: who has how many SMS, what came in and went out, and corrections by hand.')
    .addHelpText(
      'after',
      '\nExamples:\n  npx jaza wallet list\n  npx jaza wallet show shop-1045\n  npx jaza wallet adjust shop-1045 +50 --reason "campaign 77 was sent twice"',
    );
  wallet
    .command('list', { isDefault: true })
    .description('Every wallet with its balance, by app and user.')
    .option('--app <appId>', "only that app's", appIdOf)
    .addHelpText('after', '\nExample:\n  npx jaza wallet list --app shop1')
    .action(async ({ app }: OwnerOptions) => {
      sayWhichWallets();
      process.exitCode = await lookingInto((db) => {
        let none = true;
        for (const { owner, smsHundredths, changedAt } of listWallets(db, app ?? null)) {
          none = false;
          const balance = `${messagesOf({ smsHundredths, milliKes: 0 })} SMS`;
          print([`${ownerInWords(owner).padEnd(24)}  ${balance.padStart(14)}  last moved ${clockInNairobi(changedAt)}`]);
        }
        if (none) print(['There are no wallets yet: one comes into being with its first top-up.']);
        return 0;
      });
    });
  owned(wallet.command('show'))
    .description('One wallet: its balance, its price, and what happened last.')
    .addHelpText('after', '\nExample:\n  npx jaza wallet show u1 --app shop1')
    .action(async (userId: string, { app }: OwnerOptions) => {
      process.exitCode = await looking({ appId: app ?? null, userId }, show);
    });
  owned(wallet.command('statement'))
    .description('Everything that came into one wallet and went out, newest first.')
    .option('--csv', 'as a file for a spreadsheet')
    .addHelpText('after', '\nExample:\n  npx jaza wallet statement shop-1045 --csv > shop-1045.csv')
    .action(async (userId: string, { app, csv = false }: OwnerOptions & { csv?: boolean }) => {
      process.exitCode = await looking({ appId: app ?? null, userId }, (view, wallets) => statement(view, wallets, csv));
    });
  adjustCommand(owned(wallet.command('adjust')));
}

function owned(command: Command): Command {
  return command
    .argument('<userId>', 'whose wallet, as the program that opened it calls them', userIdOf)
    .option('--app <appId>', 'the app that they are a customer of', appIdOf);
}

/** On stderr, so that what is listed can still be piped on. */
function sayWhichWallets(): void {
  const tuku = databaseConfigOrExit()?.tuku ?? null;
  if (tuku === null) return;
  process.stderr.write(
    `These are wallets that are kept here. Your customers see those on ${tuku.baseUrl} instead, whose balances are asked there.\n`,
  );
}

/** One consistent look at a wallet, or a word that there is none. */
function looking(owner: Buyer, look: (view: WalletView, wallets: WalletsReader) => void): Promise<number> {
  sayWhichWallets();
  return lookingInto((db) =>
    dbTransactions(db).read(() => {
      const wallets = walletsReader(db);
      const view = wallets.view(owner);
      if (view === null) return complain(noWallet(owner));
      look(view, wallets);
      return 0;
    }),
  );
}

function show({ wallet, balances, price }: WalletView, wallets: WalletsReader): void {
  const { milliKes } = balances;
  const rest = milliKes === 0 ? '' : `, and KES ${formatMilliKes(milliKes)} that counts in the next purchase`;
  const latest = wallets.statement(wallet.id, null, LATEST);
  print([
    ownerInWords(wallet.owner),
    `  balance  ${messagesOf(balances)} SMS${rest}`,
    `  price    ${priceInWords(price)}`,
    `  opened   ${clockInNairobi(wallet.openedAt)}, last moved ${clockInNairobi(wallet.changedAt)}`,
    '',
    ...latest.map(lineInWords),
    `All of it: npx jaza wallet statement ${ownerTyped(wallet.owner)}`,
  ]);
}

function statement({ wallet }: WalletView, wallets: WalletsReader, csv: boolean): void {
  if (csv) process.stdout.write(`${STATEMENT_HEADER}\r\n`);
  for (let before: number | null = null; ;) {
    const lines: readonly StatementLine[] = wallets.statement(wallet.id, before, PAGE);
    if (csv) for (const line of lines) process.stdout.write(`${statementRow(line, clockInNairobi(line.at))}\r\n`);
    else if (lines.length > 0) print(lines.map(lineInWords));
    if (lines.length < PAGE) return;
    before = lines.at(-1)?.seq ?? null;
  }
}

function lineInWords(line: StatementLine): string {
  const { at, what, smsHundredths, balanceHundredths, reference, reason, paymentReference } = line;
  const moved = `${smsHundredths < 0 ? '' : '+'}${smsHundredths / HUNDREDTHS_PER_SMS}`;
  const paid = paymentReference === null ? null : `payment ${paymentReference}`;
  const words = [reference, reason, paid].filter((word) => word !== null && word !== '').join(': ');
  const row = [clockInNairobi(at), what.replace('_', '-').padEnd(10), moved.padStart(10)];
  return [...row, String(balanceHundredths / HUNDREDTHS_PER_SMS).padStart(10), words].join('  ').trimEnd();
}
