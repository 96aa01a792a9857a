/** Shows that what comes with the program is found, whole, and from any working folder. */

import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { networkOf } from './domain/networks.ts';
import { msisdn } from './domain/msisdn.ts';
import { loadReference, programVersion, PROJECT_FOLDER } from './reference.ts';

it('is found beside the program, not beside whoever runs it', () => {
  const before = process.cwd();
  process.chdir(tmpdir());
  try {
    const { knowledge, phrasebook } = loadReference();
    expect(networkOf(msisdn('254722000001'), knowledge.ranges)).toBe('Safaricom');
    expect(networkOf(msisdn('254733000001'), knowledge.ranges)).toBe('Airtel');
    for (const language of ['en', 'sw'] as const) expect(phrasebook.say({ key: 'common:cancel' }, language)).not.toContain(':');
  } finally {
    process.chdir(before);
  }
});

it('the version is the package’s', () => {
  const manifest = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as { version: string };
  expect(programVersion()).toBe(manifest.version);
});
