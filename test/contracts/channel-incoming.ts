/** The contract of channels, inwards: what people do arrives whole, once for each time they did it, and says who they are. */

import { expect, it } from 'vitest';
import type { InboundMessage } from '../../src/ports/channel.ts';
import { HOSTILE_TEXTS, type Bench } from './channel-bench.ts';

export function incomingTexts(bench: Bench): void {
  it('a text says who wrote what, where', async () => {
    await bench.person.writes('buy 100 for me');
    const message = await bench.inbox.next();
    expect(message.content).toEqual({ kind: 'text', text: 'buy 100 for me' });
    expect(message.address.channel).toBe(bench.channel.name);
    for (const id of [message.address.account, message.address.chat, message.sender, message.messageId]) expect(id).not.toBe('');
    expect(message.sentAt === null || message.sentAt > 1_500_000_000_000, 'milliseconds, not seconds').toBe(true);
  });

  it.each(HOSTILE_TEXTS)('arrives as it was written: %j', async (written) => {
    await bench.person.writes(written);
    expect((await bench.inbox.next()).content).toEqual({ kind: 'text', text: written });
  });

  it('several texts come in order, each with an id of its own, from the same chat', async () => {
    for (const written of ['one', 'two', 'two', 'three']) await bench.person.writes(written);
    const messages: InboundMessage[] = [];
    while (messages.length < 4) messages.push(await bench.inbox.next());
    expect(messages.map(({ content }) => content.kind === 'text' && content.text)).toEqual(['one', 'two', 'two', 'three']);
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(4);
    expect(new Set(messages.map(({ address, sender }) => JSON.stringify([address, sender]))).size).toBe(1);
  });

  it('the same delivery again has the same id', async ({ skip }) => {
    const repeatsLast = bench.needs(skip, bench.person.repeatsLast, 'person.repeatsLast', false);
    await bench.person.writes('buy 100');
    const first = await bench.inbox.next();
    await repeatsLast.call(bench.person);
    expect(await bench.inbox.next()).toEqual(first);
  });

  it('what could not be saved comes again, with the same id', async ({ skip }) => {
    if (!bench.channel.capabilities.redelivers) skip('this network does not deliver again');
    bench.inbox.failures = 2;
    await bench.person.writes('buy 100');
    await bench.inbox.until(() => bench.inbox.offered.length === 1, 'first delivery');
    await bench.harness.deliversAgain?.();
    await bench.inbox.until(() => bench.inbox.offered.length === 2, 'second delivery');
    await bench.harness.deliversAgain?.();
    const saved = await bench.inbox.next();
    expect(bench.inbox.offered.flat().map(({ messageId }) => messageId)).toEqual(
      Array.from({ length: 3 }, () => saved.messageId),
    );
    await bench.isUp();
  });
}

export function incomingActs(bench: Bench): void {
  it('a tap says what was tapped, and where', async ({ skip }) => {
    const taps = bench.needs(skip, bench.person.taps, 'person.taps', bench.channel.capabilities.buttons);
    const address = await bench.meet();
    const buttons = [
      { id: 'yes:d1:3', label: 'Yes & <go>' },
      { id: 'no:d1:3', label: 'No' },
    ];
    const on = await bench.sent(bench.text(address, 'Buy?', buttons));
    await bench.person.hears();
    await taps.call(bench.person, 'Yes & <go>');
    const tap = await bench.inbox.next();
    expect(tap.content).toEqual({ kind: 'tap', data: 'yes:d1:3', on: expect.toBeOneOf([on, null]) as unknown });
    expect(tap.address).toEqual(address);
  });

  it('two taps on one button are two events', async ({ skip }) => {
    const taps = bench.needs(skip, bench.person.taps, 'person.taps', bench.channel.capabilities.buttons);
    await bench.sent(bench.text(await bench.meet(), 'Buy?', [{ id: 'yes:d1:3', label: 'Yes' }]));
    await bench.person.hears();
    await taps.call(bench.person, 'Yes');
    await taps.call(bench.person, 'Yes');
    const [first, second] = [await bench.inbox.next(), await bench.inbox.next()];
    expect([first.content.kind, second.content.kind]).toEqual(['tap', 'tap']);
    expect(second.messageId).not.toBe(first.messageId);
  });

  it("somebody else's contact is a contact, and never the speaker's own number", async ({ skip }) => {
    const sharesContact = bench.needs(skip, bench.person.sharesContact, 'person.sharesContact', false);
    await sharesContact.call(bench.person, { name: 'Mama Njeri', phone: '+254 722 000 009' });
    const { content, ownPhone } = await bench.inbox.next();
    expect(content).toMatchObject({ kind: 'contact', name: 'Mama Njeri' });
    expect(content.kind === 'contact' && content.phones.map((phone) => phone.replace(/\D/g, ''))).toEqual(['254722000009']);
    expect(ownPhone).toBeNull();
  });

  it('the own number is asked for, and comes on the word of the network', async ({ skip }) => {
    const sharesOwnPhone = bench.needs(
      skip,
      bench.person.sharesOwnPhone,
      'person.sharesOwnPhone',
      bench.channel.capabilities.asksOwnPhone,
    );
    await bench.sent(
      bench.text(await bench.meet(), 'Which is your number?', [{ id: 'own', label: 'Share my number', asksOwnPhone: true }]),
    );
    expect((await bench.person.hears()).labels).toContain('Share my number');
    await sharesOwnPhone.call(bench.person);
    expect((await bench.inbox.next()).ownPhone).toBe(bench.person.ownPhone);
  });

  it('what cannot be read is said to be so', async ({ skip }) => {
    const sendsSticker = bench.needs(skip, bench.person.sendsSticker, 'person.sendsSticker', false);
    await sendsSticker.call(bench.person);
    expect((await bench.inbox.next()).content).toEqual({ kind: 'unsupported', what: 'sticker' });
  });
}
