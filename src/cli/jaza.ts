/** The command `jaza`: one file per command beside this one. Each loads what it needs when it runs. */

import { Command } from 'commander';
import { programVersion } from '../reference.ts';
import { chatCommand } from './chat.ts';
import { readEnvFile } from './common.ts';
import { doctorCommand } from './doctor.ts';
import { sandboxCommand } from './sandbox.ts';
import { startCommand } from './start.ts';
import { understandCommand } from './understand.ts';

readEnvFile();
const program = new Command('jaza')
  .description('A chat bot that sells airtime on Telegram, WhatsApp and the web.')
  .version(programVersion())
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
startCommand(program);
chatCommand(program);
understandCommand(program);
doctorCommand(program);
sandboxCommand(program);
await program.parseAsync();
