/**
 * What every channel must do, whatever its network. A channel plugs in with a harness that plays its network and one person;
 * what the harness cannot play is left out, but only where the channel's own capabilities say so.
 *
 *     channelContract('telegram, polling', async () => ({ channel, person, close }));
 */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, ChatAddress } from '../../src/ports/channel.ts';
import { Bench } from './channel-bench.ts';
import { Inbox } from './channel-inbox.ts';
import { incomingActs, incomingTexts } from './channel-incoming.ts';
import { outgoingButtons, outgoingTexts, outgoingToNobody } from './channel-outgoing.ts';

/** What the person sees. */
export interface Shown {
  readonly text: string;
  /** Of the buttons that came with it. */
  readonly labels: readonly string[];
}

type Act = void | Promise<void>;

/** The person at the other end. Acts resolve when they have left the person's phone; none may fail while the channel is stopped. */
export interface ContractPerson {
  writes(text: string): Act;
  /** The next message that the bot sent, each once, in order; waits for it. */
  hears(): Promise<Shown>;
  /** Needed when the channel has buttons. Also right after another tap on the same button. */
  taps?(label: string): Act;
  /** Labels that can be tapped now; needed when the channel retires buttons. */
  visibleLabels?(): readonly string[] | Promise<readonly string[]>;
  /** Shares the contact of somebody else. */
  sharesContact?(contact: { readonly name: string; readonly phone: string }): Act;
  /** Needed when the channel asks for the own number: shares `ownPhone`. */
  sharesOwnPhone?(): Act;
  readonly ownPhone?: string;
  sendsSticker?(): Act;
  /** The network delivers the last thing the person did once more, although it was taken. */
  repeatsLast?(): Act;
  blocks?(): Act;
  unblocks?(): Act;
}

export interface ChannelHarness {
  /** Not started; the suite starts and stops it. */
  readonly channel: Channel;
  readonly person: ContractPerson;
  /** Of the channel's own form, but nobody is there. */
  readonly nobody?: ChatAddress;
  /** Makes the network deliver again what was not saved, where it does not do so by itself. */
  deliversAgain?(): Act;
  /** After `channel.stop()`. */
  close(): Promise<void>;
}

/** Registers the tests; `setUp` makes a harness for each of them. */
export function channelContract(name: string, setUp: () => Promise<ChannelHarness>): void {
  describe(`a channel: ${name}`, () => {
    const bench = new Bench();
    beforeEach(async () => {
      bench.begin(await setUp());
      await bench.channel.start(bench.inbox.intake);
    });
    afterEach(() => bench.end());

    describe('texts in', () => incomingTexts(bench));
    describe('taps, contacts and other things in', () => incomingActs(bench));
    describe('texts out', () => outgoingTexts(bench));
    describe('buttons out', () => outgoingButtons(bench));
    describe('people who are not there', () => outgoingToNobody(bench));
    describe('life', () => life(bench));
  });
}

function life(bench: Bench): void {
  it('is up once people can be heard', async () => {
    await bench.meet();
    await bench.isUp();
  });

  it('takes nothing in after stop, and again after start', async () => {
    await bench.meet();
    await bench.channel.stop();
    await bench.person.writes('while you were away');
    const second = new Inbox();
    await bench.channel.start(second.intake);
    await bench.person.writes('now that you are back');
    await bench.harness.deliversAgain?.();
    const wanted = ['now that you are back', ...(bench.channel.capabilities.redelivers ? ['while you were away'] : [])];
    const came = (text: string): boolean =>
      second.messages.some(({ content }) => content.kind === 'text' && content.text === text);
    await second.until(() => wanted.every(came), wanted.join(' and '));
    expect(bench.inbox.offered).toHaveLength(1);
  });

  it('lets a send in flight finish before it has stopped, and stops twice without harm', async () => {
    const sending = bench.channel.send(bench.text(await bench.meet(), 'on its way'));
    await bench.channel.stop();
    expect(await Promise.race([sending, Promise.resolve('still in flight')])).toMatchObject({ kind: 'sent' });
    await bench.channel.stop();
  });

  it('answers only its own addresses', async ({ skip }) => {
    if (bench.channel.routes === undefined) return skip('no addresses');
    expect(await bench.channel.routes(new Request('http://localhost/somewhere/else'))).toBeNull();
  });
}
