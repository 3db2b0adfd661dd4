import { median, type BenchResult } from '../scripts/bench/result.ts';
import { parseFilter } from '../src/model/query/parseFilter.ts';
import { orderColumns, type InvocationQuery, type InvocationStore } from '../src/store/invocationStore.ts';
import { openInvocationStore } from '../src/store/sqliteStore.ts';
import { functionName } from './support/executionRecords.ts';
import { millionConnection, millionRows, millionRowsFile } from './support/millionRows.ts';

const rounds = 9;
const limit = 100;

/** The newest hundred rows of a million, asked as the panel asks: conditions, any order, values of payloads, words. */
export async function run(): Promise<readonly BenchResult[]> {
  const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  const store = await openInvocationStore({
    file: await millionRowsFile(),
    workerUrl: new URL('../src/store/storeWorker.ts', import.meta.url),
    settings: { maxRows: Number.MAX_SAFE_INTEGER, maxMegabytes: 1_000_000, maxDays: 0, redact: [] },
    log,
  });
  try {
    const results: BenchResult[] = [];
    const add = async (name: string, goal: string, queries: readonly string[], order?: InvocationQuery['order']) => {
      const times: number[] = [];
      for (let round = 0; round <= rounds; round++) {
        const took = await search(store, queries[round % queries.length] ?? '', order);
        // The first time pages come from the disk.
        if (round > 0) times.push(took);
      }
      results.push({ name: `first ${limit} of a million: ${name}`, value: median(times), unit: 'ms', goal });
    };
    const numbers = Array.from({ length: rounds + 1 }, (_, index) => 77_777 + index * 81_131);
    await add(
      'by function',
      '<= 50',
      numbers.map((number) => `fn:${functionName(number)}`),
    );
    await add('by condition', '<= 50', ['cond:RetriesExhausted', 'cond:Success']);
    await add('by error', '<= 50', ['err:StockError', 'err:TimeoutError']);
    await add('by function, condition and error', '<= 50', ['fn:orders-7 cond:RetriesExhausted err:StockError']);
    const newest = 1_764_000_000_000 + millionRows * 250;
    await add('since, the last hour', '<= 50', [`since:${new Date(newest - 3_600_000).toISOString()}`]);
    await add('since, the last three minutes', '<= 50', [`since:${new Date(newest - 180_000).toISOString()}`]);
    for (const column of orderColumns) {
      for (const descending of [true, false]) {
        const name = `sorted by ${column}, ${descending ? 'descending' : 'ascending'}`;
        await add(name, '<= 50', [''], { column, descending });
      }
    }
    await add('by function, sorted by duration', '<= 50', ['fn:orders-7'], { column: 'duration', descending: true });
    await add(
      'by payload equality',
      '<= 100',
      numbers.map((number) => `payload.orderId=${number}`),
    );
    await add('by payload equality, of an item', '<= 100', [
      'payload.items[*].sku=sku-77',
      'payload.items[0].sku="sku-5"',
    ]);
    await add('by words', '<= 100', ['springfield', 'door please', 'card7', 'stockerror orders', 'ringfie', 'c-4711']);
    await add('by text in quotes', '<= 100', ['"leave at the door"', '"reading \'card3\'"']);
    return results;
  } finally {
    await store.dispose();
  }
}

/** How long it takes until the first hundred rows are there, or all that there are. */
async function search(store: InvocationStore, text: string, order: InvocationQuery['order']): Promise<number> {
  const { filter, problems } = parseFilter(text);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join(' '));
  const query = { connectionId: millionConnection, filter, ...(order ? { order } : {}) };
  const begun = performance.now();
  const { found } = await store.search(query, limit);
  const took = performance.now() - begun;
  if (found === 0) throw new Error(`Nothing was found by ${text}.`);
  return took;
}
