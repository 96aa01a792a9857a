/** The far side of a channel's intake, for tests: keeps what came, can refuse to save it, and waits for messages without polling. */

import { systemClock } from '../../src/lib/clock.ts';
import type { InboundMessage, Intake } from '../../src/ports/channel.ts';

const TIMEOUT_MS = 5_000;

export class Inbox {
  /** Everything that was saved, in order. */
  readonly messages: InboundMessage[] = [];
  /** Everything that was offered, also what was not saved, one list for each call. */
  readonly offered: (readonly InboundMessage[])[] = [];
  /** So many calls reject before one is taken again: the store is away. */
  failures = 0;
  /** Each call waits for this before it saves. */
  gate: Promise<void> = Promise.resolve();
  #read = 0;
  #watchers: (() => void)[] = [];

  readonly intake: Intake = async (messages) => {
    this.offered.push(messages);
    this.#tell();
    await this.gate;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the store is away');
    }
    this.messages.push(...messages);
    this.#tell();
  };

  /** The next saved message, each once. */
  async next(): Promise<InboundMessage> {
    await this.until(() => this.messages.length > this.#read, `message ${this.#read + 1}`);
    this.#read += 1;
    return this.messages[this.#read - 1] as InboundMessage;
  }

  /** Resolves when `condition` holds; looks again whenever something is offered or saved. */
  until(condition: () => boolean, describe: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (condition()) return resolve();
      const takeBack = systemClock.after(TIMEOUT_MS, () =>
        reject(new Error(`no ${describe}; saved so far: ${JSON.stringify(this.messages)}`)),
      );
      const look = (): void => {
        if (!condition()) return;
        this.#watchers = this.#watchers.filter((other) => other !== look);
        takeBack();
        resolve();
      };
      this.#watchers.push(look);
    });
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** For what can only be asked, not awaited, such as a channel's health: asks each millisecond. */
export async function eventually(condition: () => boolean, describe: () => string): Promise<void> {
  const giveUpAt = systemClock.now() + TIMEOUT_MS;
  while (!condition()) {
    if (systemClock.now() > giveUpAt) throw new Error(`never came true: ${describe()}`);
    await new Promise<void>((resolve) => void systemClock.after(1, resolve));
  }
}
