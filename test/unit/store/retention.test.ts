import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase, transaction } from '../../../src/store/database.ts';
import { Reader } from '../../../src/store/reader.ts';
import { Retention, type RetentionLimits } from '../../../src/store/retention.ts';
import { Writer } from '../../../src/store/writer.ts';
import { story } from '../../support/invocationPieces.ts';
import { connectionId, StoreBench } from './support.ts';

describe('the store’s retention', () => {
  let bench: StoreBench;
  let db: DatabaseSync;
  let writer: Writer;
  /** Long after everything. */
  const now = 10_000_000;
  const plenty = Number.MAX_SAFE_INTEGER;

  beforeEach(async () => {
    bench = await StoreBench.create();
    db = openDatabase(bench.file, 0);
    writer = new Writer(db);
    transaction(db, () => {
      // The first one waits, and stays.
      writer.ingest(connectionId, story({ requestId: 'open', failures: 1 }).slice(0, 5));
      for (let number = 1; number <= 40; number++) {
        writer.ingest(
          connectionId,
          story({ requestId: `r${number}`, payload: `{"text":"${'x'.repeat(20_000)}${number}"}` }),
        );
      }
    });
  });

  afterEach(async () => {
    db.close();
    await bench[Symbol.asyncDispose]();
  });

  const cut = (limits: RetentionLimits): number => {
    const retention = new Retention(db, writer, limits);
    let number = 0;
    for (let gone = retention.cut(now); gone.length > 0; gone = retention.cut(now)) number += gone.length;
    return number;
  };
  const left = (): (string | undefined)[] =>
    new Reader(db).window({}, { offset: 0, limit: 100 })?.rows.map(({ requestId }) => requestId) ?? [];

  it('cuts nothing within its limits', () => {
    assert.equal(cut({ rows: 41, bytes: plenty }), 0);
    assert.equal(left().length, 41);
  });

  it('cuts the oldest closed rows, with all that belongs to them', () => {
    assert.equal(cut({ rows: 4, bytes: plenty }), 37);
    assert.deepEqual(left(), ['r40', 'r39', 'r38', 'open']);
    assert.equal(new Reader(db).search({ text: 'charge' }).step().length, 4);
    assert.equal(db.prepare('SELECT count(DISTINCT id / 65536) AS number FROM pieces').get()?.['number'], 4);
    assert.equal(db.prepare('SELECT count(*) AS number FROM words').get()?.['number'], 8, 'two documents each');
    assert.equal(cut({ rows: 0, bytes: plenty }), 3, 'what waits is never cut');
    assert.deepEqual(left(), ['open']);
  });

  it('never lets a change have the number of one that was cut', () => {
    const version = (): number => Number(db.prepare('SELECT max(version) AS v FROM changes').get()?.['v']);
    // The oldest closed row changes last, and goes.
    writer.ingest(connectionId, story({ requestId: 'r1', delivered: 'onSuccess' }));
    const seen = version();
    cut({ rows: 40, bytes: plenty });
    assert.ok(!left().includes('r1'));
    writer.ingest(connectionId, story({ requestId: 'r41' }));
    assert.ok(version() > seen, `${version()} after ${seen}`);
  });

  it('cuts no more than that where several windows do', () => {
    transaction(db, () =>
      writer.ingest(connectionId, Array.from({ length: 400 }, (_, index) => story({ requestId: `s${index}` })).flat()),
    );
    const other = openDatabase(bench.file, 0);
    const limits = { rows: 100, bytes: plenty };
    // Each sees how many there are too many long before the others are done.
    const windows = [new Retention(db, writer, limits), new Retention(other, new Writer(other), limits)];
    while (windows.some((retention) => retention.cut(now).length > 0)) windows.reverse();
    assert.equal(new Reader(db).counts({})?.all, 100);
    other.close();
  });

  it('keeps what another window pins while it is chosen, and what takes the place of a pinned row', () => {
    const other = openDatabase(bench.file, 0);
    const idOf = (requestId: string): number =>
      new Reader(db).window({ connectionId }, { offset: 0, limit: 99 })?.rows.find((row) => row.requestId === requestId)
        ?.id ?? 0;
    const [id, second] = [idOf('r5'), idOf('r6')];
    const pin = (): void => transaction(other, () => new Writer(other).pin([id, second], true));
    Object.defineProperty(db, 'exec', { value: execAfter(db, pin) });
    cut({ rows: 0, bytes: plenty });
    assert.deepEqual(left(), ['r6', 'r5', 'open']);
    // The send's row takes in the one that is known by its request.
    const [sent, ...rest] = story({ requestId: 'r5', clientToken: 't5' });
    transaction(db, () => writer.ingest(connectionId, sent ? [sent] : []));
    transaction(db, () => writer.ingest(connectionId, rest));
    cut({ rows: 0, bytes: plenty });
    assert.deepEqual(left(), ['r5', 'r6', 'open']);
    other.close();
  });

  it('cuts until the size is right', () => {
    const size = (): number =>
      (Number(db.prepare('PRAGMA page_count').get()?.['page_count']) -
        Number(db.prepare('PRAGMA freelist_count').get()?.['freelist_count'])) *
      Number(db.prepare('PRAGMA page_size').get()?.['page_size']);
    const before = size();
    cut({ rows: plenty, bytes: before / 2 });
    assert.ok(size() <= before / 2, `${size()} of ${before}`);
    assert.ok(left().length > 5, 'and not more than needed');
    assert.equal(left().at(-1), 'open');
  });
});

/** `exec` of a database that lets another window go first, once, before a transaction begins. */
function execAfter(db: DatabaseSync, before: () => void): DatabaseSync['exec'] {
  const exec = db.exec.bind(db);
  let waits = true;
  return (sql) => {
    if (waits && sql.startsWith('BEGIN')) {
      waits = false;
      before();
    }
    exec(sql);
  };
}
