import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { Distribution } from '../../../../src/local/cloudwatch/distribution.ts';
import { type MeasuredMetric, MetricRecorder } from '../../../../src/local/cloudwatch/metricRecorder.ts';
import { MetricTable } from '../../../../src/local/cloudwatch/metricTable.ts';
import { transaction } from '../../../../src/local/state/database.ts';
import { temporaryDatabase } from '../../../support/localDatabase.ts';

const start = Date.UTC(2026, 8, 14, 15, 18);
const day = 86_400_000;

const calls: MeasuredMetric = {
  namespace: 'Own',
  metricName: 'calls',
  unit: 'Count',
  dimensionSets: [[], [['FunctionName', 'fn']]],
};
const all = { namespace: 'Own', metricName: 'calls', dimensions: [] };
const ofFunction = { ...all, dimensions: [['FunctionName', 'fn']] as const };

describe('measurements on their way to the database', () => {
  const complaints: string[] = [];
  let now = start;

  function use(work: (recorder: MetricRecorder, table: MetricTable, db: DatabaseSync) => void): void {
    now = start;
    complaints.length = 0;
    using temporary = temporaryDatabase();
    const { db } = temporary;
    const table = new MetricTable(db);
    const note = (message: string): void => void complaints.push(message);
    const log = { trace: note, debug: note, info: note, warn: note, error: note };
    work(new MetricRecorder({ db, table, log, now: () => now }), table, db);
  }

  const sums = (table: MetricTable, metric: typeof all | typeof ofFunction): (readonly [number, number])[] =>
    table.minutes(metric, 0, start + day).map(({ at, distribution }) => [(at - start) / 60_000, distribution.sum]);

  it('are written to every set of dimensions, by the minute', () => {
    use((recorder, table) => {
      recorder.record(calls, 1, start);
      recorder.record(calls, 2, start + 59_999);
      recorder.record(calls, 4, start + 60_000);
      recorder.flush();
      recorder.record(calls, 8, start + 60_001);
      recorder.flush();
      recorder.flush();
      for (const metric of [all, ofFunction]) {
        assert.deepEqual(sums(table, metric), [
          [0, 3],
          [1, 12],
        ]);
      }
    });
  });

  it('of several that share a metric are added up', () => {
    use((recorder, table) => {
      recorder.record(calls, 1, start);
      recorder.record({ ...calls, dimensionSets: [[], [['FunctionName', 'other']]] }, 1, start);
      recorder.flush();
      assert.deepEqual([sums(table, all), sums(table, ofFunction)], [[[0, 2]], [[0, 1]]]);
    });
  });

  it('made in a transaction count when it is kept, and only then', () => {
    use((recorder, table, db) => {
      transaction(db, () => recorder.record(calls, 1, start));
      assert.throws(() =>
        transaction(db, () => {
          recorder.record(calls, 10, start);
          throw new Error('as asked');
        }),
      );
      transaction(db, () => {
        transaction(db, () => recorder.record(calls, 100, start));
        recorder.record(calls, 1000, start);
      });
      recorder.flush();
      assert.deepEqual(sums(table, all), [[0, 1101]]);
    });
  });

  it('wait in memory while they can’t be written', () => {
    use((recorder, table, db) => {
      recorder.record(calls, 1, start);
      db.exec('PRAGMA query_only = ON');
      recorder.tryFlush();
      assert.match(complaints.join(), /Metrics can't be written/);
      db.exec('PRAGMA query_only = OFF');
      recorder.record(calls, 2, start);
      recorder.tryFlush();
      assert.deepEqual(sums(table, all), [[0, 3]]);
    });
  });

  it('are forgotten after 15 days, and metrics with them', () => {
    use((recorder, table) => {
      recorder.record(calls, 1, start);
      recorder.flush();
      recorder.record({ ...calls, metricName: 'later' }, 1, start + day);
      now = start + 15 * day + 60_000;
      recorder.flush();
      assert.deepEqual(sums(table, all), []);
      const names = (): string[] =>
        table
          .list({ dimensions: [] }, 0, 10)
          .metrics.map(({ metricName, dimensions }) => `${metricName} ${dimensions.join()}`);
      assert.deepEqual(names(), ['later ', 'later FunctionName,fn']);
    });
  });
});

describe('metrics in the database', () => {
  it('are forgotten by the minute, the oldest first, when there are too many', () => {
    using temporary = temporaryDatabase();
    const table = new MetricTable(temporary.db);
    const one = new Distribution();
    one.add(1);
    for (const minute of [0, 1, 2, 3]) {
      for (const metricName of ['a', 'b']) {
        table.add({ ...all, metricName }, 'Count', start + minute * 60_000, one);
      }
    }
    const left = (): readonly number[] =>
      table.minutes({ ...all, metricName: 'a' }, 0, start + day).map(({ at }) => at);
    table.prune(0, 8);
    assert.equal(left().length, 4);
    table.prune(0, 5);
    assert.deepEqual(left(), [start + 120_000, start + 180_000]);
  });

  it('are listed in pages, by name, by dimensions, and by when there was data', () => {
    using temporary = temporaryDatabase();
    const table = new MetricTable(temporary.db);
    const one = new Distribution();
    one.add(1);
    for (let n = 0; n < 7; n += 1) {
      const dimensions = [['Even', String(n % 2 === 0)] as const, ['N', String(n)] as const];
      table.add({ namespace: 'Own', metricName: `m${n}`, dimensions }, 'Count', start + n * 60_000, one);
    }
    const list = (filter: Partial<Parameters<MetricTable['list']>[0]>, after = 0, limit = 10) => {
      const { metrics, next } = table.list({ dimensions: [], ...filter }, after, limit);
      return { names: metrics.map(({ metricName }) => metricName).join(), next };
    };
    const first = list({}, 0, 3);
    assert.equal(first.names, 'm0,m1,m2');
    const second = list({}, first.next, 3);
    assert.equal(second.names, 'm3,m4,m5');
    assert.deepEqual(list({}, second.next, 3), { names: 'm6', next: undefined });
    assert.equal(list({ dimensions: [{ name: 'Even', value: 'true' }] }).names, 'm0,m2,m4,m6');
    assert.equal(list({ dimensions: [{ name: 'Even' }, { name: 'N', value: '3' }] }).names, 'm3');
    assert.equal(list({ dimensions: [{ name: 'Odd' }] }).names, '');
    assert.equal(list({ metricName: 'm5' }).names, 'm5');
    assert.equal(list({ namespace: 'AWS/Lambda' }).names, '');
    assert.equal(list({ activeSince: start + 5 * 60_000 }).names, 'm5,m6');
    // A page that ends where the last one fits has no next.
    assert.equal(list({}, 0, 7).next, undefined);
  });
});
