import assert from 'node:assert/strict';
import {
  LambdaMetricRecorder,
  type LambdaMetricName,
  type LambdaMetrics,
} from '../../../../src/local/cloudwatch/lambdaMetrics.ts';
import { measuredEnvironments } from '../../../../src/local/cloudwatch/measuredEnvironments.ts';
import { MetricRecorder } from '../../../../src/local/cloudwatch/metricRecorder.ts';
import { MetricTable } from '../../../../src/local/cloudwatch/metricTable.ts';
import { createEventQueue } from '../../../../src/local/events/sqliteEventQueue.ts';
import { LocalFaultRegistry } from '../../../../src/local/faults/localFaults.ts';
import { type Behaviour, failure, QueueHarness, queueArn, startOfTime } from '../../../support/queueHarness.ts';

const missing = 'arn:aws:sqs:us-east-1:000000000000:missing.fifo';

/** A queue that measures what it does. */
class MeasuredQueue extends QueueHarness {
  readonly faults = new LocalFaultRegistry();
  readonly #recorder: MetricRecorder;
  readonly #table: MetricTable;

  constructor() {
    super();
    // The one that does not.
    void this.queue.stop(0);
    this.#table = new MetricTable(this.db);
    this.#recorder = new MetricRecorder({ db: this.db, table: this.#table, now: () => this.clock.now() });
    const metrics: LambdaMetrics = new LambdaMetricRecorder(this.#recorder);
    const { db, journal, functions: registry, clock, sqs, faults } = this;
    const note = (message: string): void => void this.log.push(message);
    this.queue = createEventQueue({
      ...{ db, journal, registry, clock, metrics, faults },
      environments: measuredEnvironments(this.environments, metrics, () => clock.now()),
      targets: { SQS: sqs },
      timeScale: 1,
      log: { trace: note, debug: note, info: note, warn: note, error: note },
    });
    this.queue.start();
  }

  /** What `[samples, sum]` of a metric are, by minutes since the beginning. */
  of(metricName: LambdaMetricName, ...values: readonly string[]): Readonly<Record<number, readonly [number, number]>> {
    this.#recorder.flush();
    const names = values.length === 3 ? ['ExecutedVersion', 'FunctionName', 'Resource'] : ['FunctionName', 'Resource'];
    const dimensions = values.map((value, index) => [names[index] ?? '', value] as const);
    const from = Math.floor(startOfTime / 60_000) * 60_000;
    const minutes = this.#table.minutes({ namespace: 'AWS/Lambda', metricName, dimensions }, from, from + 86_400_000);
    return Object.fromEntries(
      minutes.map(({ at, distribution: { samples, sum } }) => [(at - from) / 60_000, [samples, sum]]),
    );
  }
}

describe('what the event queue measures', () => {
  it('is how old an event is whenever it runs, and what became of it, each in its minute', async () => {
    await using harness = new MeasuredQueue();
    harness.environments.behave = () => failure;
    harness.send();
    await harness.run();
    // 15:18:45, a minute later, and two minutes after that.
    assert.deepEqual(harness.of('AsyncEventsReceived', 'fn'), { 0: [1, 1] });
    assert.deepEqual(harness.of('AsyncEventAge', 'fn'), { 0: [1, 0], 1: [1, 60_000], 3: [1, 180_000] });
    assert.deepEqual(harness.of('Invocations', 'fn'), { 0: [1, 1], 1: [1, 1], 3: [1, 1] });
    assert.deepEqual(harness.of('Errors', 'fn'), { 0: [1, 1], 1: [1, 1], 3: [1, 1] });
    assert.deepEqual(harness.of('AsyncEventsDropped', 'fn'), { 3: [1, 1] });
    assert.deepEqual(harness.of('DeadLetterErrors', 'fn'), {});
    assert.deepEqual(harness.of('DestinationDeliveryFailures', 'fn'), {});
  });

  it('is a success with none dropped', async () => {
    await using harness = new MeasuredQueue();
    harness.functions.configure('fn', { onSuccess: queueArn });
    harness.send();
    await harness.run();
    assert.deepEqual(harness.of('AsyncEventsDropped', 'fn'), { 0: [1, 0] });
    assert.deepEqual(harness.of('Errors', 'fn'), { 0: [1, 0] });
    assert.deepEqual(harness.of('Throttles', 'fn'), { 0: [1, 0] });
    assert.deepEqual(harness.of('DestinationDeliveryFailures', 'fn'), {});
  });

  it('is each delivery that failed, the dead-letter queue’s and the destination’s apart', async () => {
    await using harness = new MeasuredQueue();
    harness.functions.add('fn', { deadLetterTargetArn: missing });
    harness.functions.configure('fn', { maximumRetryAttempts: 0, onFailure: queueArn, onSuccess: missing });
    harness.environments.behave = (_, nth): Behaviour => (nth === 1 ? failure : {});
    harness.send();
    harness.send();
    await harness.run();
    assert.deepEqual(harness.of('DeadLetterErrors', 'fn'), { 0: [1, 1] });
    assert.deepEqual(harness.of('DestinationDeliveryFailures', 'fn'), { 0: [1, 1] });
    assert.deepEqual(harness.of('AsyncEventsDropped', 'fn'), { 0: [2, 1] });
  });

  it('is a throttle for each time that there was no concurrency, and no invocation', async () => {
    await using harness = new MeasuredQueue();
    harness.functions.add('fn', { reservedConcurrentExecutions: 1 });
    harness.environments.behave = (_, nth): Behaviour => (nth === 1 ? { takes: 2_500 } : {});
    harness.send();
    harness.send();
    await harness.run();
    // At once, a second later; after two more there is room.
    assert.deepEqual(harness.of('Throttles', 'fn'), { 0: [4, 2] });
    assert.deepEqual(harness.of('Invocations', 'fn'), { 0: [2, 2] });
    assert.deepEqual(harness.of('Errors', 'fn'), { 0: [4, 0] });
    assert.deepEqual(harness.of('ConcurrentExecutions', 'fn'), { 0: [2, 2] });
    assert.deepEqual(harness.of('AsyncEventAge', 'fn'), { 0: [2, 3_000] });
  });

  it('is a drop without an invocation where reserved concurrency is zero', async () => {
    await using harness = new MeasuredQueue();
    harness.functions.add('fn', { reservedConcurrentExecutions: 0 });
    harness.send();
    await harness.run();
    assert.deepEqual(harness.of('AsyncEventsDropped', 'fn'), { 0: [1, 1] });
    assert.deepEqual(harness.of('Throttles', 'fn'), { 0: [1, 1] });
    assert.deepEqual(harness.of('Invocations', 'fn'), {});
    assert.deepEqual(harness.of('AsyncEventAge', 'fn'), {});
  });

  it('is a throttle and a failed delivery, too, when they are made faults', async () => {
    await using harness = new MeasuredQueue();
    harness.functions.configure('fn', { onSuccess: queueArn });
    harness.faults.add({ functionName: 'fn', kind: 'throttle', times: 2 });
    harness.faults.add({ functionName: 'fn', kind: 'deliveryFailure', times: 1 });
    harness.send();
    await harness.run();
    assert.deepEqual(harness.of('Throttles', 'fn'), { 0: [3, 2] });
    assert.deepEqual(harness.of('DestinationDeliveryFailures', 'fn'), { 0: [1, 1] });
  });

  it('is an invocation dropped where a loop ends', async () => {
    await using harness = new MeasuredQueue();
    harness.functions.configure('fn', { onSuccess: harness.functions.resolve('fn')?.definition.functionArn ?? '' });
    harness.send();
    await harness.run();
    assert.deepEqual(harness.of('RecursiveInvocationsDropped', 'fn'), { 0: [1, 1] });
    assert.deepEqual(harness.of('Invocations', 'fn'), { 0: [16, 16] });
    assert.deepEqual(harness.of('AsyncEventsReceived', 'fn'), { 0: [17, 17] });
    assert.deepEqual(harness.of('AsyncEventsDropped', 'fn'), { 0: [17, 1] });
  });

  it('is told of what was invoked: unqualified, a version, an alias and the version that it ran', async () => {
    await using harness = new MeasuredQueue();
    harness.functions.publish('fn', '7', '7');
    harness.functions.publish('fn', 'live', '7');
    for (const qualifier of [undefined, '$LATEST', '7', 'live']) harness.send('{}', 'fn', qualifier);
    await harness.run();
    const one = { 0: [1, 1] };
    assert.deepEqual(harness.of('Invocations'), { 0: [4, 4] });
    assert.deepEqual(harness.of('Invocations', 'fn'), { 0: [4, 4] });
    for (const resource of ['fn', 'fn:$LATEST', 'fn:7', 'fn:live']) {
      assert.deepEqual(harness.of('Invocations', 'fn', resource), one, resource);
      assert.deepEqual(harness.of('AsyncEventsReceived', 'fn', resource), one, resource);
    }
    assert.deepEqual(harness.of('Invocations', '7', 'fn', 'fn:live'), one);
    assert.deepEqual(harness.of('AsyncEventsReceived', '7', 'fn', 'fn:live'), {});
    assert.deepEqual(harness.of('Invocations', '7', 'fn', 'fn:7'), {});
    assert.deepEqual(harness.of('ConcurrentExecutions', '7', 'fn', 'fn:live'), {});
  });

  it('counts once, however often it takes to write an outcome down', async () => {
    await using harness = new MeasuredQueue();
    harness.db.exec(`
      CREATE TRIGGER full BEFORE DELETE ON queued_events WHEN OLD.request_id = 'r2' BEGIN SELECT RAISE(ABORT, 'disk full'); END
    `);
    // Both end in one turn, and so in one commit, which fails for the second.
    harness.send();
    harness.send();
    await harness.settle();
    for (const _ of [1, 2, 3]) {
      harness.clock.advance();
      await harness.settle();
    }
    assert.deepEqual(harness.of('AsyncEventsDropped', 'fn'), { 0: [1, 0] });
    harness.db.exec('DROP TRIGGER full');
    await harness.run();
    assert.deepEqual(harness.of('AsyncEventsDropped', 'fn'), { 0: [2, 0] });
    assert.deepEqual(harness.of('Invocations', 'fn'), { 0: [2, 2] });
  });
});
