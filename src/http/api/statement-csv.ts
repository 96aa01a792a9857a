/** Owns a statement as a file for a spreadsheet. A cell that a spreadsheet would take for a formula gets a quote in front. */

import type { StatementLine } from '../../ports/wallet.ts';
import { HUNDREDTHS_PER_SMS } from '../../domain/ledger.ts';

export const STATEMENT_HEADER = 'at,what,sms,balance,reference,reason,paymentReference';

/** One row, without its end; hundredths of a message as messages. `at`: its time, for programs in UTC. */
export function statementRow(line: StatementLine, at: string = new Date(line.at).toISOString()): string {
  const { what, smsHundredths, balanceHundredths, reference, reason, paymentReference } = line;
  const numbers = [String(smsHundredths / HUNDREDTHS_PER_SMS), String(balanceHundredths / HUNDREDTHS_PER_SMS)];
  const words = [reference, reason, paymentReference].map((word) => text(word ?? ''));
  return [at, what, ...numbers, ...words].join(',');
}

export function statementCsv(lines: readonly StatementLine[]): Response {
  const body = [STATEMENT_HEADER, ...lines.map((line) => statementRow(line))].join('\r\n');
  return new Response(`${body}\r\n`, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="statement.csv"',
      'cache-control': 'no-store',
    },
  });
}

/** What others wrote: harmless, and one cell whatever is in it. */
function text(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
