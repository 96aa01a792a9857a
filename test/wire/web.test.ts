/** The web chat over real loopback HTTP: what a page loses (nothing) and doubles (nothing). */

import { afterEach, describe, expect, test } from 'vitest';
import { TestPage, type PageEvent } from './web-page.ts';
import { botSays, chatOf, START, startWebWorld, stopWebWorlds } from './web-world.ts';

afterEach(stopWebWorlds);

const texts = (events: readonly PageEvent[]): unknown[] =>
  events.filter(({ event }) => event === 'line').map(({ data }) => data['text']);

describe('a conversation', () => {
  test('goes in once it is durable, and comes back over the event stream', async () => {
    const world = await startWebWorld();
    const page = await world.visitor({ 'accept-language': 'de;q=0.9,sw-KE;q=0.8,en;q=0.5' });
    const events = await page.events();
    await events.upTo('ready');
    expect((await page.post('/chat/messages', { id: 'message-1', text: 'nunua airtime', ageMs: 5000 })).status).toBe(200);
    const [message] = world.taken;
    expect(message).toMatchObject({
      address: { channel: 'web', account: 'web' },
      messageId: 'message-1',
      sentAt: START - 5000,
      locale: 'sw-KE',
      senderName: null,
      ownPhone: null,
      content: { kind: 'text', text: 'nunua airtime' },
    });
    const chat = message?.address.chat ?? '';
    expect(message?.sender).toBe(chat);
    expect(page.cookie).not.toContain(chat);
    expect(await world.channel.send(botSays('out-1', chat, 'Kiasi gani?', [{ id: 'a:1', label: 'KES 100' }]))).toEqual({
      kind: 'sent',
      channelMessageId: 'out-1',
    });
    const [mine, bots] = await events.lines(2);
    expect(mine?.data).toMatchObject({
      seq: 1,
      kind: 'said',
      from: 'person',
      id: 'message-1',
      text: 'nunua airtime',
      at: START - 5000,
    });
    expect(bots?.data).toMatchObject({ seq: 2, from: 'bot', id: 'out-1', buttons: [{ id: 'a:1', label: 'KES 100' }] });
    expect(bots?.id).toBe('2');
  });

  test('the page hears that a message was taken only after the core has it', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    const order: string[] = [];
    let taken = (): void => {};
    const reached = new Promise<void>((resolve) => {
      world.intake = async () => {
        resolve();
        await new Promise<void>((release) => (taken = release));
        order.push('durable');
      };
    });
    const answered = page.say('message-1', 'polepole').then(() => order.push('answered'));
    await reached;
    taken();
    await answered;
    expect(order).toEqual(['durable', 'answered']);
  });

  test('a tap comes with its data, and stands in the history under the words of the button', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    const chat = await chatOf(world, page);
    await world.channel.send(botSays('out-1', chat, 'Sure?', [{ id: 'confirm:7', label: 'Yes, buy' }]));
    expect((await page.post('/chat/messages', { id: 'tap-id-1', tap: 'confirm:7', on: 'out-1' })).status).toBe(200);
    expect((await page.post('/chat/messages', { id: 'tap-id-2', tap: 'made up', on: null })).status).toBe(200);
    expect(world.taken.slice(1).map(({ content }) => content)).toEqual([
      { kind: 'tap', data: 'confirm:7', on: 'out-1' },
      { kind: 'tap', data: 'made up', on: null },
    ]);
    await world.channel.send({
      kind: 'retire_buttons',
      id: 'out-2',
      address: { channel: 'web', account: 'web', chat },
      channelMessageId: 'out-1',
    });
    const history = await (await page.events()).upTo('ready');
    expect(texts(history)).toEqual(['hello', 'Sure?', 'Yes, buy', 'made up', undefined]);
    expect(history.at(-2)?.data).toMatchObject({ kind: 'retired', on: 'out-1' });
  });

  test('a button that asks the network for the own number is left out: there is no such network here', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    const chat = await chatOf(world, page);
    const message = botSays('out-1', chat, 'Whose?', [{ id: 'own', label: 'Share' }]);
    await world.channel.send({ ...message, buttons: [{ id: 'own', label: 'Share', asksOwnPhone: true }] } as typeof message);
    expect((await (await page.events()).lines(2)).at(-1)?.data['buttons']).toEqual([]);
  });

  test('what the person writes shows on their other tabs, whether or not it is answered', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    const otherTab = await page.events();
    await otherTab.upTo('ready');
    world.intake = async () => {
      throw new Error('busy');
    };
    await page.say('message-1', 'habari');
    expect(texts(await otherTab.lines(1))).toEqual(['habari']);
  });

  test('two visitors never see each other', async () => {
    const world = await startWebWorld();
    const [one, two] = [await world.visitor(), await world.visitor()];
    const [chatOne, chatTwo] = [await chatOf(world, one), await chatOf(world, two)];
    expect(chatOne).not.toBe(chatTwo);
    await world.channel.send(botSays('out-1', chatOne, 'for one', []));
    expect(texts(await (await one.events()).upTo('ready'))).toEqual(['hello', 'for one']);
    expect(texts(await (await two.events()).upTo('ready'))).toEqual(['hello']);
  });
});

describe('nothing is lost', () => {
  test('a dropped stream resumes after the last event that arrived', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    const chat = await chatOf(world, page);
    const events = await page.events();
    const seen = await events.upTo('ready');
    events.drop();
    await world.channel.send(botSays('out-1', chat, 'while away'));
    const again = await page.events(seen.at(-2)?.id ?? null);
    expect(texts(await again.upTo('ready'))).toEqual(['while away']);
    await world.channel.send(botSays('out-2', chat, 'and live'));
    expect(texts(await again.lines(1))).toEqual(['and live']);
  });

  test('a restart of the server keeps visitors, history and the place in it', async () => {
    const before = await startWebWorld();
    const page = await before.visitor();
    const chat = await chatOf(before, page);
    await before.channel.send(botSays('out-1', chat, 'before'));
    const events = await page.events();
    await events.upTo('ready');
    await before.stop();
    expect(await events.next()).toBeNull();

    const after = await startWebWorld({ transcripts: before.transcripts });
    const back = new TestPage(after.url);
    back.cookie = page.cookie;
    await after.channel.send(botSays('out-2', chat, 'after'));
    expect(texts(await (await back.events('2')).upTo('ready'))).toEqual(['after']);
    expect(texts(await (await back.events()).upTo('ready'))).toEqual(['hello', 'before', 'after']);
    expect(await chatOf(after, back)).toBe(chat);
  });

  test('a long absence is made up page by page, in order', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    const chat = await chatOf(world, page);
    for (let count = 0; count < 350; count += 1) await world.channel.send(botSays(`out-${count}`, chat, `${count}`));
    const all = Array.from({ length: 350 }, (_, count) => `${count}`);
    expect(texts(await (await page.events('1')).upTo('ready'))).toEqual(all);
    expect(texts(await (await page.events()).upTo('ready'))).toEqual(all.slice(-200));
  });

  test('a cursor from another database starts the page over', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    await chatOf(world, page);
    const events = await (await page.events('4711')).upTo('ready');
    expect(events.map(({ event }) => event)).toEqual(['reset', 'line', 'ready']);
  });

  for (const cursor of ['abc', '-1', '1e9', '', '99999999999999999999']) {
    test(`an unreadable cursor ("${cursor}") shows the history`, async () => {
      const world = await startWebWorld();
      const page = await world.visitor();
      await chatOf(world, page);
      expect(texts(await (await page.events(cursor)).upTo('ready'))).toEqual(['hello']);
    });
  }

  test('the core fails: the page is told to send again, and the second time counts', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    const take = world.intake;
    world.intake = async () => {
      throw new Error('database is busy');
    };
    const refused = await page.say('message-1', 'jaribu');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await refused.text()).not.toContain('database');
    world.intake = take;
    expect((await page.say('message-1', 'jaribu')).status).toBe(200);
    expect(world.taken).toHaveLength(1);
    expect(texts(await (await page.events()).upTo('ready'))).toEqual(['jaribu']);
  });

  test('a store that cannot work: sends are to be repeated, posts too, streams end and come back', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    const chat = await chatOf(world, page);
    const events = await page.events();
    await events.upTo('ready');
    world.transcripts.broken = true;
    expect(await world.channel.send(botSays('out-1', chat, 'x'))).toMatchObject({ kind: 'retry' });
    expect((await page.say('message-1', 'y')).status).toBe(503);
    expect(await (await page.events()).next()).toBeNull();
    world.transcripts.broken = false;
    expect(await world.channel.send(botSays('out-1', chat, 'x'))).toMatchObject({ kind: 'sent' });
    expect(texts(await events.lines(1))).toEqual(['x']);
  });
});

describe('nothing is doubled', () => {
  test('a message that the page sends again reaches the core under the same id and stands once in the history', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    await page.post('/chat/messages', { id: 'message-1', text: 'mara moja', ageMs: 0 });
    world.clock.advanceTo(START + 60_000);
    // The page's clock runs a little behind ours.
    await page.post('/chat/messages', { id: 'message-1', text: 'mara moja', ageMs: 59_000 });
    expect(world.taken.map(({ messageId, sentAt }) => [messageId, sentAt])).toEqual([
      ['message-1', START],
      ['message-1', START],
    ]);
    expect(texts(await (await page.events()).upTo('ready'))).toEqual(['mara moja']);
  });

  test('a message that the outbox sends again is pushed once', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    const chat = await chatOf(world, page);
    const events = await page.events();
    await events.upTo('ready');
    await world.channel.send(botSays('out-1', chat, 'once'));
    await world.channel.send(botSays('out-1', chat, 'once'));
    await world.channel.send(botSays('out-2', chat, 'next'));
    expect(texts(await events.lines(2))).toEqual(['once', 'next']);
  });

  test('an id used for another message is refused, and the core does not hear of it', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    await page.say('message-1', 'the first');
    expect((await page.say('message-1', 'another')).status).toBe(409);
    expect((await page.post('/chat/messages', { id: 'message-1', tap: 'the first', on: null })).status).toBe(409);
    expect(world.taken).toHaveLength(1);
  });

  test("a page cannot take the place of the bot's next message by guessing its id", async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    await page.say('out-0001', 'mine');
    const chat = world.taken[0]?.address.chat ?? '';
    await world.channel.send(botSays('out-0001', chat, "the bot's"));
    expect(texts(await (await page.events()).upTo('ready'))).toEqual(['mine', "the bot's"]);
  });
});

describe('open streams', () => {
  test('beat when nothing happens, so that neither phone nor proxy thinks they are dead', async () => {
    const world = await startWebWorld();
    const events = await (await world.visitor()).events();
    await events.upTo('ready');
    world.clock.advanceTo(START + 25_000);
    expect((await events.next())?.event).toBe('beat');
    world.clock.advanceTo(START + 50_000);
    expect((await events.next())?.event).toBe('beat');
  });

  test('the fifth of a visitor takes the place of the first, which is told so', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    const first = await page.events();
    await first.upTo('ready');
    for (let count = 0; count < 4; count += 1) await (await page.events()).upTo('ready');
    expect((await first.next())?.event).toBe('replaced');
    expect(await first.next()).toBeNull();
  });

  test('over the limit of the whole server they are refused, and a closed one makes room', async () => {
    const world = await startWebWorld({ maxStreams: 1 });
    const [one, two] = [await world.visitor(), await world.visitor()];
    const events = await one.events();
    await events.upTo('ready');
    await expect(two.events()).rejects.toThrow('503');
    events.drop();
    await expect
      .poll(() =>
        two.events().then(
          (reader) => reader.next(),
          () => null,
        ),
      )
      .toMatchObject({ event: 'ready' });
  });

  test('of one network over its limit are refused, those of another are not', async () => {
    const world = await startWebWorld({ maxStreamsPerNetwork: 1 });
    const from = (ip: string): Promise<TestPage> => world.visitor({ 'x-forwarded-for': ip });
    await (await (await from('2c0f:fe38:1:2::1')).events()).upTo('ready');
    await expect((await from('2c0f:fe38:1:2::2')).events()).rejects.toThrow('503');
    await (await (await from('2c0f:fe38:1:3::1')).events()).upTo('ready');
  });

  test('end when the channel stops; from then on nothing is taken', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    const events = await page.events();
    await events.upTo('ready');
    await world.channel.stop();
    expect(await events.next()).toBeNull();
    expect((await page.say('message-1', 'late')).status).toBe(503);
    expect(world.channel.health().state).toBe('down');
    expect(world.taken).toEqual([]);
  });

  test('before the start nothing is taken either', async () => {
    const world = await startWebWorld({ started: false });
    const page = await world.visitor();
    expect((await page.say('message-1', 'early')).status).toBe(503);
    expect(world.channel.health().state).toBe('starting');
  });
});
