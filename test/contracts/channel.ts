/**
 * What every channel must do, whatever its network. A channel plugs in with a harness that plays its network and one person;
 * what the harness cannot play is left out, but only where the channel's own capabilities say so.
 *
 *     channelContract('telegram, polling', async () => ({ channel, person, close }));
 */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Button, Channel, ChatAddress, InboundMessage, OutboundMessage } from '../../src/ports/channel.ts';
import { eventually, Inbox } from './channel-inbox.ts';

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

const HOSTILE_TEXTS: readonly string[] = [
  '<b>bold</b> & <script>alert(1)</script> &amp; &#60;',
  '*stars* _lines_ ~waves~ `ticks` [link](https://example.com) \\ | {} ! . -',
  '{{name}} ${name} %s %d $1 $& \\u0041 \\n',
  '\'; DROP TABLE orders; -- "quoted"',
  'families 👨‍👩‍👧‍👦 and flags 🇰🇪, ng’ombe, اَلْعَرَبِيَّةُ, עברית, 漢字',
  'first line\nsecond line\n\nafter a blank line',
];

export function channelContract(name: string, setUp: () => Promise<ChannelHarness>): void {
  describe(`a channel: ${name}`, () => {
    let harness: ChannelHarness;
    let channel: Channel;
    let person: ContractPerson;
    let inbox: Inbox;
    let sends = 0;

    beforeEach(async () => {
      harness = await setUp();
      ({ channel, person } = harness);
      inbox = new Inbox();
      await channel.start(inbox.intake);
    });
    afterEach(async () => {
      await channel.stop();
      await harness.close();
    });

    /** The person writes first, as on most networks they must. */
    async function meet(): Promise<ChatAddress> {
      await person.writes('hello');
      return (await inbox.next()).address;
    }
    function text(address: ChatAddress, body: string, buttons: readonly Button[] = []): OutboundMessage {
      sends += 1;
      return { kind: 'text', id: `out-${sends}`, address, text: body, buttons };
    }
    async function sent(message: OutboundMessage): Promise<string> {
      const outcome = await channel.send(message);
      if (outcome.kind !== 'sent') throw new Error(`not sent: ${JSON.stringify(outcome)}`);
      expect(outcome.channelMessageId).not.toBe('');
      return outcome.channelMessageId;
    }
    /** `ability` of the harness; the test is skipped without it, and fails if the channel says that it can do this. */
    function needs<T>(skip: (note: string) => never, ability: T | undefined, what: string, mustHave: boolean): T {
      if (ability === undefined) {
        if (mustHave) throw new Error(`${channel.name} says it can do this, so its harness needs ${what}`);
        return skip(`no ${what}`);
      }
      return ability;
    }

    describe('in', () => {
      it('a text says who wrote what, where', async () => {
        await person.writes('buy 100 for me');
        const message = await inbox.next();
        expect(message.content).toEqual({ kind: 'text', text: 'buy 100 for me' });
        expect(message.address.channel).toBe(channel.name);
        for (const id of [message.address.account, message.address.chat, message.sender, message.messageId])
          expect(id).not.toBe('');
        expect(message.sentAt === null || message.sentAt > 1_500_000_000_000, 'milliseconds, not seconds').toBe(true);
      });

      it.each(HOSTILE_TEXTS)('arrives as it was written: %j', async (written) => {
        await person.writes(written);
        expect((await inbox.next()).content).toEqual({ kind: 'text', text: written });
      });

      it('several texts come in order, each with an id of its own, from the same chat', async () => {
        for (const written of ['one', 'two', 'two', 'three']) await person.writes(written);
        const messages: InboundMessage[] = [];
        while (messages.length < 4) messages.push(await inbox.next());
        expect(messages.map(({ content }) => content.kind === 'text' && content.text)).toEqual(['one', 'two', 'two', 'three']);
        expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(4);
        expect(new Set(messages.map(({ address, sender }) => JSON.stringify([address, sender]))).size).toBe(1);
      });

      it('the same delivery again has the same id', async ({ skip }) => {
        const repeatsLast = needs(skip, person.repeatsLast, 'person.repeatsLast', false);
        await person.writes('buy 100');
        const first = await inbox.next();
        await repeatsLast.call(person);
        expect(await inbox.next()).toEqual(first);
      });

      it('what could not be saved comes again, with the same id', async ({ skip }) => {
        if (!channel.capabilities.redelivers) skip('this network does not deliver again');
        inbox.failures = 2;
        await person.writes('buy 100');
        await inbox.until(() => inbox.offered.length === 1, 'first delivery');
        await harness.deliversAgain?.();
        await inbox.until(() => inbox.offered.length === 2, 'second delivery');
        await harness.deliversAgain?.();
        const saved = await inbox.next();
        expect(inbox.offered.flat().map(({ messageId }) => messageId)).toEqual(Array.from({ length: 3 }, () => saved.messageId));
        await eventually(
          () => channel.health().state === 'up',
          () => JSON.stringify(channel.health()),
        );
      });

      it('a tap says what was tapped, and where', async ({ skip }) => {
        const taps = needs(skip, person.taps, 'person.taps', channel.capabilities.buttons);
        const address = await meet();
        const on = await sent(text(address, 'Buy?', [{ id: 'yes:d1:3', label: 'Yes & <go>' }, { id: 'no:d1:3', label: 'No' }])); // prettier-ignore
        await person.hears();
        await taps.call(person, 'Yes & <go>');
        const tap = await inbox.next();
        expect(tap.content).toEqual({ kind: 'tap', data: 'yes:d1:3', on: expect.toBeOneOf([on, null]) as unknown });
        expect(tap.address).toEqual(address);
      });

      it('two taps on one button are two events', async ({ skip }) => {
        const taps = needs(skip, person.taps, 'person.taps', channel.capabilities.buttons);
        await sent(text(await meet(), 'Buy?', [{ id: 'yes:d1:3', label: 'Yes' }]));
        await person.hears();
        await taps.call(person, 'Yes');
        await taps.call(person, 'Yes');
        const [first, second] = [await inbox.next(), await inbox.next()];
        expect([first.content.kind, second.content.kind]).toEqual(['tap', 'tap']);
        expect(second.messageId).not.toBe(first.messageId);
      });

      it("somebody else's contact is a contact, and never the speaker's own number", async ({ skip }) => {
        const sharesContact = needs(skip, person.sharesContact, 'person.sharesContact', false);
        await sharesContact.call(person, { name: 'Mama Njeri', phone: '+254 722 000 009' });
        const { content, ownPhone } = await inbox.next();
        expect(content).toMatchObject({ kind: 'contact', name: 'Mama Njeri' });
        expect(content.kind === 'contact' && content.phones.map((phone) => phone.replace(/\D/g, ''))).toEqual(['254722000009']);
        expect(ownPhone).toBeNull();
      });

      it('the own number is asked for, and comes on the word of the network', async ({ skip }) => {
        const sharesOwnPhone = needs(skip, person.sharesOwnPhone, 'person.sharesOwnPhone', channel.capabilities.asksOwnPhone);
        await sent(text(await meet(), 'Which is your number?', [{ id: 'own', label: 'Share my number', asksOwnPhone: true }]));
        expect((await person.hears()).labels).toContain('Share my number');
        await sharesOwnPhone.call(person);
        expect((await inbox.next()).ownPhone).toBe(person.ownPhone);
      });

      it('what cannot be read is said to be so', async ({ skip }) => {
        const sendsSticker = needs(skip, person.sendsSticker, 'person.sendsSticker', false);
        await sendsSticker.call(person);
        expect((await inbox.next()).content).toEqual({ kind: 'unsupported', what: 'sticker' });
      });
    });

    describe('out', () => {
      it.each(HOSTILE_TEXTS)('arrives as it was meant: %j', async (body) => {
        await sent(text(await meet(), body));
        expect((await person.hears()).text).toBe(body);
      });

      it('messages arrive in order, and each has an id of its own', async () => {
        const address = await meet();
        const ids = [await sent(text(address, 'one')), await sent(text(address, 'two'))];
        expect([(await person.hears()).text, (await person.hears()).text]).toEqual(['one', 'two']);
        expect(new Set(ids).size).toBe(2);
      });

      it('buttons come with their labels, in order', async () => {
        const buttons = ['50', '100', 'Another amount', 'Cancel the whole order <now>'].map((label, at) => ({
          id: `amount:${at}`,
          label,
        }));
        await sent(text(await meet(), 'How much?', buttons));
        const shown = await person.hears();
        expect(shown.text).toBe('How much?');
        expect(shown.labels).toEqual(channel.capabilities.buttons ? buttons.map(({ label }) => label) : []);
      });

      it('a button that asks for the number is left out where the network cannot ask', async ({ skip }) => {
        if (channel.capabilities.asksOwnPhone) skip('this network can ask');
        await sent(text(await meet(), 'Number?', [{ id: 'own', label: 'Share my number', asksOwnPhone: true }]));
        expect((await person.hears()).labels).toEqual([]);
      });

      it('a text of any length arrives whole, with the buttons at its end', async () => {
        const body = Array.from({ length: 400 }, (_, at) => `Line ${at + 1}: 👩🏾‍🌾 KES ${at}.00${at % 10 === 9 ? '\n' : ''}`).join('\n').trim(); // prettier-ignore
        expect(body.length).toBeGreaterThan(9_000);
        await sent(text(await meet(), body, [{ id: 'more', label: 'More' }]));
        const dense = (parts: readonly Shown[]): string => parts.map((part) => part.text.replace(/\s/g, '')).join('');
        const parts = [await person.hears()];
        while (dense(parts).length < body.replace(/\s/g, '').length) parts.push(await person.hears());
        expect(dense(parts)).toBe(body.replace(/\s/g, ''));
        expect(parts.slice(0, -1).flatMap(({ labels }) => labels)).toEqual([]);
        expect(parts.at(-1)?.labels).toEqual(channel.capabilities.buttons ? ['More'] : []);
      });

      it('buttons are taken away, and taking them away twice is no failure', async ({ skip }) => {
        if (!channel.capabilities.retireButtons) skip('this network keeps its buttons');
        const visibleLabels = needs(skip, person.visibleLabels, 'person.visibleLabels', true);
        const address = await meet();
        const channelMessageId = await sent(text(address, 'Buy?', [{ id: 'yes', label: 'Yes' }]));
        await person.hears();
        expect(await visibleLabels.call(person)).toEqual(['Yes']);
        for (const id of ['retire-1', 'retire-2']) await sent({ kind: 'retire_buttons', id, address, channelMessageId });
        expect(await visibleLabels.call(person)).toEqual([]);
      });

      it.each(['', '   ', '\ud83d', '\u0000'])(
        'a text that no network takes is an answer, not an exception: %j',
        async (body) => {
          const address = await meet();
          expect((await channel.send(text(address, body))).kind).toBeOneOf(['sent', 'refused']);
          await sent(text(address, 'still here'));
        },
      );

      it('a chat where nobody is', async ({ skip }) => {
        const nobody = needs(skip, harness.nobody, 'nobody', false);
        expect((await channel.send(text(nobody, 'anybody there?'))).kind).toBeOneOf(['blocked', 'refused']);
      });

      it('a person who blocks us is heard of, not written to, and can come back', async ({ skip }) => {
        const blocks = needs(skip, person.blocks, 'person.blocks', false);
        const unblocks = needs(skip, person.unblocks, 'person.unblocks', true);
        const address = await meet();
        await blocks.call(person);
        expect(await inbox.next()).toMatchObject({ address, content: { kind: 'blocked' } });
        expect((await channel.send(text(address, 'please come back'))).kind).toBe('blocked');
        await unblocks.call(person);
        expect(await inbox.next()).toMatchObject({ address, content: { kind: 'unblocked' } });
        await sent(text(address, 'welcome back'));
        expect((await person.hears()).text).toBe('welcome back');
      });
    });

    describe('life', () => {
      it('is up once people can be heard', async () => {
        await meet();
        await eventually(
          () => channel.health().state === 'up',
          () => JSON.stringify(channel.health()),
        );
      });

      it('takes nothing in after stop, and again after start', async () => {
        await meet();
        await channel.stop();
        await person.writes('while you were away');
        const second = new Inbox();
        await channel.start(second.intake);
        await person.writes('now that you are back');
        const last = channel.capabilities.redelivers
          ? ['while you were away', 'now that you are back']
          : ['now that you are back'];
        await harness.deliversAgain?.();
        await second.until(() => last.every((wanted) => second.messages.some(({ content }) => content.kind === 'text' && content.text === wanted)), last.join()); // prettier-ignore
        expect(inbox.offered).toHaveLength(1);
      });

      it('lets a send in flight finish before it has stopped, and stops twice without harm', async () => {
        const sending = channel.send(text(await meet(), 'on its way'));
        await channel.stop();
        expect(await Promise.race([sending, Promise.resolve('still in flight')])).toMatchObject({ kind: 'sent' });
        await channel.stop();
      });

      it('answers only its own addresses', async ({ skip }) => {
        if (channel.routes === undefined) return skip('no addresses');
        expect(await channel.routes(new Request('http://localhost/somewhere/else'))).toBeNull();
      });
    });
  });
}
