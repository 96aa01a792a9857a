/** The bench on which a channel is tried: its harness, an inbox behind its intake, and the steps that many tests begin with. */

import { expect } from 'vitest';
import type { Button, Channel, ChatAddress, OutboundMessage } from '../../src/ports/channel.ts';
import { eventually, Inbox } from './channel-inbox.ts';
import type { ChannelHarness, ContractPerson } from './channel.ts';

/** What people, and what those who mean no good, may write; no channel may change a letter of it. */
export const HOSTILE_TEXTS: readonly string[] = [
  '<b>bold</b> & <script>alert(1)</script> &amp; &#60;',
  '*stars* _lines_ ~waves~ `ticks` [link](https://example.com) \\ | {} ! . -',
  '{{name}} ${name} %s %d $1 $& \\u0041 \\n',
  '\'; DROP TABLE orders; -- "quoted"',
  'families 👨‍👩‍👧‍👦 and flags 🇰🇪, ng’ombe, اَلْعَرَبِيَّةُ, עברית, 漢字',
  'first line\nsecond line\n\nafter a blank line',
];

export class Bench {
  #harness: ChannelHarness | null = null;
  #inbox = new Inbox();
  #texts = 0;

  /** For each test anew. */
  begin(harness: ChannelHarness): void {
    this.#harness = harness;
    this.#inbox = new Inbox();
  }

  async end(): Promise<void> {
    const harness = this.harness;
    this.#harness = null;
    await harness.channel.stop();
    await harness.close();
  }

  get harness(): ChannelHarness {
    if (this.#harness === null) throw new Error('the harness could not be set up');
    return this.#harness;
  }

  get channel(): Channel {
    return this.harness.channel;
  }

  get person(): ContractPerson {
    return this.harness.person;
  }

  get inbox(): Inbox {
    return this.#inbox;
  }

  /** The person writes first, as on most networks they must. */
  async meet(): Promise<ChatAddress> {
    await this.person.writes('hello');
    return (await this.inbox.next()).address;
  }

  text(address: ChatAddress, body: string, buttons: readonly Button[] = []): OutboundMessage {
    this.#texts += 1;
    return { kind: 'text', id: `out-${this.#texts}`, address, text: body, buttons };
  }

  /** The id that the network gave the message. */
  async sent(message: OutboundMessage): Promise<string> {
    const outcome = await this.channel.send(message);
    if (outcome.kind !== 'sent') throw new Error(`not sent: ${JSON.stringify(outcome)}`);
    expect(outcome.channelMessageId).not.toBe('');
    return outcome.channelMessageId;
  }

  async isUp(): Promise<void> {
    await eventually(
      () => this.channel.health().state === 'up',
      () => JSON.stringify(this.channel.health()),
    );
  }

  /** `ability` of the harness; the test is skipped without it, and fails if the channel says that it can do this. */
  needs<T>(skip: (note: string) => never, ability: T | undefined, what: string, mustHave: boolean): T {
    if (ability !== undefined) return ability;
    if (mustHave) throw new Error(`${this.channel.name} says it can do this, so its harness needs ${what}`);
    return skip(`no ${what}`);
  }
}
