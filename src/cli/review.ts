/**
 * `jaza review`: what wants a person, what is known of it, and how a person ends it. Looking changes nothing. Ending needs evidence in
 * words, which is kept for good with the name of whoever says so.
 */

import type { Command } from 'commander';
import { asSeen } from '../domain/attention.ts';
import { nextState, type Order, type OrderEventKind, type Standing } from '../domain/order.ts';
import { systemClock } from '../lib/clock.ts';
import { formatKes } from '../domain/money.ts';
import type { Desk, ItemFile } from '../ports/desk.ts';
import { asked } from './asking.ts';
import { EVIDENCE_RULE, isEvidence, operatorName } from './common.ts';
import { complain, lookingAt, print, telling, wrong, type Act } from './console.ts';
import { itemSheet, noSay, orderSheet } from './review-sheet.ts';
import { caseLines, casesJson } from './review-list.ts';

/** How a person may end an order: the word on the command line, and the event in domain/order.ts. */
export const RESOLUTIONS = {
  delivered: 'operator_delivered',
  paid: 'operator_paid',
  cancelled: 'operator_cancelled',
  'refund-due': 'operator_refund_due',
  refunded: 'operator_refunded',
} as const satisfies Readonly<Record<string, OrderEventKind>>;
export type Resolution = keyof typeof RESOLUTIONS;

interface ActOptions {
  readonly evidence: string;
  readonly operator?: string;
}

interface ResolveOptions extends ActOptions {
  /** The order as it stood on the sheet. */
  readonly seen?: string;
  readonly yes?: boolean;
}

export function reviewCommand(program: Command): void {
  const review = program
    .command('review')
    .description('What wants a person: orders in review, refunds to make, webhooks that fit no order, people who asked for you.')
    .addHelpText('after', '\nExample:\n  npx jaza review list\n  npx jaza review show JZ7K2M4QPW');
  review
    .command('list', { isDefault: true })
    .description('Everything that wants a person, the oldest first, each with the next command.')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  npx jaza review list --json')
    .action(async (options: { json?: boolean }) => {
      process.exitCode = await lookingAt(async (desk) => list(desk, options.json === true));
    });
  review
    .command('show <reference>')
    .description('What is known of an order, or of something in the list: who, what, what they say, every step, what to do next.')
    .option('--raw', 'what came in from upstream whole and as it came, not cut to a line')
    .addHelpText('after', '\nExample:\n  npx jaza review show JZ7K2M4QPW --raw\n  npx jaza review show H-7K2M4Q')
    .action(async (word: string, options: { raw?: boolean }) => {
      process.exitCode = await lookingAt(async (desk) => show(desk, word, options.raw === true));
    });
  acting(review.command('resolve <reference> <outcome>'))
    .option(
      '--seen <state>',
      'which state of the order you looked at, as `review show` prints it: of another one nothing is changed',
    )
    .option('--yes', 'on a terminal, do not ask once more')
    .description(
      `End an order in review, for good: ${Object.keys(RESOLUTIONS).join(', ')}. The customer is told. Copy the command from \`jaza review show\`.`,
    )
    .addHelpText(
      'after',
      '\nExample:\n  npx jaza review resolve JZ7K2M4QPW delivered --seen 4QW9KM --evidence "receipt SFC123 at the supplier"',
    )
    .action(async (word: string, outcome: string, options: ResolveOptions) => {
      process.exitCode = await resolve(word, outcome, options);
    });
  acting(review.command('done <id>'))
    .description('Put something of the list away that is no order. It comes back when it happens again.')
    .addHelpText('after', '\nExample:\n  npx jaza review done H-7K2M4Q --evidence "called her, she has the airtime"')
    .action(async (id: string, options: ActOptions) => {
      process.exitCode = await done(id, options);
    });
}

function acting(command: Command): Command {
  return command
    .requiredOption('--evidence <words>', `on what ground (${EVIDENCE_RULE}): kept for good`)
    .option('--operator <name>', 'who says so; otherwise whoever is logged in');
}

async function list(desk: Desk, json: boolean): Promise<number> {
  const cases = await desk.open();
  const now = systemClock.now();
  print(json ? [JSON.stringify(casesJson(cases, now))] : caseLines(cases, now));
  return 0;
}

async function show(desk: Desk, word: string, raw = false): Promise<number> {
  const now = systemClock.now();
  const order = await desk.order(word);
  const item = order === null ? await desk.item(word) : null;
  if (order === null && item === null)
    return complain(`There is no order ${word}, and nothing open by that name. See: npx jaza review list`);
  const said = order === null ? [] : await saidBeside(desk, order.order);
  const sheet = order === null ? [] : orderSheet(order, allowed(order.order), now, { said, raw });
  print([...sheet, ...(item === null ? [] : itemSheet(item, now, { raw }))]);
  return 0;
}

/** What the customer of an order asks of a person in its chat, and nobody has seen to yet. */
async function saidBeside(desk: Desk, { conversationId }: Order): Promise<ItemFile[]> {
  const { items } = await desk.open();
  const theirs = items.filter(({ kind, who }) => kind === 'help' && who?.conversationId === conversationId);
  const files = await Promise.all(theirs.map(({ id }) => desk.item(id)));
  return files.filter((file) => file !== null);
}

/** What the table lets a person say of the order as it is. */
function allowed(order: Standing): Resolution[] {
  return (Object.keys(RESOLUTIONS) as Resolution[]).filter((word) => nextState(order, RESOLUTIONS[word]) !== null);
}

function question({ reference, amountKes, state }: Order, outcome: Resolution): string {
  const told = outcome === 'refunded' || outcome === 'refund-due' ? 'told so' : 'told so, for good';
  return `${reference}, KES ${formatKes(amountKes)}, is ${plain(state)} and becomes ${outcome}. The customer is ${told}.`;
}

/** `asks`: for tests. */
export async function resolve(
  word: string,
  outcome: string,
  options: ResolveOptions,
  asks: (question: string) => Promise<'yes' | 'no' | 'nobody'> = asked,
): Promise<number> {
  if (!isEvidence(options.evidence)) return wrong(TOO_LITTLE);
  if (!isResolution(outcome)) return wrong(`"${outcome}" is no outcome: ${Object.keys(RESOLUTIONS).join(', ')}`);
  const found = await foundBy(word);
  if (typeof found === 'number') return found;
  const { order } = found;
  const may = allowed(order);
  if (!may.includes(outcome)) return complain(refusal(order, may));
  const seen = options.seen?.trim().toUpperCase();
  if (seen === undefined) return wrong(unseen(order));
  if (seen !== asSeen(order)) return changed(order);
  // Scripts and pipes have nobody to ask, and said what they mean.
  if (options.yes !== true && (await asks(question(order, outcome))) === 'no') return complain('Nothing was changed.');
  const act: Act = {
    kind: 'operator',
    orderId: order.id,
    action: RESOLUTIONS[outcome],
    operator: operatorName(options.operator),
    evidence: options.evidence.trim(),
    seen,
  };
  let refused = false;
  const code = await telling(act, {
    done: (state, here) =>
      `${order.reference} is ${plain(state)} now. ${here ? 'No server is running: the customer is told when one starts.' : 'The customer is told in their chat.'}`,
    next: (state) => next(order.reference, state),
    refused: () => {
      refused = true;
      return CHANGED(order.reference);
    },
  });
  return refused ? sheetAfter(order.reference) : code;
}

const CHANGED = (reference: string): string =>
  `${reference} has changed since you looked, so nothing was changed. This is how it stands now:\n`;

/** Something was heard of the order since: the operator reads it before they say anything of it. */
function changed({ reference }: Order): Promise<1> {
  complain(CHANGED(reference));
  return sheetAfter(reference);
}

async function sheetAfter(reference: string): Promise<1> {
  await lookingAt(async (desk) => show(desk, reference));
  return 1;
}

function unseen({ reference }: Order): string {
  return `--seen: say which state of the order you looked at; this prints the whole command: npx jaza review show ${reference}`;
}

async function done(id: string, options: ActOptions): Promise<number> {
  if (!isEvidence(options.evidence)) return wrong(TOO_LITTLE);
  let until: number | null = null;
  const looked = await lookingAt(async (desk) => {
    until = (await desk.item(id))?.latest ?? null;
    if (until !== null) return 0;
    const order = await desk.order(id);
    return complain(
      order === null
        ? `Nothing open is called ${id}. See: npx jaza review list`
        : `${order.order.reference} is an order: npx jaza review show ${order.order.reference} prints the commands that end it`,
    );
  });
  if (looked !== 0 || until === null) return looked;
  const item = id.toUpperCase();
  const command = { what: 'put_away', item, until, evidence: options.evidence.trim() } as const;
  return telling(
    { kind: 'command', operator: operatorName(options.operator), command },
    {
      done: () => `${item} is put away. It comes back when it happens again.`,
      refused: (detail) => `${item} is as it was: ${detail}`,
    },
  );
}

/** The order, or the exit code after a word on what is wrong. */
async function foundBy(word: string): Promise<{ readonly order: Order } | number> {
  let found: Order | null = null;
  const looked = await lookingAt(async (desk) => {
    found = (await desk.order(word))?.order ?? null;
    return found === null ? complain(`There is no order ${word}. See: npx jaza review list`) : 0;
  });
  return looked !== 0 || found === null ? looked : { order: found };
}

const TOO_LITTLE = '--evidence: say in a few words what you saw, and where: a receipt, a balance, whom you called';

function isResolution(word: string): word is Resolution {
  return Object.hasOwn(RESOLUTIONS, word);
}

function refusal(order: Order, may: readonly Resolution[]): string {
  const ways = may.length === 0 ? noSay(order) : `it may become: ${may.join(', ')}`;
  return `${order.reference} is ${plain(order.state)}: ${ways}.`;
}

function next(reference: string, state: string): string[] {
  if (state === 'refund_due')
    return [`Once the money is back, this prints the command that says so: npx jaza review show ${reference}`];
  if (state === 'review')
    return [
      `It counts as paid, and nothing was added: the wallets of SMS have moved since it was placed. How to go on: npx jaza review show ${reference}`,
    ];
  return [];
}

const plain = (state: string): string => state.replaceAll('_', ' ');
