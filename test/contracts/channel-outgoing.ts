/** The contract of channels, outwards: what is sent arrives as it was meant, and what became of it is said truly. */

import { expect, it } from 'vitest';
import { HOSTILE_TEXTS, type Bench } from './channel-bench.ts';
import type { Shown } from './channel.ts';

export function outgoingTexts(bench: Bench): void {
  it.each(HOSTILE_TEXTS)('arrives as it was meant: %j', async (body) => {
    await bench.sent(bench.text(await bench.meet(), body));
    expect((await bench.person.hears()).text).toBe(body);
  });

  it('messages arrive in order, and each has an id of its own', async () => {
    const address = await bench.meet();
    const ids = [await bench.sent(bench.text(address, 'one')), await bench.sent(bench.text(address, 'two'))];
    expect([(await bench.person.hears()).text, (await bench.person.hears()).text]).toEqual(['one', 'two']);
    expect(new Set(ids).size).toBe(2);
  });

  it('a text of any length arrives whole, with the buttons at its end', async () => {
    const line = (_: unknown, at: number): string => `Line ${at + 1}: 👩🏾‍🌾 KES ${at}.00${at % 10 === 9 ? '\n' : ''}`;
    const body = Array.from({ length: 400 }, line).join('\n').trim();
    expect(body.length).toBeGreaterThan(9_000);
    await bench.sent(bench.text(await bench.meet(), body, [{ id: 'more', label: 'More' }]));
    const dense = (parts: readonly Shown[]): string => parts.map((part) => part.text.replace(/\s/g, '')).join('');
    const parts = [await bench.person.hears()];
    while (dense(parts).length < body.replace(/\s/g, '').length) parts.push(await bench.person.hears());
    expect(dense(parts)).toBe(body.replace(/\s/g, ''));
    expect(parts.slice(0, -1).flatMap(({ labels }) => labels)).toEqual([]);
    expect(parts.at(-1)?.labels).toEqual(bench.channel.capabilities.buttons ? ['More'] : []);
  });

  it.each(['', '   ', '\ud83d', '\u0000'])('a text that no network takes is an answer, not an exception: %j', async (body) => {
    const address = await bench.meet();
    expect((await bench.channel.send(bench.text(address, body))).kind).toBeOneOf(['sent', 'refused']);
    await bench.sent(bench.text(address, 'still here'));
  });
}

export function outgoingButtons(bench: Bench): void {
  it('buttons come with their labels, in order', async () => {
    const buttons = ['50', '100', 'Another amount', 'Cancel the whole order <now>'].map((label, at) => ({
      id: `amount:${at}`,
      label,
    }));
    await bench.sent(bench.text(await bench.meet(), 'How much?', buttons));
    const shown = await bench.person.hears();
    expect(shown.text).toBe('How much?');
    expect(shown.labels).toEqual(bench.channel.capabilities.buttons ? buttons.map(({ label }) => label) : []);
  });

  it('a button that asks for the number is left out where the network cannot ask', async ({ skip }) => {
    if (bench.channel.capabilities.asksOwnPhone) skip('this network can ask');
    await bench.sent(bench.text(await bench.meet(), 'Number?', [{ id: 'own', label: 'Share my number', asksOwnPhone: true }]));
    expect((await bench.person.hears()).labels).toEqual([]);
  });

  it('buttons are taken away, and taking them away twice is no failure', async ({ skip }) => {
    if (!bench.channel.capabilities.retireButtons) skip('this network keeps its buttons');
    const visibleLabels = bench.needs(skip, bench.person.visibleLabels, 'person.visibleLabels', true);
    const address = await bench.meet();
    const channelMessageId = await bench.sent(bench.text(address, 'Buy?', [{ id: 'yes', label: 'Yes' }]));
    await bench.person.hears();
    expect(await visibleLabels.call(bench.person)).toEqual(['Yes']);
    for (const id of ['retire-1', 'retire-2']) await bench.sent({ kind: 'retire_buttons', id, address, channelMessageId });
    expect(await visibleLabels.call(bench.person)).toEqual([]);
  });
}

export function outgoingToNobody(bench: Bench): void {
  it('a chat where nobody is', async ({ skip }) => {
    const nobody = bench.needs(skip, bench.harness.nobody, 'nobody', false);
    expect((await bench.channel.send(bench.text(nobody, 'anybody there?'))).kind).toBeOneOf(['blocked', 'refused']);
  });

  it('a person who blocks us is heard of, not written to, and can come back', async ({ skip }) => {
    const blocks = bench.needs(skip, bench.person.blocks, 'person.blocks', false);
    const unblocks = bench.needs(skip, bench.person.unblocks, 'person.unblocks', true);
    const address = await bench.meet();
    await blocks.call(bench.person);
    expect(await bench.inbox.next()).toMatchObject({ address, content: { kind: 'blocked' } });
    expect((await bench.channel.send(bench.text(address, 'please come back'))).kind).toBe('blocked');
    await unblocks.call(bench.person);
    expect(await bench.inbox.next()).toMatchObject({ address, content: { kind: 'unblocked' } });
    await bench.sent(bench.text(address, 'welcome back'));
    expect((await bench.person.hears()).text).toBe('welcome back');
  });
}
