import Mocha from 'mocha';
import { join } from 'node:path';
import Reporter from '../support/reporter.ts';

/** What VS Code calls in its extension host: runs the suites that were bundled beside this file. */
export async function run(): Promise<void> {
  const mocha = new Mocha({
    timeout: 60_000,
    retries: 1,
    reporter: Reporter,
    forbidOnly: process.env['CI'] !== undefined,
  });
  mocha.addFile(join(import.meta.dirname, 'tests.mjs'));
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}
