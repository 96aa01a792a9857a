/** The command `jaza`. What cannot be understood on the command line ends with 2, what breaks with 1 and a sentence. */

import { jazaProgram, withCommands } from './program.ts';
import { readEnvFile } from './common.ts';

// Whoever reads what we print may have read enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const program = jazaProgram();
for (const command of withCommands(program)) command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
try {
  readEnvFile();
  await program.parseAsync();
} catch (error) {
  const shown = error instanceof Error ? (process.env['LOG_LEVEL'] === 'debug' ? error.stack : error.message) : String(error);
  process.stderr.write(`jaza: ${shown}\n`);
  process.exitCode = 1;
}
