/** `jaza stop-sales` and `jaza resume-sales`: no new orders from now on, for everybody, until they are let go on. */

import type { Command } from 'commander';
import { operatorName } from './common.ts';
import { telling } from './console.ts';

interface SalesOptions {
  readonly reason?: string;
  readonly operator?: string;
}

export function salesCommands(program: Command): void {
  program
    .command('stop-sales')
    .description('Take no new orders, at once, until resume-sales. Everybody is still answered, and orders under way go on.')
    .option('--reason <words>', 'why; kept with the switch')
    .option('--operator <name>', 'who says so; otherwise whoever is logged in')
    .addHelpText('after', '\nExample:\n  npx jaza stop-sales --reason "the supplier is down"')
    .action(async (options: SalesOptions) => {
      const operator = operatorName(options.operator);
      const given = (options.reason ?? '').trim().slice(0, 200);
      const reason = given === '' ? `stopped by ${operator}` : given;
      process.exitCode = await telling(
        { kind: 'command', operator, command: { what: 'stop_sales', reason } },
        {
          done: (detail) => `Sales are STOPPED: ${detail}. To go on: npx jaza resume-sales`,
          refused: (detail) => `Sales go on: ${detail}`,
        },
      );
    });
  program
    .command('resume-sales')
    .description('Take new orders again after stop-sales.')
    .option('--operator <name>', 'who says so; otherwise whoever is logged in')
    .addHelpText('after', '\nExample:\n  npx jaza resume-sales')
    .action(async (options: SalesOptions) => {
      process.exitCode = await telling(
        { kind: 'command', operator: operatorName(options.operator), command: { what: 'resume_sales' } },
        {
          done: (detail) => (detail === '' ? 'Sales were not stopped: they go on.' : `Sales go on. They were stopped: ${detail}`),
          refused: (detail) => `Sales are as they were: ${detail}`,
        },
      );
    });
}
