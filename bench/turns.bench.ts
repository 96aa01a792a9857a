/**
 * Measures whole turns: load, decide (understanding, conversation, orders), commit at synchronous=FULL, and the rendering of the reply,
 * through the turn runner as the server uses it, with 1 and with 32 chats in flight. Beside it, in the same run, the bare driver
 * writing the same rows, one turn per commit and grouped. `npm run bench turns`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../src/config.ts';
import { buyAirtime } from '../src/conversation/flows/buy-airtime.ts';
import { render } from '../src/conversation/render.ts';
import { elapsed } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Store, TurnEvent } from '../src/ports/store.ts';
import { loadReference } from '../src/reference.ts';
import type { Rules } from '../src/services/decide.ts';
import { createTurnRunner, type TurnRunner } from '../src/services/turn-runner.ts';
import type { SqliteStore } from '../src/store/sqlite/open.ts';
import { bareLoop } from './store-bare.ts';
import { chatEvent } from './store-turns.ts';
import { openForBench } from './store.bench.ts';

const ROUNDS = 7;
const IN_FLIGHT = 32;
const AIMS = { alone: 0.65, grouped: 0.5, groupedOverAlone: 2.5, p99Ms: 20 };
const reference = loadReference();
const rules = benchRules();

function benchRules(): Rules {
  const config = parseConfig({});
  if (!config.ok) throw new Error(config.error.join('\n'));
  return {
    business: {
      name: 'Jaza',
      supportContact: null,
      limits: config.value.limits,
      simulated: true,
      sellsSms: false,
      walletsAt: 'own',
      smsSimulated: true,
    },
    knowledge: reference.knowledge,
    phrasebook: reference.phrasebook,
    flows: [buyAirtime],
    capabilities: () => ({ buttons: true, asksOwnPhone: true, retireButtons: true }),
    webhooksReachUs: true,
    breaker: config.value.breaker,
    airtimeOff: null,
    salt: 'bench',
  };
}

/** Each message corrects the amount at the confirmation, in words: understood, decided, and confirmed anew. */
function correction(number: number): TurnEvent {
  const event = chatEvent(number);
  if (event.kind !== 'message') throw new Error('not a message');
  const text = `no, ${100 + (number % 900)} bob please`;
  return { ...event, message: { ...event.message, content: { kind: 'text', text } } };
}

/** The store, with what the outbox would say rendered before the commit: everything a turn costs is inside. */
function rendering(store: Store): Store {
  return {
    ...store,
    commit(turns) {
      for (const { changes } of turns) {
        for (const change of changes) {
          if (change.kind === 'say') render(change.reply, change.language, reference.phrasebook, { buttons: true });
        }
      }
      return store.commit(turns);
    },
  };
}

interface Run {
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** `inFlight` chats, each writing again as soon as it was answered. */
async function talk(store: SqliteStore, turns: number, inFlight: number): Promise<Run> {
  const runner: TurnRunner = createTurnRunner({ store: rendering(store), rules, log: silentLog, committed: () => undefined });
  const latencies: number[] = [];
  let next = 0;
  const chat = async (): Promise<void> => {
    while (next < turns) {
      const number = next;
      next += 1;
      const from = elapsed();
      const [ending] = await runner.submit([correction(number)]);
      latencies.push(elapsed() - from);
      if (ending !== 'committed') throw new Error(`a turn was ${ending}`);
    }
  };
  const from = elapsed();
  await Promise.all(Array.from({ length: inFlight }, chat));
  const perSecond = (turns / (elapsed() - from)) * 1_000;
  return { perSecond, p99Ms: latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.99)] ?? 0 };
}

async function measure<T>(folder: string, name: string, run: (store: SqliteStore) => T | Promise<T>): Promise<T> {
  const store = await openForBench(folder, name);
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function report(what: string, value: number, aim: number, atMost = false): void {
  const holds = atMost ? value <= aim : value >= aim;
  console.log(`${holds ? 'holds' : 'FAILS'}  ${what}: ${value.toFixed(2)} (aim ${atMost ? 'at most' : 'at least'} ${aim})`);
  if (!holds) process.exitCode = 1;
}

const turns = Number(process.argv[2] ?? 2_000);
const folder = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'jaza-bench-'));
try {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({
      bareAlone: await measure(folder, `bare-1-${round}`, ({ db }) => bareLoop(db, turns, 1, true)),
      alone: await measure(folder, `alone-${round}`, (store) => talk(store, turns, 1)),
      bareGrouped: await measure(folder, `bare-32-${round}`, ({ db }) => bareLoop(db, turns * 4, IN_FLIGHT, true)),
      grouped: await measure(folder, `grouped-${round}`, (store) => talk(store, turns * 4, IN_FLIGHT)),
    });
  }
  console.log(`turns per second, medians of ${ROUNDS} rounds; ratios are taken within each round`);
  console.log(
    `1 in flight:  turns ${median(rounds.map((r) => r.alone.perSecond)).toFixed(0)}, bare ${median(rounds.map((r) => r.bareAlone)).toFixed(0)}`,
  );
  console.log(
    `32 in flight: turns ${median(rounds.map((r) => r.grouped.perSecond)).toFixed(0)}, bare ${median(rounds.map((r) => r.bareGrouped)).toFixed(0)}`,
  );
  report('turns / bare, 1 in flight', median(rounds.map((r) => r.alone.perSecond / r.bareAlone)), AIMS.alone);
  report('turns / bare grouped, 32 in flight', median(rounds.map((r) => r.grouped.perSecond / r.bareGrouped)), AIMS.grouped);
  report(
    'turns at 32 / bare with a commit per turn',
    median(rounds.map((r) => r.grouped.perSecond / r.bareAlone)),
    AIMS.groupedOverAlone,
  );
  report('p99 of a turn at 32 in flight, ms', median(rounds.map((r) => r.grouped.p99Ms)), AIMS.p99Ms, true);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
