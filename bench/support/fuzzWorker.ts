/*
 * Runs cases of one parser in a thread of its own: `workerData` says which, from which seed on and how many. Writes the case it
 * is at into the shared `progress`, so that whoever waits sees one that never ends, and posts what it found.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { fuzzEnvelopes } from '../../test/support/fuzz/envelopes.ts';
import { fuzzErrors } from '../../test/support/fuzz/errors.ts';
import { fuzzFilters } from '../../test/support/fuzz/filters.ts';
import { fuzzJson } from '../../test/support/fuzz/json.ts';
import { fuzzLogs } from '../../test/support/fuzz/logs.ts';

/** A parser's cases from a seed on. A seed of `logs` is a whole log, of about ten lines. */
export interface FuzzWork {
  readonly parser: keyof typeof parsers;
  readonly seed: number;
  readonly count: number;
  /** Of 32-bit numbers; the first is how many cases are done. */
  readonly progress: SharedArrayBuffer;
}

/** What a thread found. */
export interface FuzzFound {
  readonly failures: readonly string[];
  readonly slowestMs: number;
  /** Lines of logs that were read. */
  readonly lines: number;
}

const parsers = {
  envelopes: fuzzEnvelopes,
  logs: fuzzLogs,
  filters: fuzzFilters,
  errors: fuzzErrors,
  json: fuzzJson,
} as const;

const { parser, seed, count, progress } = workerData as FuzzWork;
const done = new Int32Array(progress);
const failures: string[] = [];
let slowestMs = 0;
let lines = 0;

/** A case that seems slow may have waited for a core: the fastest of three counts. */
const suspiciousMs = 20;

for (let index = 0; index < count; index++) {
  try {
    let took = Infinity;
    for (let tries = 0; tries < 3 && took > suspiciousMs; tries++) {
      const begun = performance.now();
      const tally = parsers[parser](seed + index, 1);
      took = Math.min(took, performance.now() - begun);
      if (tries === 0 && 'lines' in tally) lines += tally.lines;
    }
    slowestMs = Math.max(slowestMs, took);
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error));
    failures.push(`${message}\n${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  }
  Atomics.add(done, 0, 1);
}
parentPort?.postMessage({ failures, slowestMs, lines } satisfies FuzzFound);
