import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { LogWindow } from '../../../../src/aws/sources/logWindow.ts';
import { foldInvocation } from '../../../../src/model/foldInvocation.ts';
import type { LogEventsPiece } from '../../../../src/model/invocation.ts';
import { LogReader, type LogEvent } from '../../../../src/model/logs/logReader.ts';
import { attemptLines, errorLine } from '../../../support/logLines.ts';
import { requestIdOf } from '../../../support/sourceBackends.ts';

const group = { functionName: 'charge', logGroupName: '/aws/lambda/charge' };
const streamNames = ['2026/11/25/[$LATEST]a', '2026/11/25/[$LATEST]b'] as const;
const requests = 6;

/** What two environments logged, in order; requests 4 and 5 are retried, in the other environment. */
const logged: readonly LogEvent[] = streamNames
  .flatMap((logStreamName, side) =>
    Array.from({ length: requests }, (_, n) => {
      const [requestId, at] = [requestIdOf(n % 2 === side || n > 3 ? n : n + 10), 10_000 + side * 7 + n * 1_000];
      const lines = [`plain ${n}`, ...(n > 3 ? [errorLine(requestId, at, `no ${n}`)] : []), `more ${n}`];
      return attemptLines(requestId, at, ...lines).map((event) => ({ ...event, logStreamName }));
    }).flat(),
  )
  .map((event, index) => ({ ...event, id: `${event.timestamp}${String(index).padStart(4, '0')}` }))
  .toSorted((a, b) => a.timestamp - b.timestamp || (a.id < b.id ? -1 : 1));

function folded(pieces: readonly LogEventsPiece[]): unknown {
  const ids = [...new Set(pieces.map(({ requestId }) => requestId))].toSorted();
  return ids.map((id) => [id, foldInvocation(pieces.filter(({ requestId }) => requestId === id)).attempts]);
}

/** The round in which an event is there first: each stream is cut into five, anywhere. `numbers`: up to 999. */
function inPortions(event: LogEvent, numbers: readonly number[]): number {
  const own = logged.filter(({ logStreamName }) => logStreamName === event.logStreamName);
  const place = (own.indexOf(event) * 1_000) / own.length;
  const cuts = event.logStreamName === streamNames[0] ? numbers.slice(0, 4) : numbers.slice(4, 8);
  return cuts.filter((cut) => cut <= place).length;
}

/** Only what the function itself logs is late. */
function linesLate(event: LogEvent, numbers: readonly number[]): number {
  return /^(?:START|END|REPORT) /.test(event.message) ? 0 : (numbers[logged.indexOf(event)] ?? 0) % 5;
}

describe('reads of a log group that overlap', () => {
  for (const [what, roundOf] of [
    ['streams come in portions', (event: LogEvent, rounds: readonly number[]) => inPortions(event, rounds)],
    [
      'lines come later than what is around them',
      (event: LogEvent, rounds: readonly number[]) => linesLate(event, rounds),
    ],
  ] as const) {
    it(`give what one read of all would, where ${what}`, () => {
      const whole = folded(new LogReader(group).read(logged));
      const arrivals = fc.array(fc.integer({ min: 0, max: 999 }), {
        minLength: logged.length,
        maxLength: logged.length,
      });
      const pages = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
      fc.assert(
        fc.property(arrivals, pages, (rounds, sizes) => {
          const window = new LogWindow(group);
          const pieces: LogEventsPiece[] = [];
          for (let round = 0; round <= 4; round++) {
            // All that are there by now, as a group's pages give them.
            const there = logged.filter((event) => roundOf(event, rounds) <= round);
            window.begin(0);
            for (let at = 0, n = 0; at < there.length; n++) {
              const size = sizes[n % sizes.length] ?? 1;
              pieces.push(...window.read(there.slice(at, at + size)).logEvents);
              at += size;
            }
          }
          assert.deepEqual(folded(pieces), whole);
        }),
        { numRuns: 200 },
      );
    });
  }

  it('give an event that was there before no second time', () => {
    const window = new LogWindow(group);
    window.begin(0);
    const first = window.read(logged);
    assert.deepEqual([first.oldest, first.newest], [logged[0]?.timestamp, logged.at(-1)?.timestamp]);
    window.begin(0);
    assert.deepEqual(window.read(logged), { logEvents: [], records: [] });
  });

  it('take events without an id as they come', () => {
    const window = new LogWindow(group);
    const twice = [1, 2].map(() => ({ timestamp: 1, message: 'same', logStreamName: streamNames[0] }));
    const start = {
      timestamp: 0,
      message: attemptLines(requestIdOf(1), 0)[0]?.message ?? '',
      logStreamName: streamNames[0],
    };
    const lines = window.read([start, ...twice]).logEvents.flatMap((piece) => piece.lines);
    assert.equal(lines.length, 3);
  });

  it('put nothing into pieces but what they are', () => {
    const secret = { ...group, clients: 'of the connection' };
    const [piece] = new LogWindow(secret).read(logged).logEvents;
    assert.deepEqual(Object.keys(piece ?? {}).toSorted(), [
      'from',
      'functionName',
      'kind',
      'lines',
      'logGroupName',
      'logStreamName',
      'marks',
      'requestId',
      'to',
    ]);
  });
});
