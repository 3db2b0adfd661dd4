// `npm run bench [-- NAME…] [--json]`: runs bench/*.bench.ts, or those named.
import { glob } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../root.ts';
import type { BenchModule, BenchResult } from './result.ts';
import { resultLine, tableOf } from './table.ts';

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const files = (await Array.fromAsync(glob('bench/*.bench.ts', { cwd: root }))).toSorted();
const nameOf = (file: string): string => basename(file, '.bench.ts');
const known = files.map(nameOf);
for (const name of positionals.filter((wanted) => !known.includes(wanted))) {
  process.stderr.write(`No bench is called "${name}". There are: ${known.join(', ')}.\n`);
  process.exit(2);
}

const all: BenchResult[] = [];
for (const file of files.filter((path) => positionals.length === 0 || positionals.includes(nameOf(path)))) {
  process.stderr.write(`${nameOf(file)} …\n`);
  try {
    const bench = (await import(join(root, file))) as BenchModule;
    const results = await bench.run();
    all.push(...results);
    if (values.json) for (const result of results) process.stdout.write(`${resultLine(result)}\n`);
  } catch (error) {
    process.stderr.write(`${nameOf(file)} could not be run: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
}
if (!values.json) process.stdout.write(tableOf(all));
