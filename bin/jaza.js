#!/usr/bin/env node
/** The command `jaza`: hands over to what was built into dist/, or says how to build it. */

import('../dist/cli/jaza.js').catch((error) => {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write(`Jaza is not built here. Run: npm ci\n(${error.message})\n`);
  process.exitCode = 1;
});
