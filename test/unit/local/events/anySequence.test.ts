import assert from 'node:assert/strict';
import fc from 'fast-check';
import { failure, QueueHarness, queueArn } from '../../../support/queueHarness.ts';

const attempt = fc.record({
  ends: fc.constantFrom('success', 'error', 'timeout', 'exit', 'breaks'),
  takes: fc.integer({ min: 0, max: 200_000 }),
  /** What happens to the function or the process meanwhile. */
  meanwhile: fc.constantFrom('nothing', 'nothing', 'nothing', 'crash', 'remove', 'add', 'skip'),
});

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
});
