import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BenchResult } from '../scripts/bench/result.ts';
import { root } from '../scripts/root.ts';
import type { FuzzFound, FuzzWork } from './support/fuzzWorker.ts';

/** Fewer to try it out. */
const cases = Number(process.env['BENCH_CASES'] ?? 1_000_000);
const casesAPart = 20_000;
/** The first seeds are those of the tests. */
const firstSeed = 1_000_000;
const hangMs = 20_000;
const linesALog = 10;

const parsers = {
  envelopes: { what: 'records, dead letters and others in every envelope', seeds: cases },
  logs: { what: 'log lines, in logs of several streams and portions', seeds: Math.ceil(cases / linesALog) },
  filters: { what: 'texts of the filter box', seeds: cases },
  errors: { what: 'errors and stacks', seeds: cases },
  json: { what: 'JSON read exactly, and redacted', seeds: cases },
} as const satisfies Record<FuzzWork['parser'], unknown>;

/**
 * A million texts for every parser of what comes from outside, made like real ones and then broken where their structure is:
 * none may be thrown at, and none may take long. What failed is in `out/bench/parserFailures.txt`.
 */
export async function run(): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  const all: string[] = [];
  for (const parser of Object.keys(parsers) as FuzzWork['parser'][]) {
    const { what, seeds } = parsers[parser];
    const { failures, slowestMs, lines } = await fuzz(parser, seeds);
    all.push(...failures);
    const number = (parser === 'logs' ? lines : cases).toLocaleString('en');
    const name = `fuzzing, ${number} ${what}`;
    results.push(
      { name: `${name}: thrown at, or never ended`, value: failures.length, unit: '', goal: '= 0' },
      { name: `${name}: slowest`, value: slowestMs, unit: 'ms', goal: '<= 100' },
    );
  }
  const folder = join(root, 'out', 'bench');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'parserFailures.txt'), all.join('\n\n'));
  return results;
}

/** Runs a parser's cases in as many threads as there are cores. */
async function fuzz(parser: FuzzWork['parser'], seeds: number): Promise<FuzzFound> {
  const parts: { readonly seed: number; readonly count: number }[] = [];
  for (let at = 0; at < seeds; at += casesAPart) {
    parts.push({ seed: firstSeed + at, count: Math.min(casesAPart, seeds - at) });
  }
  const found: FuzzFound[] = [];
  const work = async (): Promise<void> => {
    for (let part = parts.shift(); part; part = parts.shift()) {
      const progress = new SharedArrayBuffer(4);
      const result = await runPart({ parser, ...part, progress });
      if (result !== undefined) {
        found.push(result);
        continue;
      }
      const done = new Int32Array(progress)[0] ?? 0;
      const seed = part.seed + done;
      found.push({ failures: [`Seed ${seed} of ${parser} does not end.`], slowestMs: hangMs, lines: 0 });
      // The others of the part are still to be looked at.
      if (done + 1 < part.count) parts.push({ seed: seed + 1, count: part.count - done - 1 });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return {
    failures: found.flatMap(({ failures }) => failures),
    slowestMs: Math.max(...found.map(({ slowestMs }) => slowestMs)),
    lines: found.reduce((sum, { lines }) => sum + lines, 0),
  };
}

/** What a thread found in its part; `undefined`: it has not got any further for long. */
async function runPart(workerData: FuzzWork): Promise<FuzzFound | undefined> {
  const worker = new Worker(new URL('support/fuzzWorker.ts', import.meta.url), { workerData });
  const { promise, resolve, reject } = Promise.withResolvers<FuzzFound | undefined>();
  worker.on('message', (found: FuzzFound) => resolve(found)).on('error', reject);
  const done = new Int32Array(workerData.progress);
  let last = -1;
  const watch = setInterval(() => {
    if (done[0] === last) resolve(undefined);
    last = done[0] ?? 0;
  }, hangMs);
  try {
    return await promise;
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}
