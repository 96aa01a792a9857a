/** `jaza understand`: prints what the bot understands of each message, out of any context. */

import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { loadKnowledge } from '../reference.ts';
import { printedUnderstanding, understand } from '../understanding/understand.ts';

export function understandCommand(program: Command): void {
  program
    .command('understand')
    .description('Read a message per line; print what is understood of it, one JSON object per line.')
    .addHelpText('after', "\nExample:\n  echo 'nitumie credit ya soo' | npx jaza understand")
    .action(async () => {
      const knowledge = loadKnowledge();
      for await (const message of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
        process.stdout.write(`${JSON.stringify(printedUnderstanding(understand(message, knowledge)))}\n`);
      }
    });
}
