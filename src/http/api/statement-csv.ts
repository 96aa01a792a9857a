/** Owns a statement as a file for a spreadsheet. A cell that a spreadsheet would take for a formula gets a quote in front. */

import type { StatementLine } from '../../ports/wallet.ts';

const HEADER = ['at', 'what', 'sms', 'balance', 'reference', 'reason'];

export function statementCsv(lines: readonly StatementLine[]): Response {
  const rows = lines.map(({ at, what, smsHundredths, balanceHundredths, reference, reason }) => [
    new Date(at).toISOString(),
    what,
    String(smsHundredths / 100),
    String(balanceHundredths / 100),
    text(reference ?? ''),
    text(reason ?? ''),
  ]);
  const body = [HEADER, ...rows].map((row) => row.join(',')).join('\r\n');
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
