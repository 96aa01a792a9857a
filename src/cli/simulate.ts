/** `jaza simulate`: lives through many histories of the whole program, each made from a seed, and prints the first that goes wrong. */

import { InvalidArgumentError, type Command } from 'commander';
import { elapsed } from '../lib/clock.ts';

export function simulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('Live through seeded histories full of faults; print the seed and the story of the first broken invariant.')
    .option('--seeds <count>', 'how many histories', wholeNumber, 1_000)
    .option('--from <seed>', 'the first seed', wholeNumber, 1)
    .option('--mutant <name>', 'plant this bug, which must be found; "list" names them')
    .option('--coverage', 'print how often each fault struck')
    .option('--verbose', 'print every story')
    .addHelpText(
      'after',
      '\nExamples:\n  npx jaza simulate --seeds 2000\n  npx jaza simulate --from 4711 --seeds 1 --verbose\n  npx jaza simulate --mutant blind-retry',
    )
    .action(async (options: SimulateOptions) => {
      const { simulate } = await import('../simulator/simulate.ts');
      process.exitCode = await simulate(options, (line) => process.stdout.write(`${line}\n`), elapsed);
    });
}

interface SimulateOptions {
  readonly seeds: number;
  readonly from: number;
  readonly mutant?: string;
  readonly coverage?: boolean;
  readonly verbose?: boolean;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffff_ffff) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
