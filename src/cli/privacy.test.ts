/** Shows what a person is given who asks for a copy: all that is theirs, in every chat, and nothing of anybody else. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld } from '../../test/support/chat-world.ts';
import { msisdn } from '../domain/msisdn.ts';
import { exported } from './privacy.ts';

const folder = mkdtempSync(join(tmpdir(), 'jaza-privacy-'));
const database = join(folder, 'jaza.db');
let reference = '';

beforeAll(async () => {
  const world = await openWorld({ database });
  const says = (sender: string, text: string, own: string) =>
    world.hear({ sender, senderName: sender, ownPhone: msisdn(own), content: { kind: 'text', text } });
  await says('achieng', '100 to 0733000000', '254722000001');
  await says('achieng', 'yes', '254722000001');
  await says('baraka', '70 to 0733000009', '254722000002');
  reference = world.said.flatMap(({ text }) => /JZ\w{8}/.exec(text) ?? [])[0] ?? '';
  await world.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a copy of what is kept', () => {
  it.each(['0722000001', 'terminal:achieng', 'the order'])('is found by %s', async (who) => {
    const { exitCode, text } = await exported(database, who === 'the order' ? reference : who);
    expect(exitCode).toBe(0);
    const data = JSON.parse(text) as Record<string, Record<string, unknown>[]>;
    expect(data['numbers']).toMatchObject([{ number: '254722000001' }]);
    expect(data['orders']).toMatchObject([{ reference, amountInCents: 10_000, recipient: '254733000000' }]);
    expect(data['messages']?.map(({ text: words }) => words)).toContain('100 to 0733000000');
    expect(data['consents']).toHaveLength(1);
  });

  it('holds nothing of another customer', async () => {
    const { text } = await exported(database, '0722000001');
    expect(text).not.toMatch(/baraka|254722000002|0733000009/);
  });

  it.each(['0733000000', 'nobody', ''])('is not given for "%s", who is no customer', async (who) => {
    expect((await exported(database, who)).exitCode).toBe(1);
  });

  it('says so when there is no database', async () => {
    expect(await exported(join(folder, 'none', 'jaza.db'), '0722000001')).toMatchObject({ exitCode: 2 });
    const none = join(folder, 'none.db');
    expect(await exported(none, '0722000001')).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('There is no database') as string,
    });
    expect(existsSync(none)).toBe(false);
  });
});
