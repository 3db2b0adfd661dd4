import Mocha from 'mocha';
import { writeFileSync } from 'node:fs';
import { skipReason } from './skip.ts';

/** What a run of mocha came to: the file that `TEST_RESULTS` names holds it. */
export interface SuiteResults {
  readonly passed: number;
  readonly failures: readonly { readonly title: string; readonly details: string }[];
  readonly skips: readonly { readonly title: string; readonly reason: string }[];
}

/** A mocha reporter that says little while it runs, and leaves its results in a file for who started it. */
export default class Reporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    let passed = 0;
    const failures: SuiteResults['failures'][number][] = [];
    const skips: SuiteResults['skips'][number][] = [];
    runner.on('pass', () => {
      passed += 1;
    });
    runner.on('fail', (test, error: unknown) => {
      failures.push({ title: test.fullTitle(), details: describe(error) });
    });
    runner.on('pending', (test) => {
      skips.push({ title: test.fullTitle(), reason: skipReason(test) ?? 'no reason given' });
    });
    // Written now and at the end: a process that dies between leaves a result that says so.
    const write = (results: SuiteResults): void => {
      const file = process.env['TEST_RESULTS'];
      if (file) writeFileSync(file, JSON.stringify(results));
    };
    runner.on('start', () => {
      write({ passed: 0, failures: [{ title: 'the run', details: 'It ended before its tests did.' }], skips: [] });
    });
    runner.on('end', () => {
      write({ passed, failures, skips });
      // What a failed test left open would keep the process up for ever; after a good run it is a leak, and shows.
      if (failures.length > 0 && process.env['TEST_EXIT_WHEN_FAILED'] !== undefined) process.exit(1);
    });
  }
}

/** The error with its stack, causes, and what was expected. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.stack?.includes(error.message)
    ? error.stack
    : `${error.name}: ${error.message}\n${error.stack ?? ''}`;
  return error.cause === undefined ? text : `${text}\nCaused by ${describe(error.cause)}`;
}
