import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { answeredStatus, isAbort } from '../awsErrors.ts';
import { tapRemains } from './leftoverTaps.ts';
import { isQueueMissing } from './queueCalls.ts';
import { QueueReader } from './queueReader.ts';
import type { SourceReport, SourceWork } from './sourceLife.ts';
import type { TapOptions } from './tap.ts';
import {
  addTapTarget,
  allowTargets,
  deleteTapQueue,
  findOrCreateTapQueue,
  lookAtTapQueue,
  removeTapTarget,
  renewTapQueue,
  renewTapRule,
  type TapQueue,
} from './tapResources.ts';
import { tapTarget, type TapTarget } from './tapTarget.ts';

/** How often it says that it is still there, and tries again what it can't listen to; ms. */
const renewEvery = 3_600_000;
const retryEvery = 60_000;

/** Something that sends to the tap's queue, or may do so. */
interface Sender {
  readonly target: TapTarget;
  readonly subscriptionArn?: string | undefined;
  /** A call that was interrupted may have been done or not. */
  readonly sure: boolean;
}

/** What a tap does: keeps what it made in step with what it is to listen to, and reads its queue. */
export class TapWork implements SourceWork {
  readonly #options: TapOptions;
  readonly #report: SourceReport;
  readonly #now: () => number;
  readonly #senders = new Map<string, Sender>();
  #wanted: readonly string[];
  #queue: TapQueue | undefined;
  #reader: QueueReader | undefined;
  /** SQS has the name of a deleted queue wait for a minute, so that it is used once. */
  #plannedName: string | undefined;
  #failures: readonly UserFacingFailure[] = [];
  #renewAt = 0;
  #retryAt = 0;
  /** One change of what there is after another. */
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(options: TapOptions, report: SourceReport) {
    this.#options = options;
    this.#report = report;
    this.#now = options.now ?? Date.now;
    this.#wanted = [...new Set(options.targets)];
    this.#plannedName = options.name;
  }

  /** Of queue and rules, while there are any. */
  get name(): string | undefined {
    return this.#queue?.name;
  }

  async setTargets(targets: readonly string[], signal: AbortSignal): Promise<void> {
    this.#wanted = [...new Set(targets)];
    await this.#inTurn(async () => {
      if (!this.#queue) return;
      await this.#apply(this.#queue, signal);
      const [first] = this.#failures;
      if (first) throw first;
    });
  }

  prepare(signal: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#prepare(signal));
  }

  async round(signal: AbortSignal): Promise<number> {
    const queue = this.#queue ?? (await this.#inTurn(() => this.#prepare(signal)).then(() => this.#queue));
    if (!queue) return retryEvery;
    await this.#renew(queue, signal);
    try {
      await this.#reader?.read(signal);
    } catch (error) {
      if (isQueueMissing(error) && this.#queue === queue) {
        // Somebody deleted it: the next round makes another.
        await this.#inTurn(() => this.#forget(queue, signal));
      }
      throw error;
    }
    return 0;
  }

  remove(): Promise<void> {
    return this.#inTurn(() => this.#remove());
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const mine = this.#lastChange.then(change);
    this.#lastChange = mine.catch(() => undefined);
    return mine;
  }

  async #prepare(signal: AbortSignal): Promise<void> {
    const { clients, owner, log } = this.#options;
    const now = this.#now();
    const before = this.#queue && (await lookAtTapQueue(clients, this.#queue, signal));
    if (this.#queue && !before) await this.#forget(this.#queue, signal);
    const queue = before ?? (await findOrCreateTapQueue(clients, { owner, now, name: this.#plannedName }, signal));
    this.#queue = queue;
    this.#plannedName = undefined;
    if (!before || !this.#reader) this.#reader = this.#readerOf(queue);
    this.#renewAt = before ? 0 : now + renewEvery;
    for (const target of queue.allowed) {
      if (!this.#senders.has(target.arn)) this.#senders.set(target.arn, { target, sure: false });
    }
    await this.#apply(queue, signal);
    const [first] = this.#failures;
    if (!first || [...this.#senders.values()].some(({ sure }) => sure)) return;
    // Nothing to listen to: it leaves nothing behind, and there is nothing in it.
    this.#reader = undefined;
    await this.#remove().catch((error: unknown) => log.warn(String(error)));
    throw first;
  }

  /** The queue is gone: what sent to it bears its name, and goes too. */
  async #forget(queue: TapQueue, signal: AbortSignal): Promise<void> {
    for (const { target } of [...this.#senders.values()]) {
      const [failure] = await this.#drop(queue, target, signal);
      // `findLeftoverTaps` finds it later.
      if (failure) this.#options.log.warn(`tap: ${failure.message}`);
    }
    this.#senders.clear();
    this.#queue = undefined;
  }

  /** Makes what is missing, removes what is too much; one failure does not keep the rest from being done. */
  async #apply(queue: TapQueue, signal: AbortSignal): Promise<void> {
    const { clients } = this.#options;
    const judged = this.#wanted.map((arn) => ({ arn, read: tapTarget(arn, clients.target.region) }));
    const failures = judged.flatMap(({ arn, read }) =>
      'refused' in read
        ? [new UserFacingFailure('invalidParameter', `Could not listen to "${arn}": ${read.refused}.`)]
        : [],
    );
    const targets = judged.flatMap(({ read }) => ('refused' in read ? [] : [read]));
    await allowTargets(clients, queue, targets, signal);
    for (const target of targets) {
      if (this.#senders.get(target.arn)?.sure !== true) failures.push(...(await this.#add(queue, target, signal)));
    }
    for (const { target } of [...this.#senders.values()]) {
      if (!targets.some(({ arn }) => arn === target.arn)) failures.push(...(await this.#drop(queue, target, signal)));
    }
    this.#failures = failures;
    this.#retryAt = this.#now() + retryEvery;
    this.#report.trouble(failures[0]);
  }

  async #add(queue: TapQueue, target: TapTarget, signal: AbortSignal): Promise<readonly UserFacingFailure[]> {
    const { clients, owner } = this.#options;
    this.#senders.set(target.arn, { target, sure: false });
    try {
      const subscriptionArn = await addTapTarget(clients, queue, target, { owner, now: this.#now() }, signal);
      this.#senders.set(target.arn, { target, subscriptionArn, sure: true });
      return [];
    } catch (error) {
      if (!UserFacingFailure.is(error) || isAbort(error)) throw error;
      const status = answeredStatus(error.cause);
      // It was refused: there is nothing to remove.
      if (status !== undefined && status < 500) this.#senders.delete(target.arn);
      return [error];
    }
  }

  async #drop(queue: TapQueue, target: TapTarget, signal?: AbortSignal): Promise<readonly UserFacingFailure[]> {
    try {
      const { subscriptionArn } = this.#senders.get(target.arn) ?? {};
      await removeTapTarget(this.#options.clients, queue, target, subscriptionArn, signal);
      this.#senders.delete(target.arn);
      return [];
    } catch (error) {
      if (!UserFacingFailure.is(error)) throw error;
      return [error];
    }
  }

  async #renew(queue: TapQueue, signal: AbortSignal): Promise<void> {
    const { clients, owner, log } = this.#options;
    const now = this.#now();
    if (this.#failures.length > 0 && now >= this.#retryAt) await this.#inTurn(() => this.#apply(queue, signal));
    if (now < this.#renewAt) return;
    this.#renewAt = now + renewEvery;
    try {
      await renewTapQueue(clients, queue, { owner, now }, signal);
      for (const { target } of this.#senders.values()) {
        if (target.kind === 'bus') await renewTapRule(clients, target, queue.name, { owner, now }, signal);
      }
    } catch (error) {
      if (isAbort(error) || isQueueMissing(error)) throw error;
      log.warn(`tap: could not say that it is still used: ${String(error)}`);
    }
  }

  async #remove(): Promise<void> {
    const queue = this.#queue;
    if (!queue) return;
    const { clients, log } = this.#options;
    const stays: string[] = [];
    for (const { target } of [...this.#senders.values()]) {
      const [failure] = await this.#drop(queue, target);
      if (failure) stays.push(failure.message);
    }
    // What came until now is still to be stored.
    if (stays.length === 0)
      await this.#reader?.readRest().catch((error: unknown) => log.debug(`tap: ${String(error)}`));
    try {
      await deleteTapQueue(clients, queue);
    } catch (error) {
      stays.push(error instanceof Error ? error.message : String(error));
    }
    if (stays.length > 0) throw tapRemains(queue.name, stays);
    this.#queue = undefined;
    this.#senders.clear();
  }

  #readerOf(queue: TapQueue): QueueReader {
    const { clients, sink, log, visibilityTimeout } = this.#options;
    return new QueueReader({
      clients,
      queue: { queueUrl: queue.url, name: queue.name },
      // Envelopes name their topic or bus; what has none came from the only one.
      destinationArn: () => {
        const [only] = this.#wanted;
        return only !== undefined && this.#wanted.length === 1 ? only : queue.arn;
      },
      sink,
      log,
      report: this.#report,
      now: this.#now,
      receivers: 4,
      visibilityTimeout,
    });
  }
}
