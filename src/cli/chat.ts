/**
 * `jaza chat`: talks to the bot in the terminal, for people; with --json, line by line for programs. The same core as the server,
 * in this process. Only what the bot says goes to stdout; the log goes to stderr.
 */

import { createInterface } from 'node:readline';
import { InvalidArgumentError, type Command } from 'commander';
import { createTerminal, type TerminalChannel } from '../channels/terminal/terminal.ts';
import { ManualClock, systemClock, type Clock, type Instant } from '../lib/clock.ts';
import { randomToken } from '../lib/random.ts';
import { err, ok } from '../lib/result.ts';
import type { InboundMessage, OutboundMessage } from '../ports/channel.ts';
import { openCore, type Core } from '../main.ts';
import { LINES_HELP, LONGEST_SPEAKER, parseLine, type ChatLine, type OutLine } from './chat-lines.ts';
import { createPlainScreen, PHONE_HELP, type PlainScreen } from './chat-plain.ts';
import { configOrExit, isSet, logFor } from './common.ts';
import { watchConsole } from '../workers/console-watch.ts';
import { serveHttp } from './serve.ts';

/** What the refusal of a database that is taken says. */
const HELD = 'held by another process';
const BESIDE_A_SERVER =
  'Or talk to the server that holds it, in its web chat. For a terminal that serves the API and hears alerts: HTTP_PORT=3000 npx jaza chat, in its place.';

interface ChatOptions {
  readonly json?: boolean;
  readonly clock?: string;
  readonly from: string;
}

export function chatCommand(program: Command): void {
  program
    .command('chat')
    .description('Talk to the bot in this terminal. Nothing configured: airtime is simulated.')
    .option('--json', 'one JSON value per line in and out, for programs')
    .option('--clock <clock>', 'manual, or manual=2026-11-22T08:00:00Z: time stands still until {"advance":seconds}')
    .option('--from <name>', 'who is speaking; with --json, in each line that has no from', speakerOf, 'local')
    .addHelpText(
      'after',
      '\nOne process works on a database: with a server running, talk to it in its web chat. With HTTP_PORT set this chat is the server, its' +
        "\nAPI and pages included, and alerts of low SMS arrive in it. A server has no terminal: what it tells goes to a person's other chats.\n" +
        LINES_HELP +
        '\nExamples:\n  npx jaza chat\n  HTTP_PORT=3000 npx jaza chat\n  echo \'{"text":"buy 100 for 0722000000"}\' | npx jaza chat --json',
    )
    .action(async (options: ChatOptions) => {
      process.exitCode = await chat(options);
    });
}

function speakerOf(name: string): string {
  if (name === '' || name.length > LONGEST_SPEAKER) throw new InvalidArgumentError(`1 to ${LONGEST_SPEAKER} letters.`);
  return name;
}

async function chat(options: ChatOptions): Promise<number> {
  const manual = manualStart(options.clock);
  if (manual === 'wrong') {
    process.stderr.write('--clock: expected "manual" or "manual=<ISO time>"\n');
    return 2;
  }
  const config = configOrExit(process.env);
  if (config === null) return 2;
  const listens = isSet('HTTP_PORT');
  const log = logFor(config, options.json === true ? 'warn' : 'error');
  const opened = await openCore({ config, log, listens, everyChannel: false, clock: (last) => clockFor(manual, last) });
  if (!opened.ok) {
    const beside = opened.error.includes(HELD) ? `\n${BESIDE_A_SERVER}` : '';
    process.stderr.write(`${opened.error}${beside}\n`);
    return 2;
  }
  const core = opened.value;
  const screen = createPlainScreen((text) => void process.stdout.write(text));
  const show = options.json === true ? showJson : screen.show;
  const terminal = createTerminal((message) => show(messageLine(message)));
  core.sandbox?.onPrompt(({ phone, amountKes, paymentNetwork }) =>
    show({ type: 'prompt', phone, amount: amountKes, paymentNetwork }),
  );
  await core.open(terminal);
  try {
    const server = listens ? await serveHttp(core, []) : null;
    await talkOn(core, terminal, screen, options);
    await server?.close();
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  } finally {
    await core.close();
  }
}

/** Until the end of the input. */
async function talkOn(core: Core, terminal: TerminalChannel, screen: PlainScreen, options: ChatOptions): Promise<void> {
  await core.rescue();
  await core.driver.drain();
  // Commands come at their own time, also where the time of the chat stands still.
  const unwatch = watchConsole(core.store, systemClock, core.log, core.recordedElsewhere);
  try {
    await heard(core, terminal, screen, options);
  } finally {
    unwatch();
  }
  await core.driver.drain();
}

async function heard(core: Core, terminal: TerminalChannel, screen: PlainScreen, options: ChatOptions): Promise<void> {
  const talk = createTalk(core, async (messages) => terminal.submit(messages));
  if (options.json === true) await readJson(talk, options.from);
  else await readPlain(talk, screen, core, options.from);
}

/** Null: the system's clock. */
function manualStart(option: string | undefined): Instant | null | 'wrong' {
  if (option === undefined) return null;
  if (option === 'manual') return systemClock.now();
  const match = /^manual=(.+)$/.exec(option);
  const start = match === null ? Number.NaN : Date.parse(match[1] ?? '');
  return Number.isNaN(start) ? 'wrong' : start;
}

function clockFor(manual: Instant | null | 'wrong', lastCommittedAt: Instant | null): Clock {
  if (manual === null || manual === 'wrong') return systemClock;
  return new ManualClock(Math.max(manual, lastCommittedAt ?? 0));
}

interface Talk {
  /** Does what one line says, and waits until nothing is runnable. The error is a sentence. */
  say(lines: readonly ChatLine[]): Promise<string | null>;
}

const ONLY_MPESA: ReadonlySet<string> = new Set(['wrong-pin', 'no-money']);
const TAKEN_BY_MPESA = '; only a payment by M-Pesa takes it, as for SMS: airtime takes approve, decline or ignore';

function createTalk(core: Core, submit: (messages: readonly InboundMessage[]) => Promise<void>): Talk {
  /** An own number said once is kept from then on. */
  const known = new Map<string, InboundMessage['ownPhone']>();

  function messageOf(line: ChatLine): InboundMessage | null {
    if (line.msisdn !== undefined) known.set(line.from, line.msisdn);
    const content = contentOf(line);
    if (content === null) return null;
    return {
      address: { channel: 'terminal', account: 'local', chat: line.from },
      sender: line.from,
      messageId: line.id ?? randomToken(),
      sentAt: null,
      locale: null,
      senderName: null,
      ownPhone: line.msisdn ?? known.get(line.from) ?? null,
      content,
    };
  }

  async function act(line: ChatLine): Promise<string | null> {
    if ('advance' in line) return advance(line.advance);
    if (!('answer' in line) && !('fault' in line)) return null;
    const { sandbox } = core;
    const { topups, daraja } = core.config;
    if (sandbox === null || (topups.kind !== 'simulated' && daraja.kind !== 'simulated'))
      return 'no payment is simulated here, so there is no simulated phone and no fault to make';
    if ('answer' in line)
      return (await sandbox.answer(line.phone, line.answer))
        ? null
        : `no payment prompt that takes "${line.answer}" is open on ${line.phone}${ONLY_MPESA.has(line.answer) ? TAKEN_BY_MPESA : ''}`;
    const { parseFault } = await import('../sandbox/faults.ts');
    const fault = parseFault(line.fault);
    if (!fault.ok) return fault.error;
    const set = sandbox.setFault(fault.value);
    return set.ok ? null : set.error;
  }

  /** Due timers fire in order, each at its own instant. */
  async function advance(seconds: number): Promise<string | null> {
    const { clock } = core;
    if (!(clock instanceof ManualClock)) return '"advance" needs --clock manual';
    const target = clock.now() + Math.round(seconds * 1000);
    for (;;) {
      await core.driver.drain();
      const now = clock.now();
      const stored = await core.store.nextDueAt();
      // What is overdue and still there cannot be done just now: the database refuses. The workers look at it again by the clock.
      const next = Math.min(stored !== null && stored > now ? stored : Infinity, clock.nextTaskAt() ?? Infinity);
      if (next > target) break;
      clock.advanceTo(Math.max(next, now));
    }
    clock.advanceTo(target);
    return null;
  }

  return {
    async say(lines) {
      const messages = lines.map(messageOf);
      const together = messages.filter((message) => message !== null);
      const results = await Promise.all([
        together.length === 0 ? null : submit(together).then(() => null),
        ...lines.filter((_line, at) => messages[at] === null).map(act),
      ]);
      await core.driver.drain();
      await core.sandbox?.settled();
      await core.driver.drain();
      return results.find((result) => result !== null) ?? null;
    },
  };
}

function contentOf(line: ChatLine): InboundMessage['content'] | null {
  if ('text' in line) return { kind: 'text', text: line.text };
  if ('tap' in line) return { kind: 'tap', data: line.tap, on: null };
  if ('contact' in line) return { kind: 'contact', name: line.contact.name ?? null, phones: [line.contact.phone] };
  return null;
}

async function readJson(talk: Talk, from: string): Promise<void> {
  let number = 0;
  for await (const input of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    number += 1;
    const parsed = input.trim() === '' ? ok([]) : parseLine(input, from);
    const error = parsed.ok ? await attempt(talk, parsed.value) : parsed.error;
    if (error !== null) showJson({ type: 'error', line: number, message: error });
    showJson({ type: 'idle' });
  }
}

async function attempt(talk: Talk, lines: readonly ChatLine[]): Promise<string | null> {
  try {
    return await talk.say(lines);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const HELP = 'Write to the bot; a number takes that button. Ctrl-D ends.';
const REAL = 'REAL MONEY: a yes asks for a real payment.';
async function readPlain(talk: Talk, screen: PlainScreen, core: Core, from: string): Promise<void> {
  const tty = process.stdout.isTTY;
  const { topups, daraja } = core.config;
  const real = topups.kind === 'real' || daraja.kind === 'real';
  process.stdout.write(`${HELP}\n${real ? REAL : PHONE_HELP}\n`);
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: tty ? '> ' : '' });
  lines.prompt();
  for await (const input of lines) {
    const meant = screen.meantBy(input);
    const parsed =
      meant === null
        ? err(real ? 'There is no simulated phone here: payments are real.' : PHONE_HELP)
        : parseLine(JSON.stringify(meant), from);
    const error = parsed.ok ? await attempt(talk, parsed.value) : parsed.error;
    if (error !== null) process.stdout.write(`! ${error}\n`);
    lines.prompt();
  }
}

function messageLine(message: Extract<OutboundMessage, { kind: 'text' }>): OutLine {
  const buttons = message.buttons.map(({ id, label }) => ({ id, label }));
  return { type: 'message', id: message.id, to: message.address.chat, text: message.text, buttons };
}

function showJson(line: OutLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
