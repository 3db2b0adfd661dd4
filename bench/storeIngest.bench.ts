import { join } from 'node:path';
import { median, type BenchResult } from '../scripts/bench/result.ts';
import { readMessage } from '../src/model/reading/readMessage.ts';
import { openInvocationStore } from '../src/store/sqliteStore.ts';
import { executionRecord } from './support/executionRecords.ts';
import { benchFolder } from './support/localServer.ts';

const rounds = 5;
const recordsARound = 20_000;
const recordsABatch = 500;
const batchesAtOnce = 4;
const destinationArn = 'arn:aws:sqs:us-east-1:123456789012:caught';

/** Records as queues deliver them, every tenth twice, made pieces of, stored and found; beside `JSON.parse` of the same texts. */
export async function run(): Promise<readonly BenchResult[]> {
  await using folder = await benchFolder();
  const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  const workerUrl = new URL('../src/store/storeWorker.ts', import.meta.url);
  const settings = { maxRows: Number.MAX_SAFE_INTEGER, maxMegabytes: 100_000, maxDays: 0, redact: [] };
  const ratios: number[] = [];
  const rates: number[] = [];
  const store = await openInvocationStore({ file: join(folder.path, 'records.sqlite'), workerUrl, settings, log });
  for (let round = 0; round <= rounds; round++) {
    const texts = Array.from({ length: recordsARound }, (_, index) => executionRecord(round * recordsARound + index));
    const delivered = texts.flatMap((text, index) => (index % 10 === 9 ? [text, text] : [text]));
    let begun = performance.now();
    for (const text of delivered) JSON.parse(text);
    const parsing = performance.now() - begun;
    begun = performance.now();
    // While some batches are stored further ones are read, as the sources do.
    const storing: Promise<unknown>[] = [];
    for (let at = 0; at < delivered.length; at += recordsABatch) {
      const pieces = delivered
        .slice(at, at + recordsABatch)
        .map((Body, index) => readMessage({ Body, MessageId: String(at + index) }, { destinationArn, at: 0 }));
      if (storing.length >= batchesAtOnce) await storing.shift();
      storing.push(store.ingest('bench', pieces));
    }
    await Promise.all(storing);
    const took = performance.now() - begun;
    const { total } = await store.rows({ connectionId: 'bench' }, { offset: 0, limit: 1 });
    const expected = (round + 1) * recordsARound;
    if (total !== expected) throw new Error(`${expected} rows were to be there, not ${total}.`);
    // In the first round both get warm.
    if (round === 0) continue;
    ratios.push(parsing / took);
    rates.push(delivered.length / (took / 1_000));
  }
  await store.dispose();
  const name = 'records parsed, deduped, joined and stored with full-text search';
  return [
    { name: `${name}, against JSON.parse`, value: median(ratios), unit: 'x', goal: '>= 0.08' },
    { name, value: median(rates), unit: '/s', goal: '> 0' },
  ];
}
