/** Shows what is said about an .env file that will not do what its writer meant. */

import { expect, it } from 'vitest';
import { complaintsAbout } from './common.ts';

it('names what in an .env file will have no effect', () => {
  const file = '# a comment\n\nTELEGRAM_TOKEN=1:a\nHTTP_PORT=3001\nexport SANDBOX=on\nSANDBOX on\n';
  expect(complaintsAbout(file)).toEqual([
    'line 3: nothing reads TELEGRAM_TOKEN; .env.example has every key',
    'line 6 is no setting (KEY=value) and was not read',
  ]);
});
