import assert from 'node:assert/strict';
import fc from 'fast-check';
import { failure, QueueHarness, queueArn, startOfTime } from '../../../support/queueHarness.ts';
import { QueueModel, type PlannedEnd } from '../../../support/queueModel.ts';

const names = ['a', 'b'] as const;
const name = fc.constantFrom(...names);
const plan = fc.array(fc.constantFrom<PlannedEnd>('success', 'error', 'error', 'error', 'breaks'), { maxLength: 6 });

/** In tens of seconds, so that what falls on the same moment and what is just too old comes up often. */
const tensOfSeconds = (min: number, max: number) => fc.integer({ min, max }).map((tens) => tens * 10_000);

/** What may happen to a queue. Times in ms. */
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('accept'), name, plan }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('pass'), ms: tensOfSeconds(0, 20) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('skip'), nth: fc.integer({ min: 1, max: 6 }) }) },
  fc.record({ what: fc.constantFrom('skipAll', 'pause', 'resume', 'restart') }),
  fc.record({ what: fc.constant('crash'), ms: tensOfSeconds(0, 10) }),
  fc.record({ what: fc.constantFrom('remove', 'add', 'shut', 'open'), name }),
  {
    weight: 3,
    arbitrary: fc.record({ name, retries: fc.constantFrom(0, 1, 2, 2, 2), ageMs: tensOfSeconds(6, 40) }),
  },
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

describe('Event queue with many events, beside a model', () => {
  it('does the same whatever happens: runs, waits and their due times, outcomes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 3, maxLength: 25 }),
        fc.constantFrom(1, 1, 60, 7),
        async (happenings, timeScale) => {
          await using pair = new Pair(timeScale);
          for (const one of happenings) {
            await pair.happen(one);
            pair.compare();
          }
          await pair.finish();
          pair.compare();
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** The queue and its model, to which the same things happen. */
class Pair implements AsyncDisposable {
  readonly #harness: QueueHarness;
  readonly #model: QueueModel;
  readonly #plans = new Map<string, readonly PlannedEnd[]>();
  readonly #runs: (readonly [id: string, at: number])[] = [];

  constructor(timeScale: number) {
    this.#harness = new QueueHarness({ timeScale });
    this.#model = new QueueModel(startOfTime, timeScale);
    for (const one of names) {
      this.#harness.functions.add(one);
      this.#model.add(one);
    }
    this.#harness.environments.behave = ({ requestId }) => {
      const earlier = this.#runs.filter(([id]) => id === requestId).length;
      this.#runs.push([requestId, this.#harness.clock.now()]);
      const end = this.#plans.get(requestId)?.[earlier] ?? 'success';
      if (end === 'breaks') return { breaks: true };
      return end === 'error' ? failure : {};
    };
  }

  async happen(one: Happening): Promise<void> {
    const [harness, model] = [this.#harness, this.#model];
    if ('plan' in one) this.#accept(one.name, one.plan);
    else if ('nth' in one) assert.equal(harness.queue.skipWait(`r${one.nth}`), model.skip(`r${one.nth}`) === 1);
    else if ('retries' in one) {
      if (!model.has(one.name)) return;
      const age = { maximumRetryAttempts: one.retries, maximumEventAgeInSeconds: one.ageMs / 1000 };
      harness.functions.configure(one.name, { ...age, onSuccess: queueArn, onFailure: queueArn });
      model.change(one.name, { retries: one.retries, ageMs: one.ageMs });
    } else if ('ms' in one) await (one.what === 'pass' ? this.#pass(one.ms) : this.#crash(one.ms));
    else if ('name' in one) this.#changeFunction(one.what, one.name);
    else await this.#control(one.what);
    await harness.settle();
    model.settle();
  }

  #accept(functionName: string, ends: readonly PlannedEnd[]): void {
    if (!this.#model.has(functionName)) {
      assert.throws(() => this.#harness.send('{}', functionName), /Function not found/);
      return;
    }
    const id = this.#harness.send('{}', functionName);
    this.#plans.set(id, ends);
    this.#model.accept(id, functionName, ends);
  }

  async #pass(ms: number): Promise<void> {
    const { clock } = this.#harness;
    const target = clock.now() + ms;
    while ((clock.next ?? Infinity) <= target) {
      clock.advance();
      await this.#harness.settle();
    }
    clock.skip(target - clock.now());
    this.#model.passTo(target);
  }

  async #crash(ms: number): Promise<void> {
    this.#harness.crash();
    this.#harness.clock.skip(ms);
    this.#harness.open();
    this.#model.isPaused = false;
    this.#model.now += ms;
  }

  #changeFunction(what: string, functionName: string): void {
    const { functions } = this.#harness;
    const has = this.#model.has(functionName);
    if (what === 'remove') {
      functions.remove(functionName);
      this.#model.remove(functionName);
    } else if (what === 'add' && !has) {
      functions.add(functionName);
      this.#model.add(functionName);
    } else if (what !== 'add' && has) {
      functions.add(functionName, what === 'shut' ? { reservedConcurrentExecutions: 0 } : {});
      this.#model.change(functionName, { isShut: what === 'shut' });
    }
  }

  async #control(what: string): Promise<void> {
    const { queue } = this.#harness;
    if (what === 'skipAll') assert.equal(queue.skipAllWaits(), this.#model.skip());
    if (what === 'pause') queue.pause();
    if (what === 'resume') queue.resume();
    if (what === 'pause' || what === 'resume') this.#model.isPaused = what === 'pause';
    if (what === 'restart') {
      await queue.stop(0);
      await this.#crash(0);
    }
  }

  /** To the end of all events. */
  async finish(): Promise<void> {
    this.#harness.queue.resume();
    this.#model.isPaused = false;
    await this.#harness.run();
    this.#model.settle();
    this.#model.finish();
  }

  compare(): void {
    const { queue } = this.#harness;
    const outcomes = this.#harness
      .ofKind('outcome')
      .map(({ requestId, condition, at, approximateInvokeCount: count }) => [requestId, { condition, at, count }]);
    assert.deepEqual(Object.fromEntries(outcomes), this.#model.outcomes());
    assert.equal(outcomes.length, Object.keys(this.#model.outcomes()).length, 'one outcome each');
    const waits = queue
      .waits(100)
      .waits.map(({ requestId, until, afterAttempt }) => `${requestId} ${until} ${afterAttempt}`);
    assert.deepEqual(new Set(waits), new Set(this.#model.waits()));
    assert.deepEqual(this.#runs, this.#model.runs);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#harness[Symbol.asyncDispose]();
  }
}
