/**
 * `jaza wallet link`, `unlink` and `links`: which wallets of SMS a customer has in the chat, where neither a verified number nor the
 * customer's own id says so. A wallet need not be there yet: the first purchase opens it.
 */

import type { Command } from 'commander';
import { clockInNairobi } from '../domain/nairobi.ts';
import type { Buyer } from '../domain/tariff.ts';
import { saidBy } from '../domain/wallet-owner.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { WalletLink } from '../ports/wallet.ts';
import { lookInto } from '../store/sqlite/look.ts';
import { customerFinder } from '../store/sqlite/personal-data.ts';
import { linksReader } from '../store/sqlite/wallet-owners.ts';
import { configOrExit, operatorName } from './common.ts';
import { complain, print, telling, type Act } from './console.ts';

interface LinkOptions {
  readonly app?: string;
}

export function walletLinkCommands(program: Command): void {
  const wallet =
    program.commands.find((command) => command.name() === 'wallet') ??
    program
      .command('wallet')
      .description('Wallets of SMS: whose they are in the chat.')
      .addHelpText('after', '\nExample:\n  npx jaza wallet links');
  wallet
    .command('link <userId> <customer>')
    .description('Let a customer fill a wallet and see its balance in the chat. It is then theirs alone.')
    .option('--app <appId>', "the app whose wallet it is; without it, the shop's own")
    .addHelpText(
      'after',
      '\n<customer>: a number that its network vouched for, an order (JZ...), channel:id of an account, or a customer id.' +
        '\nA userId that is a phone number needs no link: it belongs to whoever verified that number.' +
        '\n\nExamples:\n  npx jaza wallet link shop-1045 0722000000\n  npx jaza wallet link u1 telegram:123456 --app shop1',
    )
    .action(async (userId: string, customer: string, options: LinkOptions) => {
      process.exitCode = await link({ appId: options.app ?? null, userId }, customer);
    });
  wallet
    .command('unlink <userId>')
    .description('Take a wallet from the customer that it is linked to. What is in it stays in it.')
    .option('--app <appId>', 'the app whose wallet it is')
    .addHelpText('after', '\nExample:\n  npx jaza wallet unlink shop-1045')
    .action(async (userId: string, options: LinkOptions) => {
      process.exitCode = await unlink({ appId: options.app ?? null, userId });
    });
  wallet
    .command('links')
    .description('Which wallets are linked to whom.')
    .addHelpText('after', '\nExample:\n  npx jaza wallet links')
    .action(async () => {
      process.exitCode = await links();
    });
}

async function link(owner: Buyer, word: string): Promise<number> {
  return looking(word, (all, customerId) => {
    const found = linkable(owner, word, customerId, all);
    if (!found.ok) return complain(found.error);
    return telling(command({ what: 'link_wallet', owner, customerId: found.value }), {
      done: (linked) => `${nameOf(owner)} is linked to ${linked}. To undo it: npx jaza wallet unlink ${argumentsOf(owner)}`,
      refused: (why) => `Nothing changed: ${why}.`,
    });
  });
}

/** The customer to link it to, or a sentence why it cannot be. `customerId`: whom `word` names; null: nobody. */
export function linkable(
  owner: Buyer,
  word: string,
  customerId: string | null,
  all: readonly WalletLink[],
): Result<string, string> {
  if (owner.userId.trim() === '') return err('Say which wallet: its userId.');
  const said = saidBy(owner);
  if (said === 'number')
    return err(`${owner.userId} reads as a phone number: the wallet belongs to whoever verified it, and needs no link.`);
  if (said === 'customer') return err(`${owner.userId} is the id of a customer: the wallet is theirs, and needs no link.`);
  if (customerId === null)
    return err(`Nobody is known as ${word}. Say a verified number, an order, channel:id of an account, or a customer id.`);
  const before = linkOf(owner, all);
  if (before !== undefined && before.customerId !== customerId)
    return err(`${nameOf(owner)} is linked to ${before.customerId} already. First: npx jaza wallet unlink ${argumentsOf(owner)}`);
  return ok(customerId);
}

async function unlink(owner: Buyer): Promise<number> {
  return looking(null, (all) => {
    const linked = linkOf(owner, all);
    if (linked === undefined) return complain(`${nameOf(owner)} is linked to nobody. See: npx jaza wallet links`);
    return telling(command({ what: 'unlink_wallet', owner, customerId: linked.customerId }), {
      done: (customerId) => `${nameOf(owner)} is no longer linked to ${customerId}.`,
      refused: (why) => `Nothing changed: ${why}.`,
    });
  });
}

async function links(): Promise<number> {
  return looking(null, (all) => {
    print(all.length === 0 ? ['No wallet is linked. `jaza wallet link --help` says how to link one.'] : all.map(lineOf));
    return 0;
  });
}

function lineOf({ owner, customerId, customerName, linkedBy, linkedAt }: WalletLink): string {
  const whose = customerName === null ? customerId : `${customerId} (${customerName})`;
  return `${nameOf(owner)}  ${whose}, by ${linkedBy}, ${clockInNairobi(linkedAt).slice(0, 10)}`;
}

/** The links and whom a word names are read, and the database is let go, before anything is told to whoever holds it. */
async function looking(
  word: string | null,
  then: (links: readonly WalletLink[], customerId: string | null) => number | Promise<number>,
): Promise<number> {
  const config = configOrExit(process.env);
  if (config === null) return 2;
  const looked = await lookInto(config.databasePath, (db) => ({
    links: linksReader(db)(),
    customerId: word === null ? null : customerFinder(db)(word),
  }));
  return looked.ok ? then(looked.value.links, looked.value.customerId) : complain(looked.error);
}

function command(given: Extract<Act, { kind: 'command' }>['command']): Act {
  return { kind: 'command', operator: operatorName(undefined), command: given };
}

function linkOf({ appId, userId }: Buyer, all: readonly WalletLink[]): WalletLink | undefined {
  return all.find(({ owner }) => owner.appId === appId && owner.userId === userId);
}

function nameOf({ appId, userId }: Buyer): string {
  return appId === null ? userId : `${userId} of app ${appId}`;
}

function argumentsOf({ appId, userId }: Buyer): string {
  return appId === null ? userId : `${userId} --app ${appId}`;
}
