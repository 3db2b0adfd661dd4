import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foldInvocation } from '../../../src/model/foldInvocation.ts';
import type { AttemptStatus, InvocationPiece, LogMark } from '../../../src/model/invocation.ts';
import { summarizeInvocation } from '../../../src/model/summarizeInvocation.ts';
import { story } from '../../support/invocationPieces.ts';

const requestId = 'r';
const time = fc.integer({ min: 1, max: 6 });
const text = fc.constantFrom('a', 'b');

/** Pieces that contradict each other in every way: few values, so that ties are common. */
const anyPiece: fc.Arbitrary<InvocationPiece> = fc.oneof(
  fc.record({
    kind: fc.constant('sent'),
    clientToken: fc.constant('t'),
    at: time,
    functionName: text,
    payload: text,
    origin: text,
  }),
  fc.record(
    {
      kind: fc.constant('accepted'),
      clientToken: fc.constant('t'),
      requestId: fc.constant(requestId),
      at: time,
      functionName: text,
      functionArn: text,
      payload: text,
    },
    { requiredKeys: ['kind', 'requestId', 'at', 'functionName', 'functionArn'] },
  ),
  fc.record({
    kind: fc.constant('notAccepted'),
    clientToken: fc.constant('t'),
    at: time,
    errorName: text,
    errorMessage: text,
    mayHaveRun: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('attemptStarted'),
    requestId: fc.constant(requestId),
    attempt: fc.integer({ min: 1, max: 3 }),
    at: time,
    executedVersion: text,
  }),
  fc.record({
    kind: fc.constant('attemptEnded'),
    requestId: fc.constant(requestId),
    attempt: fc.integer({ min: 1, max: 3 }),
    startedAt: time,
    at: time,
    executedVersion: text,
    status: fc.constantFrom<AttemptStatus>('success', 'error', 'timeout', 'exit'),
    durationMs: time,
    billedDurationMs: time,
    memorySizeMB: fc.constant(128),
    maxMemoryUsedMB: fc.constant(60),
    response: text,
    logGroupName: text,
    logStreamName: text,
  }),
  fc.record({
    kind: fc.constant('log'),
    requestId: fc.constant(requestId),
    attempt: fc.integer({ min: 1, max: 3 }),
    lines: fc.array(fc.record({ at: time, message: text }), { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('wait'),
    requestId: fc.constant(requestId),
    afterAttempt: fc.integer({ min: 0, max: 2 }),
    reason: fc.constantFrom('retry', 'throttle'),
    at: time,
    until: time,
    nominalMs: time,
  }),
  fc.record({
    kind: fc.constant('outcome'),
    requestId: fc.constant(requestId),
    at: time,
    condition: text,
    approximateInvokeCount: time,
  }),
  fc.record({
    kind: fc.constant('delivery'),
    requestId: fc.constant(requestId),
    deliveryId: text,
    role: fc.constantFrom('onSuccess', 'onFailure', 'deadLetterQueue'),
    destinationArn: text,
    at: time,
    status: fc.constantFrom('delivered', 'dropped'),
    body: text,
  }),
  fc.record(
    {
      kind: fc.constant('record'),
      requestId: fc.constant(requestId),
      at: time,
      functionArn: text,
      condition: fc.constantFrom('Success', 'RetriesExhausted'),
      approximateInvokeCount: fc.integer({ min: 0, max: 3 }),
      executedVersion: text,
      functionError: text,
      errorType: text,
      role: fc.constantFrom('onSuccess', 'onFailure'),
      destinationArn: text,
      responsePayload: fc.constantFrom([0, 0], [0, 1]),
      body: text,
    },
    {
      requiredKeys: [
        'kind',
        'requestId',
        'at',
        'functionArn',
        'condition',
        'approximateInvokeCount',
        'role',
        'destinationArn',
        'body',
      ],
    },
  ),
  fc.record({
    kind: fc.constant('deadLetter'),
    requestId: fc.constant(requestId),
    at: time,
    destinationArn: text,
    errorMessage: text,
    body: text,
  }),
  fc.record({
    kind: fc.constant('settings'),
    requestId: fc.constant(requestId),
    at: time,
    maximumRetryAttempts: fc.integer({ min: 0, max: 2 }),
    maximumEventAgeSeconds: time,
    onFailure: text,
  }),
  fc.record({
    kind: fc.constant('logEvents'),
    requestId: fc.constant(requestId),
    functionName: text,
    logGroupName: text,
    logStreamName: text,
    from: time,
    to: time,
    marks: fc.array(
      fc.oneof<fc.Arbitrary<LogMark>[]>(
        fc.record({ type: fc.constant('start'), at: time, executedVersion: text }),
        fc.record({ type: fc.constant('end'), at: time }),
        fc.record({
          type: fc.constant('report'),
          at: time,
          durationMs: time,
          billedDurationMs: time,
          memorySizeMB: time,
          maxMemoryUsedMB: time,
        }),
        fc.record({
          type: fc.constant('error'),
          at: time,
          status: fc.constantFrom('error', 'timeout', 'exit'),
          errorType: text,
          errorMessage: text,
        }),
      ),
      { maxLength: 3 },
    ),
    lines: fc.array(fc.record({ at: time, message: text, id: fc.constantFrom('1', '2', '~1', '~2') }), {
      maxLength: 3,
    }),
  }),
  fc.record({
    kind: fc.constant('raw'),
    rawId: text,
    at: time,
    destinationArn: text,
    what: fc.constantFrom('unknown', 'eventSourceMapping'),
    body: text,
  }),
);

/** The same pieces in another order, some of them again. */
const shuffled = fc.array(anyPiece, { minLength: 1, maxLength: 25 }).chain((pieces) =>
  fc.tuple(
    fc.constant(pieces),
    fc.subarray(pieces).chain((again) => {
      const all = [...pieces, ...again];
      return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    }),
  ),
);

/** Generated pieces may have no prototype. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('foldInvocation', () => {
  it('gives the same for any order of the pieces, and for pieces told twice', () => {
    fc.assert(
      fc.property(shuffled, ([pieces, others]) => {
        const [one, other] = [foldInvocation(pieces), foldInvocation(others)];
        assert.deepEqual(plain(other), plain(one));
        assert.deepEqual(plain(summarizeInvocation(other)), plain(summarizeInvocation(one)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('tells equal pieces whatever the order of their keys', () => {
    const [sent] = story({ requestId, clientToken: 't' });
    assert.ok(sent);
    const turned = Object.fromEntries(Object.entries(sent).toReversed()) as unknown as InvocationPiece;
    assert.deepEqual(foldInvocation([sent, turned]), foldInvocation([sent]));
  });

  it('keeps everything of a whole story', () => {
    const pieces = story({ requestId, clientToken: 't', failures: 2, end: 'error', delivered: 'onFailure' });
    const invocation = foldInvocation(pieces);
    assert.equal(invocation.sent?.origin, 'charge.js, lens');
    assert.deepEqual(invocation.accepted, {
      kind: 'accepted',
      clientToken: 't',
      requestId,
      at: 1_000_005,
      functionName: 'charge',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:charge:$LATEST',
      payload: '{"orderId":42}',
    });
    assert.deepEqual(
      invocation.attempts.map(({ number, started, ended, logs }) => [number, started?.at, ended?.at, logs.length]),
      [
        [1, 1_000_010, 1_000_050, 1],
        [2, 1_001_050, 1_001_090, 1],
        [3, 1_003_090, 1_003_130, 1],
      ],
    );
    assert.deepEqual(
      invocation.waits.map(({ nominalMs }) => nominalMs),
      [60_000, 120_000],
    );
    assert.equal(invocation.outcome?.condition, 'RetriesExhausted');
    assert.equal(invocation.deliveries.length, 1);
  });

  it('takes the later start of an attempt that a crash cut off, and its end only', () => {
    const started = (at: number): InvocationPiece => ({
      kind: 'attemptStarted',
      requestId,
      attempt: 1,
      at,
      executedVersion: '$LATEST',
    });
    const end = story({ requestId }).find(({ kind }) => kind === 'attemptEnded');
    assert.ok(end?.kind === 'attemptEnded');
    const ended = { ...end, startedAt: 10, at: 20 };
    const early = foldInvocation([started(10), ended]).attempts[0];
    assert.deepEqual([early?.started?.at, early?.ended?.at], [10, 20]);
    const again = foldInvocation([started(30), ended, started(10)]).attempts[0];
    assert.deepEqual([again?.started?.at, again?.ended], [30, undefined]);
    const over = foldInvocation([{ ...ended, startedAt: 30, at: 40 }, started(30), ended, started(10)]).attempts[0];
    assert.deepEqual([over?.started?.at, over?.ended?.at], [30, 40]);
  });

  it('believes a refusal more than a missing answer', () => {
    const refused = {
      kind: 'notAccepted',
      clientToken: 't',
      at: 9,
      errorName: 'E',
      errorMessage: 'm',
      mayHaveRun: false,
    } as const;
    const unheard = { ...refused, at: 1, mayHaveRun: true };
    assert.deepEqual(foldInvocation([unheard, refused]).notAccepted, refused);
  });

  it('is empty for nothing', () => {
    assert.deepEqual(foldInvocation([]), { attempts: [], waits: [], deliveries: [] });
  });
});
