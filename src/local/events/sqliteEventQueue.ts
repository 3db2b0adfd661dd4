import { availableParallelism } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import { functionArn, parseFunctionArn } from '../../model/arn.ts';
import type { FaultKind } from '../../model/fault.ts';
import type { Logger } from '../../model/logger.ts';
import { type LambdaMetrics, noMetrics } from '../cloudwatch/lambdaMetrics.ts';
import type { DeliverySource, Outcome } from '../deliveries/outcome.ts';
import { type DeliveryCheck, OutcomeDeliveries } from '../deliveries/outcomeDeliveries.ts';
import { DeliveryRefused, type DeliveryTargets } from '../deliveryTargets.ts';
import type {
  ExecutionEnvironments,
  ExecutionRequest,
  ExecutionResult,
} from '../environments/executionEnvironments.ts';
import type { FaultDecisions } from '../faults/localFaults.ts';
import type { FunctionRegistry, ResolvedFunction } from '../functions/functionRegistry.ts';
import type { InvocationJournal } from '../journal/invocationJournal.ts';
import { bytesToText } from '../records/payloadText.ts';
import { newRequestId } from '../requestId.ts';
import { CommitGroup } from '../state/commitGroup.ts';
import type { LocalWait } from '../../protocol/localApi.ts';
import { transaction } from '../state/database.ts';
import { type AsyncSettings, currentSettings } from './asyncSettings.ts';
import { attemptEnded, attemptStarted } from './attemptPieces.ts';
import { type Clock, systemClock } from './clock.ts';
import { Dispatcher, type RunAttempt } from './dispatcher.ts';
import {
  expired,
  failed,
  recursive,
  serviceError,
  succeeded,
  type SystemFailure,
  targetMissing,
  throttled,
  zeroReservedConcurrency,
} from './eventOutcomes.ts';
import type { AsyncEvent, EventQueue } from './eventQueue.ts';
import { type Duplicate, EventTable, type QueuedEvent, type QueuedWait } from './eventTable.ts';
import { executionsInChain, maximumExecutionsInChain, withHop } from './lineage.ts';
import { ageOf, attemptsOf, faultOf, qualifiedArn, subjectOf, timeNotTaken } from './queuedEventFacts.ts';
import { afterFailure, throttleDelay } from './retryRules.ts';
import { SynchronousRuns } from './synchronousRuns.ts';

/** What the queue works with. */
export interface EventQueueOptions {
  readonly db: DatabaseSync;
  /** Shared with others that write often. Default: one of its own. */
  readonly commits?: CommitGroup;
  readonly registry: FunctionRegistry;
  readonly environments: ExecutionEnvironments;
  readonly journal: InvocationJournal;
  /** Functions as destinations go through the queue itself. */
  readonly targets: DeliveryTargets;
  /** Default: every role may deliver. */
  readonly mayDeliver?: DeliveryCheck;
  /** 60: a wait of a minute lasts a second. Ages count as if it had lasted the minute. */
  readonly timeScale: number;
  readonly log: Logger;
  /** Default: nobody counts. */
  readonly metrics?: LambdaMetrics;
  readonly clock?: Clock;
  /** Attempts that run at the same time, over all functions. Default: 10, or two a CPU. */
  readonly maxConcurrency?: number;
  /** Faults to make; none unless said. */
  readonly faults?: FaultDecisions;
  /** Whether `approximateInvokeCount` of a `Success` counts attempts. Default: it is 1 (spec 1.5). */
  readonly countsAttemptsOnSuccess?: boolean;
}

/** The queue of asynchronous events in local Lambda's database. Nothing runs before `start`. */
export function createEventQueue(options: EventQueueOptions): EventQueue {
  return new SqliteEventQueue(options);
}

class SqliteEventQueue implements EventQueue {
  readonly #options: EventQueueOptions;
  readonly #clock: Clock;
  readonly #table: EventTable;
  readonly #dispatcher: Dispatcher;
  readonly #deliveries: OutcomeDeliveries;
  readonly #commits: CommitGroup;
  readonly #metrics: LambdaMetrics;
  readonly #synchronous = new SynchronousRuns();

  constructor(options: EventQueueOptions) {
    const {
      db,
      journal,
      targets,
      mayDeliver,
      log,
      faults,
      maxConcurrency = Math.max(10, 2 * availableParallelism()),
    } = options;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#table = new EventTable(db);
    this.#commits = options.commits ?? new CommitGroup(db);
    this.#metrics = options.metrics ?? noMetrics;
    const decide = this.#decide.bind(this);
    this.#dispatcher = new Dispatcher({
      db,
      commits: this.#commits,
      table: this.#table,
      clock: this.#clock,
      log,
      maxConcurrency,
      decide,
    });
    const invoke = this.#invokeDestination.bind(this);
    this.#deliveries = new OutcomeDeliveries({
      ...{ db, journal, targets, invoke, log },
      ...(mayDeliver ? { mayDeliver } : {}),
      ...(faults ? { faults } : {}),
    });
  }

  accept(event: AsyncEvent): void {
    transaction(this.#options.db, this.#accepting(event));
    this.#dispatcher.wake();
  }

  async acceptSoon(event: AsyncEvent): Promise<void> {
    const accepted = this.#commits.run(this.#accepting(event));
    this.#dispatcher.wake();
    await accepted;
  }

  /** What is to be written for an event that comes now. */
  #accepting({ requestId, functionName, qualifier, payload, traceId, clientToken }: AsyncEvent): () => void {
    const { registry, journal } = this.#options;
    const target = registry.resolve(functionName, qualifier);
    const arn = (target ?? registry.resolve(functionName))?.definition.functionArn;
    if (arn === undefined) throw new Error(`Function not found: ${functionName}`);
    const event = { requestId, functionName, qualifier, functionArn: arn, payload, traceId: withHop(traceId, arn) };
    const settings = currentSettings(registry, event, target);
    const at = this.#clock.now();
    return () => {
      this.#table.insert(event, settings, at);
      this.#metrics.count('AsyncEventsReceived', event, 1, at);
      journal.append({
        kind: 'accepted',
        ...(clientToken === undefined ? {} : { clientToken }),
        requestId,
        at,
        functionName,
        functionArn: qualifiedArn(event),
        payload: bytesToText(payload),
      });
    };
  }

  skipWait(requestId: string): boolean {
    const event = this.#table.find(requestId);
    const isSkipped = event !== undefined && this.#endWait(event, this.#clock.now());
    if (isSkipped) this.#dispatcher.wake();
    return isSkipped;
  }

  skipAllWaits(): number {
    const now = this.#clock.now();
    let skipped = 0;
    transaction(this.#options.db, () => {
      for (const { seq } of this.#table.waiting(now, -1)) {
        const event = this.#table.get(seq);
        if (event && this.#endWait(event, now)) skipped += 1;
      }
    });
    this.#dispatcher.wake();
    return skipped;
  }

  /** The wait counts as if it had passed in whole: the event is as old afterwards as it would be on AWS. */
  #endWait(event: QueuedEvent, now: number): boolean {
    const { db, journal } = this.#options;
    const { wait, requestId } = event;
    if (!wait || event.dueAt <= now || this.#dispatcher.isBusy(event.seq)) return false;
    transaction(db, () => {
      this.#table.update(event.seq, { ...event, dueAt: now, ageAt: now });
      // The same wait with its new end.
      journal.append({ kind: 'wait', requestId, afterAttempt: attemptsOf(event), until: now, ...wait });
    });
    return true;
  }

  waits(limit: number): { readonly total: number; readonly waits: readonly LocalWait[] } {
    const now = this.#clock.now();
    const waits = this.#table.waiting(now, limit).map((event) => {
      const { requestId, dueAt: until, wait } = event;
      return { requestId, functionArn: qualifiedArn(event), afterAttempt: attemptsOf(event), until, ...wait };
    });
    return { total: this.#table.countWaiting(now), waits };
  }

  counts(): { readonly queued: number; readonly running: number } {
    const { running } = this.#dispatcher;
    return { queued: Math.max(0, this.#table.count() - running), running };
  }

  pause(): void {
    this.#dispatcher.pause();
  }

  resume(): void {
    this.#dispatcher.resume();
  }

  get isPaused(): boolean {
    return this.#dispatcher.isPaused;
  }

  start(): void {
    const left = this.#table.count();
    if (left > 0) this.#options.log.info(`Events taken up from an earlier run: ${left}`);
    this.#dispatcher.start();
  }

  stop(graceMs: number): Promise<void> {
    return this.#dispatcher.stop(graceMs);
  }

  takePlace(functionName: string, reservedConcurrency: number | undefined): (() => void) | undefined {
    const isFull = reservedConcurrency !== undefined && this.#busyWith(functionName) >= reservedConcurrency;
    return isFull ? undefined : this.#synchronous.enter(functionName);
  }

  #busyWith(functionName: string): number {
    return this.#dispatcher.busyWith(functionName) + this.#synchronous.of(functionName);
  }

  /** What to do with a due event; spec 4.2, in its order. */
  #decide(queued: QueuedEvent, now: number): RunAttempt | undefined {
    const target = this.#resolve(queued);
    const event = { ...queued, lastSettings: this.#settings(queued, target) };
    if (!target) {
      this.#targetMissing(event, now);
      return undefined;
    }
    const limit = target.definition.reservedConcurrentExecutions;
    if (limit === 0) {
      this.#noteThrottle(event, now);
      this.#finish(event, zeroReservedConcurrency(now));
      return undefined;
    }
    if (
      executionsInChain(event.traceId, event.functionArn) > maximumExecutionsInChain &&
      !this.#options.registry.allowsRecursion(event.functionName)
    ) {
      this.#metrics.count('RecursiveInvocationsDropped', subjectOf(event), 1, now);
      this.#finish(event, recursive(now, event.attempts));
      return undefined;
    }
    if (this.#happens('ageOut', event)) {
      this.#finish(event, expired(now, event.attempts, throttled), 'ageOut');
      return undefined;
    }
    if (this.#happens('throttle', event)) {
      this.#backOff(event, now, throttled, 'throttle');
      return undefined;
    }
    if (limit !== undefined && this.#busyWith(event.functionName) >= limit) {
      this.#backOff(event, now, throttled);
      return undefined;
    }
    const taken = event.duplicate === undefined && this.#happens('duplicate', event) ? this.#twice(event, now) : event;
    return () => this.#attempt(taken, target);
  }

  #happens(kind: 'ageOut' | 'throttle' | 'duplicate', { functionName }: QueuedEvent): boolean {
    return this.#options.faults?.happens(kind, functionName) === true;
  }

  /** Whatever becomes of it, it is run once more afterwards: also by a process that comes after this one. */
  #twice(event: QueuedEvent, now: number): QueuedEvent {
    const twice = { ...event, duplicate: { ageMs: ageOf(event, now) } };
    this.#table.update(event.seq, twice);
    return twice;
  }

  #resolve({ functionName, qualifier }: QueuedEvent): ResolvedFunction | undefined {
    return this.#options.registry.resolve(functionName, qualifier);
  }

  #settings(event: QueuedEvent, target: ResolvedFunction | undefined): AsyncSettings {
    return currentSettings(this.#options.registry, event, target, event.lastSettings);
  }

  /** A look-up that finds nothing counts as an attempt (spec 1.4). */
  #targetMissing(event: QueuedEvent, now: number): void {
    const attempts = event.attempts + 1;
    const next = afterFailure(attempts, ageOf(event, now), event.lastSettings);
    if (next.kind === 'wait') {
      this.#putBack({ ...event, attempts, throttles: 0 }, { at: now, nominalMs: next.nominalMs, reason: 'retry' });
      return;
    }
    const { executions } = event;
    this.#finish(
      event,
      targetMissing(next.condition, now, { attempts, executions, qualifiedArn: qualifiedArn(event) }),
    );
  }

  /** Tried again without using up an attempt, until the event is too old. */
  #backOff(event: QueuedEvent, now: number, cause: SystemFailure, fault?: FaultKind): void {
    if (cause === throttled) this.#noteThrottle(event, now);
    if (ageOf(event, now) >= event.lastSettings.maximumEventAgeMs) {
      this.#finish(event, expired(now, event.attempts, cause), fault);
      return;
    }
    const nominalMs = throttleDelay(event.throttles);
    this.#putBack({ ...event, throttles: event.throttles + 1 }, { at: now, nominalMs, reason: 'throttle' }, fault);
  }

  async #attempt(event: QueuedEvent, target: ResolvedFunction): Promise<(() => void) | undefined> {
    const { environments, log } = this.#options;
    try {
      const result = await environments.execute(this.#request(event, target), (startedAt) => {
        this.#noteStart(event, target, startedAt);
        const subject = subjectOf(event, target.executedVersion);
        this.#metrics.count('AsyncEventAge', subject, ageOf(event, startedAt), startedAt);
      });
      return () => this.#settle(event, target, result);
    } catch (error) {
      // When everything ends, a rejection only says that the attempt was cut off.
      if (this.#dispatcher.isStopping) return undefined;
      log.error(`The execution environment of ${event.functionName} failed: ${String(error)}`);
      return () => this.#backOff(event, this.#clock.now(), serviceError);
    }
  }

  #request(event: QueuedEvent, { definition, executedVersion }: ResolvedFunction): ExecutionRequest {
    const { requestId, payload, traceId } = event;
    const invokedFunctionArn = event.qualifier === undefined ? event.functionArn : qualifiedArn(event);
    return { definition, requestId, invokedFunctionArn, executedVersion, payload, traceId };
  }

  #noteStart(event: QueuedEvent, target: ResolvedFunction, startedAt: number): void {
    if (this.#dispatcher.isStopped) return;
    const { requestId } = event;
    const piece = attemptStarted({ requestId, attempt: attemptsOf(event) + 1, target }, startedAt);
    this.#commits
      .run(() => this.#options.journal.append(piece), 'later')
      .catch((error: unknown) => {
        // The end of the attempt tells its start again.
        if (!this.#dispatcher.isStopped) this.#options.log.error(`The journal can't be written: ${String(error)}`);
      });
  }

  /** AWS was seen to tell a minute with nothing but throttles of no errors, too. */
  #noteThrottle(event: QueuedEvent, now: number): void {
    this.#metrics.count('Throttles', subjectOf(event), 1, now);
    this.#metrics.count('Errors', subjectOf(event), 0, now);
  }

  /** Writes down how an attempt ended and what follows from it (spec 4.2, 4 to 6). */
  #settle(started: QueuedEvent, target: ResolvedFunction, result: ExecutionResult): void {
    const now = this.#clock.now();
    const attempts = started.attempts + 1;
    const lastSettings = this.#settings(started, this.#resolve(started));
    const ageMs = started.ageMs + timeNotTaken(result);
    const event = { ...started, ageMs, attempts, executions: started.executions + 1, throttles: 0, lastSettings };
    const { fault } = result;
    const attempt = { requestId: event.requestId, attempt: attemptsOf(event), target };
    for (const piece of attemptEnded(attempt, result, fault ?? faultOf(event))) {
      this.#options.journal.append(piece);
    }
    const { executedVersion } = target;
    if (result.status === 'success') {
      const count = this.#options.countsAttemptsOnSuccess === true ? attempts : 1;
      this.#finish(event, succeeded(now, count, executedVersion, result));
      return;
    }
    const next = afterFailure(attempts, ageOf(event, now), lastSettings);
    if (next.kind === 'over') {
      this.#finish(event, failed(next.condition, now, attempts, executedVersion, result), fault);
    } else if (this.#happens('ageOut', event)) {
      this.#finish(event, failed('EventAgeExceeded', now, attempts, executedVersion, result), 'ageOut');
    } else this.#putBack(event, { at: now, nominalMs: next.nominalMs, reason: 'retry' });
  }

  #putBack(event: QueuedEvent, came: QueuedWait, fault = faultOf(event)): void {
    const wait = { ...came, ...(fault === undefined ? {} : { fault }) };
    const dueAt = wait.at + Math.ceil(wait.nominalMs / this.#options.timeScale);
    const ageMs = ageOf(event, wait.at) + wait.nominalMs;
    this.#table.update(event.seq, { ...event, dueAt, ageMs, ageAt: dueAt, wait });
    const { requestId } = event;
    this.#options.journal.append({ kind: 'wait', requestId, afterAttempt: attemptsOf(event), until: dueAt, ...wait });
    this.#dispatcher.wake();
  }

  #finish(event: QueuedEvent, outcome: Outcome, fault = faultOf(event)): void {
    const { requestId, payload, traceId, duplicate } = event;
    const { at, condition, approximateInvokeCount } = outcome;
    // Whatever else ended it: it is by this that a second outcome is known as one.
    const marked = faultOf(event) ?? fault;
    const mark = marked === undefined ? {} : { fault: marked };
    this.#options.journal.append({ kind: 'outcome', requestId, at, condition, approximateInvokeCount, ...mark });
    const executed = event.executions > 0;
    const isSecond = duplicate?.attemptsBefore !== undefined;
    const source = { requestId, functionArn: qualifiedArn(event), payload, traceId, executed, duplicate: isSecond };
    const undelivered = this.#deliveries.deliver(source, outcome, event.lastSettings);
    if (duplicate && !isSecond) this.#runAgain(event, duplicate, at);
    else this.#table.delete(event.seq);
    const subject = subjectOf(event, outcome.responseContext?.executedVersion);
    this.#metrics.count('AsyncEventsDropped', subject, condition === 'Success' ? 0 : 1, at);
    for (const role of undelivered) {
      const name = role === 'deadLetterQueue' ? 'DeadLetterErrors' : 'DestinationDeliveryFailures';
      this.#metrics.count(name, subject, 1, at);
    }
  }

  /** As if it had just come a second time, as old as it was when it was delivered twice. */
  #runAgain(event: QueuedEvent, { ageMs }: Duplicate, at: number): void {
    const fresh = { attempts: 0, executions: 0, throttles: 0, wait: undefined };
    const duplicate = { ageMs, attemptsBefore: event.attempts };
    this.#table.update(event.seq, { ...event, ...fresh, dueAt: at, ageMs, ageAt: at, duplicate });
    this.#dispatcher.wake();
  }

  /** A function as destination gets the record as an event of its own (spec 2.3). */
  #invokeDestination(arn: string, record: string, source: DeliverySource, outcome: Outcome): void {
    const named = parseFunctionArn(arn);
    const own = parseFunctionArn(source.functionArn);
    if (!named || named.region !== own?.region || named.account !== own.account) {
      throw new DeliveryRefused(`Local Lambda has no functions of another account or region: ${arn}.`);
    }
    const { functionName, qualifier } = named;
    const target = this.#options.registry.resolve(functionName, qualifier);
    if (!target) throw new DeliveryRefused(`Function not found: ${arn}.`);
    const unqualified = functionArn(named, functionName);
    // Two functions that are each other's on-failure destination would hand the record of the loop's end around for ever.
    if (
      outcome.condition === 'RecursiveInvocation' &&
      executionsInChain(source.traceId, unqualified) >= maximumExecutionsInChain
    ) {
      throw new DeliveryRefused(`The function is part of the recursive loop that was stopped: ${arn}.`);
    }
    this.accept({
      requestId: newRequestId(),
      functionName,
      ...(qualifier === undefined ? {} : { qualifier }),
      payload: new TextEncoder().encode(record),
      traceId: source.traceId,
    });
  }
}
