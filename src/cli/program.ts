/** Owns the list of commands. Each is described in its own file, and loads what it needs when it runs. */

import { Command } from 'commander';
import { programVersion } from '../reference.ts';
import { backupCommand } from './backup.ts';
import { chatCommand } from './chat.ts';
import { apiKeyCommand } from './api-key.ts';
import { doctorCommand } from './doctor.ts';
import { ledgerCommand } from './ledger.ts';
import { operatorCommand } from './operator.ts';
import { privacyCommand } from './privacy.ts';
import { reviewCommand } from './review.ts';
import { salesCommands } from './sales.ts';
import { restoreCommand } from './restore.ts';
import { sayCommand } from './say.ts';
import { sandboxCommand } from './sandbox.ts';
import { simulateCommand } from './simulate.ts';
import { smsCostCommand } from './sms-cost.ts';
import { startCommand } from './start.ts';
import { stopListCommand } from './stop-list.ts';
import { understandCommand } from './understand.ts';
import { walletLinkCommands } from './wallet-link.ts';
import { walletCommand } from './wallet.ts';

export function jazaProgram(): Command {
  const program = new Command('jaza')
    .description('A chat bot that sells airtime and SMS on Telegram, WhatsApp and the web.')
    .version(programVersion())
    .showHelpAfterError();
  program.addHelpText('after', '\nExample:\n  npx jaza start\n  npx jaza chat\n  npx jaza chat --help');
  const everyday = [startCommand, chatCommand, understandCommand, doctorCommand];
  const desk = [
    reviewCommand,
    salesCommands,
    sayCommand,
    operatorCommand,
    stopListCommand,
    apiKeyCommand,
    smsCostCommand,
    walletCommand,
    walletLinkCommands,
    privacyCommand,
    ledgerCommand,
    backupCommand,
    restoreCommand,
  ];
  for (const add of [...everyday, ...desk, sandboxCommand, simulateCommand]) add(program);
  return program;
}

/** A command and all those under it. */
export function withCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withCommands)];
}
