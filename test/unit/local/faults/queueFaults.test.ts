import assert from 'node:assert/strict';
import { LocalFaultRegistry } from '../../../../src/local/faults/localFaults.ts';
import { foldInvocation } from '../../../../src/model/foldInvocation.ts';
import { failure, QueueHarness, queueArn, startOfTime } from '../../../support/queueHarness.ts';

interface Told {
  readonly condition: string;
  readonly count: number;
  readonly context: unknown;
}

describe('faults of the event queue', () => {
  let faults: LocalFaultRegistry;
  let harness: QueueHarness;

  beforeEach(() => {
    faults = new LocalFaultRegistry();
    harness = new QueueHarness({ faults });
    harness.functions.configure('fn', { onSuccess: queueArn, onFailure: queueArn });
  });
  afterEach(() => harness[Symbol.asyncDispose]());

  /** What came to the queue. */
  const records = (): readonly Told[] =>
    harness.sqs.all().map(({ body }) => {
      const record = JSON.parse(body) as {
        requestContext: { condition: string; approximateInvokeCount: number };
        responseContext?: unknown;
      };
      const { condition, approximateInvokeCount: count } = record.requestContext;
      return { condition, count, context: record.responseContext };
    });
  const marks = (kind: 'attemptEnded' | 'wait' | 'outcome' | 'delivery'): unknown[] =>
    harness.ofKind(kind).map(({ fault }) => fault);
  const success = { statusCode: 200, executedVersion: '$LATEST' };
  const error = { ...success, functionError: 'Unhandled' };

  it('throttle: waits as throttled events do, uses up no attempt, and says so', async () => {
    faults.add({ functionName: 'fn', kind: 'throttle', times: 3 });
    harness.send();
    await harness.run();
    const waits = harness.ofKind('wait').map(({ reason, nominalMs, afterAttempt, fault }) => ({
      reason,
      nominalMs,
      afterAttempt,
      fault,
    }));
    assert.deepEqual(
      waits,
      [1_000, 2_000, 4_000].map((nominalMs) => ({ reason: 'throttle', nominalMs, afterAttempt: 0, fault: 'throttle' })),
    );
    assert.deepEqual(records(), [{ condition: 'Success', count: 1, context: success }]);
    assert.deepEqual(marks('outcome'), [undefined]);
  });

  it('throttle without an end: the event ages out, as on AWS', async () => {
    harness.functions.configure('fn', { onFailure: queueArn, maximumEventAgeInSeconds: 60 });
    faults.add({ functionName: '*', kind: 'throttle' });
    harness.send();
    await harness.run();
    assert.deepEqual(records(), [{ condition: 'EventAgeExceeded', count: 0, context: { statusCode: 429 } }]);
    assert.deepEqual(marks('outcome'), ['throttle']);
    assert.equal(harness.environments.requests.length, 0);
  });

  it('ageOut: a new event never runs', async () => {
    faults.add({ functionName: 'fn', kind: 'ageOut', times: 1 });
    harness.send();
    await harness.run();
    assert.deepEqual(records(), [{ condition: 'EventAgeExceeded', count: 0, context: { statusCode: 429 } }]);
    assert.deepEqual(marks('outcome'), ['ageOut']);
    assert.equal(harness.clock.now(), startOfTime);
  });

  it('ageOut while an attempt runs: that was its last, and the record has its error', async () => {
    harness.environments.behave = () => ({ ...failure, takes: 10 });
    harness.send();
    await harness.settle();
    faults.add({ functionName: 'fn', kind: 'ageOut', times: 1 });
    await harness.run();
    assert.deepEqual(records(), [{ condition: 'EventAgeExceeded', count: 1, context: error }]);
    assert.deepEqual(marks('outcome'), ['ageOut']);
    assert.deepEqual(marks('attemptEnded'), [undefined]);
  });

  it('timeout: makes the event as old as the whole time-out would', async () => {
    harness.functions.configure('fn', { onFailure: queueArn, maximumEventAgeInSeconds: 90 });
    harness.environments.behave = () => ({ ...failure, status: 'timeout', fault: 'timeout', says: 29_000 });
    harness.send();
    await harness.run();
    // 29 s, a minute, 29 s: two minutes more are too many; with 30 s the minute is.
    assert.deepEqual(records(), [{ condition: 'EventAgeExceeded', count: 2, context: error }]);
    harness.environments.behave = () => ({ ...failure, status: 'timeout', fault: 'timeout', says: 30_000 });
    harness.send();
    await harness.run();
    assert.equal(records()[1]?.count, 1);
  });

  it('duplicate: runs twice under one request id, with a record each', async () => {
    faults.add({ functionName: 'fn', kind: 'duplicate', times: 1 });
    harness.send('{"n":1}');
    await harness.run();
    assert.deepEqual(
      harness.environments.requests.map(({ requestId }) => requestId),
      ['r1', 'r1'],
    );
    const one = { condition: 'Success', count: 1, context: success };
    assert.deepEqual(records(), [one, one]);
    assert.deepEqual(
      harness.ofKind('attemptEnded').map(({ attempt, fault }) => ({ attempt, fault })),
      [
        { attempt: 1, fault: undefined },
        { attempt: 2, fault: 'duplicate' },
      ],
    );
    assert.deepEqual(
      harness.ofKind('delivery').map(({ deliveryId, fault }) => ({ deliveryId, fault })),
      [
        { deliveryId: 'r1:onSuccess', fault: undefined },
        { deliveryId: 'r1:onSuccess:2', fault: 'duplicate' },
      ],
    );
    assert.deepEqual(harness.queue.counts(), { queued: 0, running: 0 });
    // Folded, it is one invocation that ended twice.
    const { outcome, secondOutcome, deliveries } = foldInvocation(harness.pieces('r1'));
    assert.deepEqual([outcome?.fault, secondOutcome?.fault], [undefined, 'duplicate']);
    assert.equal(secondOutcome?.condition, 'Success');
    assert.equal(deliveries.length, 2);
  });

  it('duplicate: the second run has retries of its own, and begins as old as the first', async () => {
    harness.functions.configure('fn', { onFailure: queueArn, maximumEventAgeInSeconds: 90 });
    harness.environments.behave = () => failure;
    faults.add({ functionName: 'fn', kind: 'duplicate', times: 1 });
    harness.send();
    await harness.run();
    const two = { condition: 'EventAgeExceeded', count: 2, context: error };
    assert.deepEqual(records(), [two, two]);
    assert.deepEqual(
      harness.ofKind('attemptEnded').map(({ attempt }) => attempt),
      [1, 2, 3, 4],
    );
    assert.deepEqual(
      harness.ofKind('wait').map(({ afterAttempt, fault }) => ({ afterAttempt, fault })),
      [
        { afterAttempt: 1, fault: undefined },
        { afterAttempt: 3, fault: 'duplicate' },
      ],
    );
  });

  it('duplicate: outlives the process that it came about in', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    harness.environments.behave = (_, nth) => (nth === 1 ? { until: promise } : {});
    faults.add({ functionName: 'fn', kind: 'duplicate', times: 1 });
    harness.send();
    await harness.settle();
    harness.crash();
    resolve();
    harness.open();
    await harness.run();
    // Cut off once, then run twice.
    assert.equal(harness.environments.requests.length, 3);
    assert.equal(records().length, 2);
  });

  it('deliveryFailure: what is delivered is dropped, told, and marked; the rest goes on', async () => {
    const letters = queueArn.replace('results', 'letters');
    harness.functions.add('fn', { deadLetterTargetArn: letters });
    harness.functions.configure('fn', { onFailure: queueArn, maximumRetryAttempts: 0 });
    harness.environments.behave = () => failure;
    faults.add({ functionName: 'fn', kind: 'deliveryFailure', role: 'onFailure', times: 1 });
    harness.send();
    await harness.run();
    assert.deepEqual(
      harness.sqs.all().map(({ arn }) => arn),
      [letters],
    );
    const reason = 'Made to fail by a fault on demand.';
    assert.deepEqual(
      harness
        .ofKind('delivery')
        .map((piece) => ({ role: piece.role, status: piece.status, reason: piece.reason, fault: piece.fault })),
      [
        { role: 'deadLetterQueue', status: 'delivered', reason: undefined, fault: undefined },
        { role: 'onFailure', status: 'dropped', reason, fault: 'deliveryFailure' },
      ],
    );
    assert.ok(harness.log.some((line) => line.includes(reason)));
    assert.deepEqual(marks('outcome'), [undefined]);
  });

  it('leave no trace in events that they do not hit', async () => {
    faults.add({ functionName: 'another', kind: 'throttle' });
    harness.send();
    await harness.run();
    assert.deepEqual(records(), [{ condition: 'Success', count: 1, context: success }]);
    for (const piece of harness.pieces()) assert.equal('fault' in piece, false);
  });
});
