/** Shows what is said about an .env file that will not do what its writer meant, and who is taken to give a command. */

import { expect, it } from 'vitest';
import { complaintsAbout, operatorName } from './common.ts';

it('names what in an .env file will have no effect', () => {
  const file = '# a comment\n\nTELEGRAM_TOKEN=1:a\nHTTP_PORT=3001\nexport SANDBOX=on\nSANDBOX on\n';
  expect(complaintsAbout(file)).toEqual([
    'line 3: nothing reads TELEGRAM_TOKEN; .env.example has every key',
    'line 6 is no setting (KEY=value) and was not read',
  ]);
});

it('names a quote that does not close where it opens', () => {
  const file = 'BUSINESS_NAME="Mama Achieng\nSUPPORT_CONTACT=\'0722 000 000\'\nHTTP_HOST="127.0.0.1" # here\nPUBLIC_URL=\'\n';
  expect(complaintsAbout(file)).toEqual([
    'line 1: the " that opens the value of BUSINESS_NAME is not closed in that line',
    "line 4: the ' that opens the value of PUBLIC_URL is not closed in that line",
  ]);
});

it.each<[string, string | undefined, () => string, string]>([
  ['named by the command', ' Njeri ', () => 'shop', 'Njeri'],
  ['logged in', undefined, () => 'shop', 'shop'],
  ['a user without a name', undefined, noEntry, 'operator'],
  ['named under a user without a name', 'Njeri', noEntry, 'Njeri'],
  ['named by nothing', ' ', () => 'shop', 'operator'],
])('who gives a command: %s', (_, given, loggedIn, name) => {
  expect(operatorName(given, loggedIn)).toBe(name);
});

function noEntry(): never {
  throw new Error('uv_os_get_passwd returned ENOENT');
}
