import assert from 'node:assert/strict';
import { arnOf, failure, QueueHarness, queueArn, startOfTime } from '../../../support/queueHarness.ts';

describe('Event queue', () => {
  let harness: QueueHarness;
  beforeEach(() => {
    harness = new QueueHarness();
  });
  afterEach(() => harness[Symbol.asyncDispose]());

  async function restartWith(options: ConstructorParameters<typeof QueueHarness>[0]): Promise<void> {
    await harness[Symbol.asyncDispose]();
    harness = new QueueHarness(options);
  }

  it('gives every attempt the same request id, bytes, invoked ARN and trace', async () => {
    harness.environments.behave = () => failure;
    harness.send(' {"a":1}\n');
    await harness.run();
    const { requests } = harness.environments;
    assert.equal(requests.length, 3);
    for (const request of requests) {
      assert.equal(request.requestId, 'r1');
      assert.equal(new TextDecoder().decode(request.payload), ' {"a":1}\n');
      assert.equal(request.invokedFunctionArn, 'arn:aws:lambda:us-east-1:000000000000:function:fn');
      assert.match(request.traceId, /^Root=1-0{8}-0{24};Parent=0{16};Sampled=0;Lineage=1:[\da-f]{8}:0$/);
      assert.equal(request.executedVersion, '$LATEST');
    }
  });

  it('asks for the function afresh at each attempt: an alias may have moved', async () => {
    harness.functions.publish('fn', 'live', '1');
    harness.environments.behave = () => failure;
    harness.send('{}', 'fn', 'live');
    await harness.settle();
    harness.functions.publish('fn', 'live', '2');
    await harness.run();
    assert.deepEqual(
      harness.environments.requests.map(({ executedVersion, invokedFunctionArn }) => [
        executedVersion,
        invokedFunctionArn,
      ]),
      ['1', '2', '2'].map((version) => [version, 'arn:aws:lambda:us-east-1:000000000000:function:fn:live']),
    );
  });

  it('journals each fact in order', async () => {
    harness.functions.configure('fn', { onFailure: queueArn, maximumRetryAttempts: 1 });
    harness.environments.behave = (_, nth) => ({
      ...failure,
      takes: 100,
      logs: [{ at: nth, message: `line ${nth}\n` }],
    });
    harness.send('{"a":1}');
    await harness.run();
    const [accepted, started, ended, logged, wait] = harness.pieces();
    const at = startOfTime;
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:fn:$LATEST';
    assert.deepEqual(accepted, {
      kind: 'accepted',
      requestId: 'r1',
      at,
      functionName: 'fn',
      functionArn: arn,
      payload: '{"a":1}',
    });
    assert.deepEqual(started, {
      kind: 'attemptStarted',
      requestId: 'r1',
      attempt: 1,
      at,
      executedVersion: '$LATEST',
    });
    assert.deepEqual(ended, {
      kind: 'attemptEnded',
      requestId: 'r1',
      attempt: 1,
      startedAt: at,
      at: at + 100,
      executedVersion: '$LATEST',
      status: 'error',
      durationMs: 100,
      billedDurationMs: 100,
      memorySizeMB: 128,
      maxMemoryUsedMB: 64,
      response: failure.payload,
      logGroupName: '/aws/lambda/fn',
      logStreamName: 'stream',
    });
    assert.deepEqual(logged, {
      kind: 'log',
      requestId: 'r1',
      attempt: 1,
      lines: [{ at: 1, message: 'line 1\n' }],
    });
    assert.deepEqual(wait, {
      kind: 'wait',
      requestId: 'r1',
      afterAttempt: 1,
      reason: 'retry',
      at: at + 100,
      until: at + 60_100,
      nominalMs: 60_000,
    });
    assert.deepEqual(
      harness.pieces().map(({ kind }) => kind),
      [
        ...['accepted', 'attemptStarted', 'attemptEnded', 'log', 'wait'],
        ...['attemptStarted', 'attemptEnded', 'log', 'outcome', 'delivery'],
      ],
    );
    assert.deepEqual(harness.ofKind('outcome'), [
      { kind: 'outcome', requestId: 'r1', at: at + 60_200, condition: 'RetriesExhausted', approximateInvokeCount: 2 },
    ]);
    assert.deepEqual(harness.ofKind('delivery'), [
      {
        kind: 'delivery',
        requestId: 'r1',
        deliveryId: 'r1:onFailure',
        role: 'onFailure',
        destinationArn: queueArn,
        at: at + 60_200,
        status: 'delivered',
        body: harness.sqs.all()[0]?.body,
      },
    ]);
  });

  it('waits 60 s and 120 s, shortened by the time scale; ages count the whole waits', async () => {
    await restartWith({ timeScale: 60 });
    harness.environments.behave = () => failure;
    harness.functions.configure('fn', { maximumEventAgeInSeconds: 181 });
    harness.send();
    await harness.run();
    const waits = harness.ofKind('wait').map(({ at, until, nominalMs }) => [until - at, nominalMs]);
    assert.deepEqual(waits, [
      [1000, 60_000],
      [2000, 120_000],
    ]);
    assert.equal(harness.ofKind('outcome')[0]?.condition, 'RetriesExhausted');
  });

  it('looks ahead by nominal time at any scale', async () => {
    await restartWith({ timeScale: 60 });
    harness.environments.behave = () => failure;
    harness.functions.configure('fn', { maximumEventAgeInSeconds: 90 });
    harness.send();
    await harness.run();
    assert.deepEqual(
      harness.ofKind('outcome').map(({ condition, approximateInvokeCount }) => [condition, approximateInvokeCount]),
      [['EventAgeExceeded', 2]],
    );
  });

  it('does not retry at an age of 60 s, even when the attempt was too short for the clock', async () => {
    harness.environments.behave = () => failure;
    harness.functions.configure('fn', { maximumEventAgeInSeconds: 60, onFailure: queueArn });
    harness.send();
    await harness.settle();
    assert.match(harness.sqs.all()[0]?.body ?? '', /"condition":"EventAgeExceeded","approximateInvokeCount":1/);
  });

  it('counts what attempts take as real time', async () => {
    await restartWith({ timeScale: 60 });
    harness.environments.behave = () => ({ ...failure, takes: 35_000 });
    harness.functions.configure('fn', { maximumEventAgeInSeconds: 240 });
    harness.send();
    await harness.run();
    // 35 s + 60 s + 35 s + 120 s is over 240 s.
    assert.equal(harness.ofKind('outcome')[0]?.condition, 'EventAgeExceeded');
    assert.equal(harness.ofKind('outcome')[0]?.approximateInvokeCount, 2);
  });

  it('is a success however old the event has become', async () => {
    harness.functions.configure('fn', { maximumEventAgeInSeconds: 60 });
    harness.environments.behave = () => ({ takes: 800_000 });
    harness.send();
    await harness.run();
    assert.equal(harness.ofKind('outcome')[0]?.condition, 'Success');
  });

  it('a pause ends with the attempts that run: nothing is started, waits that end included, until it is resumed', async () => {
    harness.environments.behave = (_request, count) => (count === 1 ? failure : {});
    harness.send();
    await harness.settle();
    harness.queue.pause();
    harness.send();
    await harness.run();
    assert.equal(harness.environments.requests.length, 1);
    assert.equal(harness.queue.counts().queued, 2);
    harness.queue.resume();
    await harness.run();
    assert.equal(harness.ofKind('outcome').length, 2);
  });

  it('skips a wait, which then counts as passed in whole', async () => {
    harness.functions.configure('fn', { maximumEventAgeInSeconds: 170 });
    harness.environments.behave = () => failure;
    const requestId = harness.send();
    assert.equal(harness.queue.skipWait(requestId), false);
    await harness.settle();
    harness.clock.skip(10_000);
    assert.equal(harness.queue.skipWait('another'), false);
    assert.equal(harness.queue.skipWait(requestId), true);
    assert.equal(harness.queue.skipWait(requestId), false);
    await harness.settle();
    assert.equal(harness.environments.requests.length, 2);
    const at = startOfTime;
    assert.deepEqual(
      harness.ofKind('wait').map((wait) => [wait.at, wait.until, wait.nominalMs]),
      [
        [at, at + 60_000, 60_000],
        [at, at + 10_000, 60_000],
      ],
    );
    // 60 s have counted, and 120 s more would be too much.
    assert.deepEqual(
      harness.ofKind('outcome').map((outcome) => [outcome.condition, outcome.at]),
      [['EventAgeExceeded', at + 10_000]],
    );
  });

  it('tells what waits, soonest first, and skips all of it at once', async () => {
    harness.functions.publish('fn', 'live', '7');
    harness.environments.behave = () => failure;
    const first = harness.send();
    await harness.settle();
    harness.clock.skip(1000);
    harness.send('{}', 'fn', 'live');
    await harness.settle();
    const at = startOfTime;
    const waits = [
      { requestId: 'r1', functionArn: `${arnOf('fn')}:$LATEST`, at, until: at + 60_000 },
      { requestId: 'r2', functionArn: `${arnOf('fn')}:live`, at: at + 1000, until: at + 61_000 },
    ].map((wait) => ({ ...wait, afterAttempt: 1, nominalMs: 60_000, reason: 'retry' as const }));
    assert.deepEqual(harness.queue.waits(10), { total: 2, waits });
    assert.deepEqual(harness.queue.waits(1), { total: 2, waits: waits.slice(0, 1) });
    // A crash changes nothing of when they end.
    harness.crash();
    harness.open();
    assert.deepEqual(harness.queue.waits(10), { total: 2, waits });

    assert.equal(harness.queue.skipAllWaits(), 2);
    assert.equal(harness.queue.skipAllWaits(), 0);
    assert.equal(harness.queue.skipWait(first), false);
    assert.deepEqual(harness.queue.waits(10), { total: 0, waits: [] });
    await harness.settle();
    assert.equal(harness.environments.requests.length, 4);
    assert.deepEqual(
      harness.queue.waits(10).waits.map(({ requestId, nominalMs }) => [requestId, nominalMs]),
      [
        ['r1', 120_000],
        ['r2', 120_000],
      ],
    );
  });

  it('skips no attempt that runs', async () => {
    const gate = Promise.withResolvers<void>();
    harness.environments.behave = (_, nth) => (nth === 1 ? failure : { until: gate.promise });
    const requestId = harness.send();
    await harness.settle();
    harness.queue.skipWait(requestId);
    await harness.settle();
    assert.equal(harness.queue.skipAllWaits(), 0);
    gate.resolve();
    await harness.run();
    assert.equal(harness.environments.requests.length, 2);
  });

  it('counts real time again from the end of a skipped wait', async () => {
    harness.functions.configure('fn', { maximumEventAgeInSeconds: 200 });
    harness.environments.behave = (_, nth) => ({ ...failure, takes: nth === 1 ? 0 : 21_000 });
    const requestId = harness.send();
    await harness.run(() => harness.ofKind('wait').length === 1);
    harness.queue.skipWait(requestId);
    await harness.run();
    // 60 s + 21 s + 120 s is over 200 s.
    assert.equal(harness.ofKind('outcome')[0]?.condition, 'EventAgeExceeded');
    assert.equal(harness.environments.requests.length, 2);
  });

  it('begins a new back-off after an attempt', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    harness.functions.add('fn', { reservedConcurrentExecutions: 1 });
    harness.environments.behave = ({ requestId }) =>
      requestId === 'r2' ? failure : { until: gates[requestId === 'r1' ? 0 : 1]?.promise ?? Promise.resolve() };
    const throttles = (): readonly number[] =>
      harness
        .ofKind('wait')
        .flatMap(({ requestId, reason, nominalMs }) =>
          requestId === 'r2' && reason === 'throttle' ? [nominalMs] : [],
        );
    harness.send();
    harness.send();
    await harness.run(() => throttles().length === 3);
    gates[0]?.resolve();
    await harness.run(() => harness.ofKind('attemptEnded').some(({ requestId }) => requestId === 'r2'));
    harness.send();
    await harness.run(() => throttles().length === 5);
    assert.deepEqual(throttles(), [1000, 2000, 4000, 1000, 2000]);
    gates[1]?.resolve();
  });

  it('looks settings up under exactly the invoked qualifier', async () => {
    harness.functions.publish('fn', 'live', '1');
    harness.functions.configure('fn', { maximumRetryAttempts: 0 }, '$LATEST');
    harness.functions.configure('fn', { maximumRetryAttempts: 1 }, '1');
    harness.environments.behave = () => failure;
    harness.send('{}', 'fn', 'live');
    await harness.run();
    assert.equal(harness.ofKind('outcome')[0]?.approximateInvokeCount, 3);
  });

  it('uses settings as they are when an attempt ends', async () => {
    const gate = Promise.withResolvers<void>();
    harness.environments.behave = () => ({ ...failure, until: gate.promise });
    harness.send();
    await harness.settle();
    harness.functions.configure('fn', { maximumRetryAttempts: 0, onFailure: queueArn });
    gate.resolve();
    await harness.settle();
    assert.equal(harness.sqs.all().length, 1);
  });

  it('backs off from throttles by 1 s doubling to 300 s, without using up attempts', async () => {
    const gate = Promise.withResolvers<void>();
    harness.functions.add('fn', { reservedConcurrentExecutions: 1 });
    harness.environments.behave = (_, nth) => (nth === 1 ? { until: gate.promise } : failure);
    harness.send();
    const second = harness.send();
    const waits = (): readonly [string, number, number][] =>
      harness
        .ofKind('wait')
        .filter(({ requestId }) => requestId === second)
        .map(({ reason, afterAttempt, nominalMs }) => [reason, afterAttempt, nominalMs / 1000]);
    await harness.run(() => waits().length === 11);
    assert.deepEqual(
      waits(),
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => ['throttle', 0, seconds]),
    );
    gate.resolve();
    await harness.run();
    assert.deepEqual(waits().slice(11), [
      ['retry', 1, 60],
      ['retry', 2, 120],
    ]);
    const outcome = harness.ofKind('outcome').find(({ requestId }) => requestId === second);
    assert.equal(outcome?.approximateInvokeCount, 3);
  });

  it('runs a function created again under the same name at the next look-up', async () => {
    harness.send();
    harness.functions.remove('fn');
    await harness.settle();
    harness.functions.add('fn');
    await harness.run();
    assert.equal(harness.ofKind('outcome')[0]?.condition, 'Success');
    assert.equal(harness.ofKind('attemptStarted')[0]?.attempt, 2);
  });

  it('keeps the settings of a function that is deleted while an attempt runs', async () => {
    const gate = Promise.withResolvers<void>();
    harness.functions.add('fn', { deadLetterTargetArn: queueArn });
    harness.send();
    harness.environments.behave = () => ({ ...failure, until: gate.promise });
    await harness.settle();
    harness.functions.configure('fn', { maximumRetryAttempts: 0, onFailure: queueArn });
    harness.functions.remove('fn');
    gate.resolve();
    await harness.run();
    // The configuration came too late to be seen; the dead-letter queue was there from the start.
    assert.equal(harness.ofKind('outcome')[0]?.approximateInvokeCount, 3);
    assert.deepEqual(
      harness.ofKind('delivery').map(({ role }) => role),
      ['deadLetterQueue'],
    );
  });

  it('backs off when the environment fails, until the event is too old', async () => {
    harness.functions.configure('fn', { maximumEventAgeInSeconds: 60, onFailure: queueArn });
    harness.environments.behave = () => ({ breaks: true });
    harness.send();
    await harness.run();
    assert.match(
      harness.sqs.all()[0]?.body ?? '',
      /"EventAgeExceeded","approximateInvokeCount":0.*"statusCode":500\}\}$/,
    );
    assert.match(harness.log.join('\n'), /spawn failed/);
  });

  it('runs the longest due first, no more at a time than allowed', async () => {
    await restartWith({ maxConcurrency: 2 });
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    harness.environments.behave = (_, nth) => ({ until: gates[nth - 1]?.promise ?? Promise.resolve() });
    const ids = gates.map(() => harness.send());
    const begun = (): readonly string[] => harness.environments.requests.map(({ requestId }) => requestId);
    await harness.settle();
    assert.deepEqual(begun(), ids.slice(0, 2));
    assert.deepEqual(harness.queue.counts(), { queued: 3, running: 2 });
    gates[1]?.resolve();
    await harness.settle();
    assert.deepEqual(begun(), ids.slice(0, 3));
    for (const gate of gates) gate.resolve();
    await harness.settle();
    assert.deepEqual(begun(), ids);
    assert.deepEqual(harness.queue.counts(), { queued: 0, running: 0 });
  });

  it('takes more due events than it looks at in one turn', async () => {
    harness.functions.add('fn', { reservedConcurrentExecutions: 0 });
    for (let index = 0; index < 200; index += 1) harness.send();
    await harness.settle();
    assert.equal(harness.ofKind('outcome').length, 200);
  });

  it('accepts inside a transaction, and not at all when that is rolled back', async () => {
    harness.db.exec('BEGIN');
    harness.send();
    harness.db.exec('ROLLBACK');
    await harness.run();
    assert.deepEqual(harness.pieces(), []);
    assert.deepEqual(harness.environments.requests, []);
  });

  it('does not accept an event for a function that was never there', () => {
    assert.throws(() => harness.send('{}', 'nobody'), /Function not found: nobody/);
  });

  it('writes what an attempt came to when it can at last, and does not run the handler again', async () => {
    harness.functions.configure('fn', { onSuccess: queueArn });
    harness.db.exec(`CREATE TRIGGER full BEFORE DELETE ON queued_events BEGIN SELECT RAISE(ABORT, 'disk full'); END`);
    harness.send();
    await harness.settle();
    assert.deepEqual(harness.sqs.all(), []);
    assert.match(harness.log.join('\n'), /disk full/);
    harness.db.exec('DROP TRIGGER full');
    await harness.run();
    assert.equal(harness.sqs.all().length, 1);
    assert.equal(harness.ofKind('outcome').length, 1);
    assert.equal(harness.ofKind('attemptStarted').length, 1);
  });

  it('stops: starts nothing more, waits for what runs, leaves the rest', async () => {
    await restartWith({ maxConcurrency: 1 });
    harness.environments.behave = () => ({ takes: 500 });
    harness.send();
    harness.send();
    await harness.settle();
    const stopped = harness.queue.stop(3000);
    harness.clock.advance();
    await stopped;
    assert.equal(harness.ofKind('outcome').length, 1);
    assert.deepEqual(harness.queue.counts(), { queued: 1, running: 0 });
    harness.crash();
    harness.open();
    await harness.run();
    assert.equal(harness.ofKind('outcome').length, 2);
    assert.ok(harness.log.includes('Events taken up from an earlier run: 1'));
  });

  it('cuts off what outlasts the grace, and runs it again', async () => {
    harness.environments.behave = (_, nth) => ({ takes: nth === 1 ? 5000 : 1 });
    harness.send();
    await harness.settle();
    const stopped = harness.queue.stop(3000);
    harness.clock.advance();
    await stopped;
    assert.equal(harness.ofKind('outcome').length, 0);
    // The attempt ends after all, too late.
    harness.clock.advance();
    await harness.settle();
    assert.equal(harness.ofKind('attemptEnded').length, 0);
    harness.crash();
    harness.open();
    await harness.run();
    assert.deepEqual(
      harness.ofKind('attemptStarted').map(({ attempt }) => attempt),
      [1, 1],
    );
    assert.equal(harness.ofKind('outcome')[0]?.approximateInvokeCount, 1);
  });
});
