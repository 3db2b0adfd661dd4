import assert from 'node:assert/strict';
import { WatchedRequests } from '../../../../src/aws/sources/watchedRequests.ts';
import type { LogEventsPiece, LogMark } from '../../../../src/model/invocation.ts';

const hour = 3_600_000;
const report: LogMark = {
  type: 'report',
  at: 5,
  durationMs: 1,
  billedDurationMs: 1,
  memorySizeMB: 128,
  maxMemoryUsedMB: 60,
};
const start: LogMark = { type: 'start', at: 1, executedVersion: '$LATEST' };
const error: LogMark = { type: 'error', at: 2, status: 'error', errorType: 'E', errorMessage: '' };

function piece(requestId: string, ...marks: readonly LogMark[]): LogEventsPiece {
  const names = { functionName: 'charge', logGroupName: '/aws/lambda/charge', logStreamName: 's' };
  return { kind: 'logEvents', requestId, ...names, from: 1, to: 5, marks, lines: [] };
}

describe('requests that are watched', () => {
  it('are let go of half a minute after they succeeded; what comes later is theirs all the same', () => {
    const watched = new WatchedRequests();
    assert.deepEqual(watched.add(['a', 'b'], 0, 0), ['a', 'b']);
    assert.ok(watched.wants(piece('a', start, report), 1_000));
    assert.ok(!watched.wants(piece('c', start, report), 1_000));
    watched.forget(30_999);
    assert.equal(watched.size, 2);
    watched.forget(31_000);
    assert.equal(watched.size, 1);
    assert.ok(watched.wants(piece('a'), 40_000));
    assert.deepEqual(watched.add(['a', 'b'], 0, 40_000), []);
  });

  it('stay while they may be tried again', () => {
    const watched = new WatchedRequests();
    watched.add(['a', 'timeout', 'split'], 0, 0);
    watched.wants(piece('a', start, error, report), 1_000);
    watched.wants(piece('timeout', start, { ...report, status: 'timeout' }), 1_000);
    watched.wants(piece('split', start, error), 1_000);
    watched.wants(piece('split', report), 1_000);
    watched.forget(hour);
    assert.equal(watched.size, 3);
    watched.wants(piece('a', { ...start, at: 60_000 }, { ...report, at: 60_005 }), 61_000);
    watched.forget(hour);
    assert.equal(watched.size, 2);
  });

  it('are let go of when they are said to be over, or can’t be tried any more', () => {
    const watched = new WatchedRequests();
    watched.add(['a', 'b'], 0, 0);
    watched.end(['a', 'unknown'], 10);
    watched.end(['a'], 29_000);
    watched.forget(30_010);
    assert.equal(watched.size, 1);
    watched.forget(7 * hour);
    assert.equal(watched.size, 0);
    assert.deepEqual(watched.add(['old'], 0, 7 * hour), []);
  });
});
