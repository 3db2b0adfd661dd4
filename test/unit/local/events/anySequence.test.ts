import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ExecutionRecord } from '../../../../src/model/executionRecord.ts';
import { arnOf, failure, QueueHarness, queueArn, startOfTime } from '../../../support/queueHarness.ts';

const attempt = fc.record({
  ends: fc.constantFrom('success', 'error', 'timeout', 'exit', 'breaks'),
  takes: fc.integer({ min: 0, max: 200_000 }),
  /** What happens to the function or the process meanwhile. */
  meanwhile: fc.constantFrom('nothing', 'nothing', 'nothing', 'crash', 'remove', 'add', 'skip', 'skipAll'),
});

const settings = fc.record({
  maximumRetryAttempts: fc.integer({ min: 0, max: 2 }),
  maximumEventAgeInSeconds: fc.integer({ min: 60, max: 400 }),
});

const planned = fc.record({
  succeeds: fc.boolean(),
  takes: fc.integer({ min: 1, max: 150_000 }),
  /** How the wait after it ends, if one follows. */
  wait: fc.constantFrom('by itself', 'skipped', 'all skipped', 'over a crash', 'over a restart'),
});
type Step = typeof planned extends fc.Arbitrary<infer T> ? T : never;

describe('Event queue, whatever its attempts come to', () => {
  it('has one outcome, no more attempts than allowed, a record for the outcome, and no age beyond its limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(attempt, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 60, max: 600 }),
        fc.constantFrom(1, 60),
        async (attempts, maximumRetryAttempts, maximumEventAgeInSeconds, timeScale) => {
          await using harness = new QueueHarness({ timeScale });
          const config = { maximumRetryAttempts, maximumEventAgeInSeconds, onSuccess: queueArn, onFailure: queueArn };
          harness.functions.configure('fn', config);
          harness.environments.behave = (_, nth) => {
            const { ends, takes } = attempts[nth - 1] ?? { ends: 'error' as const, takes: 1 };
            return ends === 'breaks' ? { breaks: true } : { ...failure, status: ends, takes };
          };
          harness.send();
          let step = 0;
          const interfere = (): void => {
            const { meanwhile } = attempts[step] ?? { meanwhile: 'add' };
            step += 1;
            if (meanwhile === 'remove') harness.functions.remove('fn');
            if (meanwhile === 'skip') harness.queue.skipWait('r1');
            if (meanwhile === 'skipAll') harness.queue.skipAllWaits();
            if (meanwhile === 'add') {
              harness.functions.add('fn');
              harness.functions.configure('fn', config);
            }
            if (meanwhile === 'crash') {
              harness.crash();
              harness.open();
            }
          };
          await harness.settle();
          while (harness.queue.counts().queued + harness.queue.counts().running > 0) {
            interfere();
            await harness.settle();
            harness.clock.advance();
            await harness.settle();
          }

          assert.equal(harness.ofKind('outcome').length, 1);
          const ended = harness.ofKind('attemptEnded').map(({ attempt: number }) => number);
          assert.ok(ended.every((number) => number <= maximumRetryAttempts + 1));
          assert.deepEqual(
            ended,
            [...new Set(ended)].toSorted((a, b) => a - b),
          );
          const [outcome] = harness.ofKind('outcome');
          const succeeded = outcome?.condition === 'Success';
          assert.equal(harness.ofKind('attemptEnded').at(-1)?.status === 'success', succeeded);
          assert.ok((outcome?.approximateInvokeCount ?? 99) <= maximumRetryAttempts + 1);
          assert.equal(harness.ofKind('delivery').length, 1);
          const delivered = harness.ofKind('delivery').filter(({ status }) => status === 'delivered').length;
          assert.equal(harness.sqs.all().length, delivered);
          // A wait that was skipped is told twice.
          const retries = new Map(
            harness
              .ofKind('wait')
              .filter(({ reason }) => reason === 'retry')
              .map(({ at, afterAttempt, nominalMs }) => [`${afterAttempt} ${at}`, nominalMs]),
          );
          assert.ok(retries.size <= maximumRetryAttempts);
          const waited = retries.values().reduce((sum, nominalMs) => sum + nominalMs, 0);
          assert.ok(waited < maximumEventAgeInSeconds * 1000);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('comes out as a small model says, under whatever qualifier, however its waits end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(planned, { minLength: 3, maxLength: 3 }),
        fc.record({ $LATEST: settings, live: settings, '7': settings }),
        fc.constantFrom(undefined, '$LATEST', 'live', '7'),
        fc.constantFrom(1, 60),
        async (steps, configs, qualifier, timeScale) => {
          await using harness = new QueueHarness({ timeScale });
          harness.functions.publish('fn', 'live', '7');
          harness.functions.publish('fn', '7', '7');
          for (const [name, its] of Object.entries(configs)) {
            harness.functions.configure('fn', { ...its, onSuccess: queueArn, onFailure: queueArn }, name);
          }
          harness.environments.behave = (_, nth) => {
            const { succeeds, takes } = steps[nth - 1] ?? assert.fail('one attempt too many');
            return succeeds ? { takes } : { ...failure, takes };
          };
          harness.send('{}', 'fn', qualifier);
          await harness.settle();
          for (let ended = 0; harness.queue.counts().queued + harness.queue.counts().running > 0;) {
            const waits = harness.queue.waits(1).total === 1 && harness.ofKind('attemptEnded').length > ended;
            if (waits) {
              const { wait } = steps[ended] ?? assert.fail('a wait after the last attempt');
              ended += 1;
              await during(harness, wait);
              if (isSkip(wait)) continue;
            }
            harness.clock.advance();
            await harness.settle();
          }

          const invoked = qualifier ?? '$LATEST';
          const expected = model(steps, configs[invoked], timeScale);
          const [record, ...more] = harness.sqs.all().map(({ body }) => JSON.parse(body) as ExecutionRecord);
          assert.deepEqual(more, []);
          assert.deepEqual(
            {
              condition: record?.requestContext.condition,
              at: Date.parse(record?.timestamp ?? ''),
              attempts: harness.environments.requests.length,
            },
            expected,
          );
          assert.equal(record?.requestContext.functionArn, `${arnOf('fn')}:${invoked}`);
          assert.equal(record.responseContext?.executedVersion, invoked === '$LATEST' ? '$LATEST' : '7');
        },
      ),
      { numRuns: 200 },
    );
  });
});

function isSkip(wait: Step['wait']): boolean {
  return wait === 'skipped' || wait === 'all skipped';
}

async function during(harness: QueueHarness, wait: Step['wait']): Promise<void> {
  if (wait === 'skipped') assert.equal(harness.queue.skipWait('r1'), true);
  if (wait === 'all skipped') assert.equal(harness.queue.skipAllWaits(), 1);
  if (wait === 'over a restart') await harness.queue.stop(0);
  if (wait === 'over a restart' || wait === 'over a crash') {
    harness.crash();
    // Less than any wait.
    harness.clock.skip(500);
    harness.open();
  }
  await harness.settle();
}

/** What has to come of an event: its end, when, and after how many attempts. */
function model(
  steps: readonly Step[],
  {
    maximumRetryAttempts,
    maximumEventAgeInSeconds,
  }: { maximumRetryAttempts: number; maximumEventAgeInSeconds: number },
  timeScale: number,
): { readonly condition: string; readonly at: number; readonly attempts: number } {
  let at = startOfTime;
  let age = 0;
  for (const [index, { succeeds, takes, wait }] of steps.entries()) {
    const attempts = index + 1;
    at += takes;
    age += takes;
    if (succeeds) return { condition: 'Success', at, attempts };
    if (attempts > maximumRetryAttempts) return { condition: 'RetriesExhausted', at, attempts };
    const pause = attempts === 1 ? 60_000 : 120_000;
    age += pause;
    if (age >= maximumEventAgeInSeconds * 1000) return { condition: 'EventAgeExceeded', at, attempts };
    if (!isSkip(wait)) at += pause / timeScale;
  }
  return assert.fail('three attempts are the most there are');
}
