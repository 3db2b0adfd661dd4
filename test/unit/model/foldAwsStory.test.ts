import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foldInvocation } from '../../../src/model/foldInvocation.ts';
import type { InvocationPiece, InvocationSummary, SettingsPiece } from '../../../src/model/invocation.ts';
import { summarizeInvocation } from '../../../src/model/summarizeInvocation.ts';
import { fromColumns, toColumns } from '../../../src/store/pieceColumns.ts';
import { awsStory, storyPayload, storyQueue, storyRequest } from '../../support/awsStory.ts';
import { story } from '../../support/invocationPieces.ts';

const at = 1_790_000_000_000;
const settings: SettingsPiece = {
  kind: 'settings',
  requestId: storyRequest,
  at,
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  onFailure: storyQueue,
};
const { onFailure: _onFailure, ...nothingSet } = settings;

function summary(pieces: readonly InvocationPiece[]): InvocationSummary {
  return summarizeInvocation(foldInvocation(pieces));
}

describe('An invocation as AWS lets it be seen', () => {
  const whole = awsStory({ attempts: ['error', 'timeout', 'error'], record: 'RetriesExhausted', deadLetter: true });

  it('has its attempts from the logs of all streams, and its end from the record', () => {
    const { attempts, waits, outcome, deliveries, payload } = foldInvocation(whole);
    assert.deepEqual(
      attempts.map(({ number, started, ended, logs }) => [
        number,
        (started?.at ?? 0) - at,
        ended?.status,
        ended?.durationMs,
        ended?.initDurationMs,
        ended?.executedVersion,
        logs.length,
      ]),
      [
        [1, 0, 'error', 100, 90, '7', 5],
        [2, 60_100, 'timeout', 100, 90, '7', 4],
        [3, 180_200, 'error', 100, undefined, '7', 5],
      ],
    );
    assert.ok(attempts[0]?.ended?.response?.includes('/var/task/i.js'));
    assert.deepEqual(JSON.parse(attempts[1]?.ended?.response ?? ''), {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${storyRequest} Error: Task timed out after 0.10 seconds`,
    });
    // The record's answer, to the byte.
    assert.equal(attempts[2]?.ended?.response, '{"errorType":"TypeError","errorMessage":"no 3","trace":[]}');
    assert.deepEqual(
      waits.map((wait) => [wait.afterAttempt, wait.nominalMs, wait.estimated]),
      [
        [1, 60_000, undefined],
        [2, 120_000, undefined],
      ],
    );
    assert.equal(outcome?.condition, 'RetriesExhausted');
    assert.equal(payload, storyPayload);
    assert.deepEqual(
      deliveries.map(({ deliveryId, destinationArn }) => [deliveryId, destinationArn]),
      [
        [`${storyRequest}:onFailure`, storyQueue],
        [`${storyRequest}:deadLetterQueue`, storyQueue],
      ],
    );
    const { status, functionName, qualifier, condition, errorType, errorMessage, endedAt } = summary(whole);
    assert.deepEqual(
      [status, functionName, qualifier, condition, errorType, errorMessage, endedAt],
      ['failed', 'charge', 'live', 'RetriesExhausted', 'TypeError', 'no 3', at + 180_300],
    );
  });

  it('is the same in any order, told twice, in any portions of the log, and years late', () => {
    const sent = story({ requestId: storyRequest, clientToken: 't', at }).slice(0, 2);
    const expected = JSON.stringify(summary([...sent, settings, ...whole]));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.infiniteStream(fc.nat()), (portion, numbers) => {
        const cut = awsStory({
          attempts: ['error', 'timeout', 'error'],
          record: 'RetriesExhausted',
          deadLetter: true,
          portion,
        });
        const pieces = [...sent, settings, ...cut, ...cut];
        const shuffled = pieces
          .map((piece): [number, InvocationPiece] => [Number(numbers.next().value), piece])
          .toSorted(([a], [b]) => a - b)
          .map(([, piece]) => piece);
        assert.equal(JSON.stringify(summary(shuffled)), expected);
        assert.deepEqual(foldInvocation(shuffled), foldInvocation([...sent, settings, ...whole]));
      }),
      { numRuns: 200 },
    );
    // What a source reads years later carries the times of then.
    const read = awsStory({ attempts: ['error'], record: 'EventAgeExceeded' });
    const early = summary(read);
    const again = summary([...read, { ...settings, at: at + 5 * 365 * 86_400_000 }]);
    assert.deepEqual(again, early);
  });

  it('is summarized from pieces without bodies as from whole ones', () => {
    const stories = [
      whole,
      awsStory({ attempts: ['success'], record: 'Success' }),
      awsStory({ attempts: ['error'] }),
      awsStory({ attempts: [], record: 'ZeroReservedConcurrency', deadLetter: true }),
      awsStory({ attempts: [], deadLetter: true }),
      awsStory({ attempts: ['running'] }),
    ];
    for (const pieces of stories) {
      const light = pieces.map((piece) => fromColumns(toColumns(piece).piece, null));
      assert.deepEqual(summary(light), summary(pieces));
    }
  });

  it('merges with what local Lambda tells of the same', () => {
    const told = story({ requestId: storyRequest, at, failures: 2, end: 'error', delivered: 'onFailure' });
    const invocation = foldInvocation([...told, ...whole]);
    assert.deepEqual(
      invocation.attempts.map(({ fromLogs, logs }) => [fromLogs, logs.length]),
      [
        [undefined, 1],
        [undefined, 1],
        [undefined, 1],
      ],
    );
    assert.deepEqual(invocation.deliveries.map(({ role }) => role).toSorted(), ['deadLetterQueue', 'onFailure']);
    assert.deepEqual(invocation.waits, foldInvocation(told).waits);
  });
});

describe('An attempt in the log', () => {
  it('failed when the record says so, whatever the log says', () => {
    const { attempts } = foldInvocation(awsStory({ attempts: ['success'], record: 'RetriesExhausted' }));
    assert.equal(attempts[0]?.ended?.status, 'error');
    const told = foldInvocation(awsStory({ attempts: ['error'], record: 'Success' }));
    assert.deepEqual([told.attempts[0]?.ended?.status, told.attempts[0]?.ended?.response], ['success', '"done"']);
  });

  it('has the runtime’s error before what the platform says of the same, and ended as the platform says', () => {
    const [piece] = awsStory({ attempts: ['error'] });
    assert.ok(piece?.kind === 'logEvents');
    const exit = {
      type: 'error',
      at: at + 99,
      status: 'exit',
      errorType: 'Runtime.ExitError',
      errorMessage: 'x',
    } as const;
    const ended = foldInvocation([{ ...piece, marks: [...piece.marks, exit] }]).attempts[0]?.ended;
    assert.equal(ended?.status, 'exit');
    assert.ok(ended?.response?.includes('TypeError'));
  });
});

describe('An invocation that only logs tell of', () => {
  it('waits for AWS’s usual time after a failure, and says that it is estimated', () => {
    for (const attempts of [['error'], ['error', 'error']] as const) {
      const { status, waitingUntil, waitNominalMs, waitEstimated } = summary(awsStory({ attempts }));
      const ended = attempts.length === 1 ? 100 : 60_200;
      assert.deepEqual(
        [status, (waitingUntil ?? 0) - at, waitNominalMs, waitEstimated],
        ['waiting', ended + attempts.length * 60_000, attempts.length * 60_000, true],
      );
    }
  });

  it('is lost once its attempts are used and nothing is set that would catch it', () => {
    const attempts = ['error', 'error', 'error'] as const;
    const [caught, lost, unknown] = [[settings], [nothingSet], []].map((more) =>
      summary([...awsStory({ attempts }), ...more]),
    );
    assert.deepEqual([caught?.status, lost?.status, unknown?.status], ['failed', 'lost', 'failed']);
    assert.deepEqual([lost?.attempts, lost?.endedAt, lost?.errorMessage], [3, at + 180_300, 'no 3']);
    const queue = summary([...awsStory({ attempts }), { ...nothingSet, deadLetterTargetArn: storyQueue }]);
    assert.equal(queue.status, 'failed');
  });

  it('goes by its function’s settings: how often, and how old', () => {
    const once = awsStory({ attempts: ['error'] });
    assert.equal(summary([...once, { ...nothingSet, maximumRetryAttempts: 0 }]).status, 'lost');
    assert.equal(summary([...once, { ...nothingSet, maximumEventAgeSeconds: 60 }]).status, 'lost');
    assert.equal(summary([...once, { ...nothingSet, maximumEventAgeSeconds: 61 }]).status, 'waiting');
    // The event was sent long before its first attempt.
    const sent = story({ requestId: storyRequest, clientToken: 't', at: at - 3_600_000 }).slice(0, 2);
    assert.equal(summary([...sent, ...once, { ...nothingSet, maximumEventAgeSeconds: 3_600 }]).status, 'lost');
  });

  it('has succeeded when an attempt did, runs while one does', () => {
    assert.equal(summary(awsStory({ attempts: ['success'] })).status, 'succeeded');
    assert.equal(summary(awsStory({ attempts: ['running'] })).status, 'running');
    const { status, waitingUntil } = summary(awsStory({ attempts: ['error', 'running'] }));
    assert.deepEqual([status, waitingUntil], ['running', undefined]);
  });

  it('has failed attempts wherever another followed, even if no error was seen', () => {
    const { attempts } = foldInvocation(awsStory({ attempts: ['success', 'success'] }));
    assert.deepEqual(
      attempts.map(({ ended }) => ended?.status),
      ['error', 'success'],
    );
  });
});

describe('A record without logs', () => {
  it('gives the answer of the last attempt', () => {
    const pieces = awsStory({ attempts: ['error', 'error'], record: 'RetriesExhausted' }).filter(
      ({ kind }) => kind === 'record',
    );
    const { attempts } = foldInvocation(pieces);
    assert.deepEqual(attempts, [
      { number: 2, response: '{"errorType":"TypeError","errorMessage":"no 2","trace":[]}', logs: [] },
    ]);
    const { status, attempts: count, errorMessage } = summary(pieces);
    assert.deepEqual([status, count, errorMessage], ['failed', 2, 'no 2']);
  });

  it('numbers attempts whose beginnings are no longer in the log', () => {
    const pieces = awsStory({ attempts: ['error', 'error', 'error'], record: 'RetriesExhausted' });
    const late = pieces.map((piece): InvocationPiece =>
      piece.kind === 'logEvents'
        ? { ...piece, marks: piece.marks.filter((mark) => mark.at > at + 100_000), lines: [] }
        : piece,
    );
    const { attempts } = foldInvocation(late);
    assert.deepEqual(
      attempts.map(({ number, ended }) => [number, ended?.attempt, ended?.status]),
      [[3, 3, 'error']],
    );
  });

  it('of a dead letter only: it failed, and says why', () => {
    const { status, errorMessage, functionName, endedAt, delivery } = summary(
      awsStory({ attempts: [], deadLetter: true }),
    );
    assert.deepEqual(
      [status, errorMessage, functionName, endedAt, delivery?.role],
      ['failed', 'no 0', 'charge', at + 300, 'deadLetterQueue'],
    );
  });

  it('is raw where it is none', () => {
    const raw = { kind: 'raw', rawId: 'x', at, destinationArn: storyQueue, what: 'unknown', body: 'hello' } as const;
    const { status, startedAt, segments } = summary([raw]);
    assert.deepEqual([status, startedAt, segments], ['raw', at, []]);
  });
});

describe('Logs that were read in two ways', () => {
  it('have each line once', () => {
    const [piece] = awsStory({ attempts: ['success'] });
    assert.ok(piece?.kind === 'logEvents');
    const live = { ...piece, lines: piece.lines.map((line, index) => ({ ...line, id: `~${index}` })) };
    const [both] = foldInvocation([piece, live]).attempts;
    assert.deepEqual(both?.logs, foldInvocation([piece]).attempts[0]?.logs);
    // One event more was seen by one of them.
    const more = { ...live, lines: [...live.lines, { id: '~9', at: at + 10, message: 'working on attempt 1\n' }] };
    assert.equal(foldInvocation([piece, more]).attempts[0]?.logs.length, 5);
  });
});
