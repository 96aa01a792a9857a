/**
 * Owns the last line of .ci/run: 'N passed, N failed', read from the JSON report of the test runner. A report that is missing,
 * damaged or empty counts as a failure: tests that did not run have shown nothing.
 */

import { readFileSync } from 'node:fs';

const { passed, failed, skipped } = totals(process.argv[2] ?? '');
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

/** @param {string} path */
function totals(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    // A file that could not even be loaded holds no failed test, yet it has failed.
    const unloaded = report.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
    ).length;
    return {
      passed: Number(report.numPassedTests),
      failed: Number(report.numFailedTests) + unloaded,
      skipped: Number(report.numPendingTests) + Number(report.numTodoTests),
    };
  } catch (error) {
    process.stderr.write(`The report of the tests cannot be read: ${String(error)}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
