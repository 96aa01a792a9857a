/** WhatsApp between real processes: the fake server in one, the adapter in another, and nothing secret on any console. */

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';

type Line = Record<string, unknown>;

/** A program that speaks JSON lines; what is no JSON line counts as printed. */
class Program {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #events = new EventEmitter();
  readonly #lines: Line[] = [];
  printed = '';
  #told = 0;

  constructor(file: string, ...nodeOptions: string[]) {
    const path = fileURLToPath(new URL(file, import.meta.url));
    this.#child = spawn(process.execPath, [...nodeOptions, '--import', 'tsx', path]);
    this.#child.stderr.on('data', (data: Buffer) => (this.printed += data.toString()));
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#onLine(line));
  }

  /** Resolves when the program says that it is done with it. */
  async does(command: Line): Promise<void> {
    this.tells(command);
    const number = this.#told;
    while ((await this.says('done'))['line'] !== number);
  }

  tells(command: Line): void {
    this.#told += 1;
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** The first line of this type that was not waited for yet. */
  async says(type: string): Promise<Line> {
    for (;;) {
      const at = this.#lines.findIndex((line) => line['type'] === type);
      if (at >= 0) return this.#lines.splice(at, 1)[0] ?? {};
      await once(this.#events, 'line');
    }
  }

  async ends(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    this.#child.stdin.end();
    const [code] = (await once(this.#child, 'exit')) as [number | null];
    return code;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #onLine(line: string): void {
    try {
      this.#lines.push(JSON.parse(line) as Line);
      this.#events.emit('line');
    } catch {
      this.printed += `${line}\n`;
    }
  }
}

const programs: Program[] = [];
afterEach(() => programs.splice(0).forEach((program) => program.kill()));

function run(file: string, ...nodeOptions: string[]): Program {
  const program = new Program(file, ...nodeOptions);
  programs.push(program);
  return program;
}

it('links by QR, talks, ends by itself, and prints nothing', async () => {
  const network = run('./fake-whatsapp-main.ts');
  const { url } = await network.says('listening');
  const bot = run('./whatsapp-process.ts', '--import', new URL('./trust-fake-whatsapp.mjs', import.meta.url).href);
  bot.tells({ url });
  network.tells({ scan: (await bot.says('qr'))['qr'] });
  await bot.says('open');
  network.tells({ person: 'amina', lid: '500000000000001', phone: '254722000001', name: 'Amina' });
  network.tells({ as: 'amina', writes: 'nitumie 100' });
  const heard = await network.says('heard');
  expect(heard).toMatchObject({ as: 'amina', text: 'You said: nitumie 100' });
  // The phone could not open it: the session is closed and made anew, which is where libsignal prints the old one's keys.
  network.tells({ as: 'amina', asksAgain: heard['id'] });
  network.tells({ as: 'amina', writes: 'still there?' });
  expect((await network.says('heard'))['text']).toBe('You said: still there?');
  // A server that says nothing any more, not even goodbye: the process ends all the same.
  await network.does({ freeze: true });
  expect(await bot.ends()).toBe(0);
  expect(bot.printed).toBe('');
  expect(await network.ends()).toBe(0);
}, 25_000);
