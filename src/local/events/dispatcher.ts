import type { DatabaseSync } from 'node:sqlite';
import type { Disposable } from '../../model/disposable.ts';
import type { Logger } from '../../model/logger.ts';
import type { CommitGroup } from '../state/commitGroup.ts';
import { transaction } from '../state/database.ts';
import type { Clock } from './clock.ts';
import type { EventTable, QueuedEvent } from './eventTable.ts';

/** What the dispatcher works with. */
export interface DispatcherOptions {
  readonly db: DatabaseSync;
  readonly commits: CommitGroup;
  readonly table: EventTable;
  readonly clock: Clock;
  readonly log: Logger;
  /** Attempts that run at the same time. */
  readonly maxConcurrency: number;
  /** Decides about a due event, in a transaction. What it returns is an attempt to run, when one is to be. */
  readonly decide: (event: QueuedEvent, now: number) => RunAttempt | undefined;
}

/** Runs to its end and says what to write then, in a transaction; `undefined`: it was cut off, the event stays due. */
export type RunAttempt = () => Promise<(() => void) | undefined>;

/** After an error of our own (a full disk) an event is not tried again before this, in ms. */
const pauseAfterError = 1000;
/** Events looked at in one turn of the event loop, beside those in hand. */
const batch = 16;

/** Takes events from the table when they are due, the longest due first, and runs their attempts side by side. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  /** Events in hand, with their function: those that run, and those held back after an error. */
  readonly #busy = new Map<number, string>();
  readonly #attempts = new Set<Promise<void>>();
  #state: 'new' | 'started' | 'stopping' | 'stopped' = 'new';
  #timer: Disposable | undefined;
  #wakePending = false;
  #paused = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** The database is out of bounds from now on. */
  get isStopped(): boolean {
    return this.#state === 'stopped';
  }

  /** No attempt is started any more. */
  get isStopping(): boolean {
    return this.#state === 'stopping' || this.#state === 'stopped';
  }

  /** No attempt is started for now; those that run go on. */
  get isPaused(): boolean {
    return this.#paused;
  }

  /** How many attempts run. */
  get running(): number {
    return this.#attempts.size;
  }

  /** Whether an event is in hand. */
  isBusy(seq: number): boolean {
    return this.#busy.has(seq);
  }

  /** How many events of a function are in hand. */
  busyWith(functionName: string): number {
    return [...this.#busy.values()].filter((name) => name === functionName).length;
  }

  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    this.wake();
  }

  /** Leaves events where they are, due ones too, until `resume`. */
  pause(): void {
    this.#paused = true;
    this.#timer?.dispose();
  }

  resume(): void {
    this.#paused = false;
    this.wake();
  }

  /** Starts nothing more, and waits for running attempts; those that outlast `graceMs` count as cut off. */
  async stop(graceMs: number): Promise<void> {
    this.#state = 'stopping';
    this.#timer?.dispose();
    if (this.#attempts.size > 0) {
      const { clock } = this.#options;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = clock.schedule(clock.now() + graceMs, resolve);
      await Promise.race([promise, Promise.all(this.#attempts)]);
      timer.dispose();
    }
    this.#state = 'stopped';
  }

  /** Looks for due events in the next turn, when the transaction that is open now has ended one way or the other. */
  wake(): void {
    if (this.#wakePending || this.#paused || this.#state !== 'started') return;
    this.#wakePending = true;
    setImmediate(() => {
      this.#wakePending = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    const { db, table, clock, log, maxConcurrency } = this.#options;
    if (this.#state !== 'started' || this.#paused || !db.isOpen) return;
    this.#timer?.dispose();
    const now = clock.now();
    try {
      const limit = this.#busy.size + batch;
      const due = table.due(now, limit);
      const free = due.filter((seq) => !this.#busy.has(seq));
      if (free.length > 0 && this.#busy.size < maxConcurrency) this.#takeAll(free, now);
      if (due.length === limit) {
        // There may be more: looked for now, or when an attempt has ended.
        if (this.#busy.size < maxConcurrency) this.wake();
        return;
      }
      const next = table.nextDue(now);
      if (next !== undefined) this.#timer = clock.schedule(next, () => this.#dispatch());
    } catch (error) {
      log.error(`The event queue can't be read, next try in a second: ${String(error)}`);
      this.#timer = clock.schedule(now + pauseAfterError, () => this.#dispatch());
    }
  }

  /** In one transaction; when that fails, each in its own. */
  #takeAll(seqs: readonly number[], now: number): void {
    const { db, table, decide, maxConcurrency } = this.#options;
    const taken: { readonly event: QueuedEvent; readonly run: RunAttempt }[] = [];
    try {
      transaction(db, () => {
        for (const seq of seqs) {
          if (this.#busy.size >= maxConcurrency) break;
          const event = table.get(seq);
          const run = event && decide(event, now);
          if (!run) continue;
          this.#busy.set(seq, event.functionName);
          taken.push({ event, run });
        }
      });
    } catch {
      for (const { event } of taken) this.#busy.delete(event.seq);
      for (const seq of seqs) if (this.#busy.size < maxConcurrency) this.#take(seq, now);
      return;
    }
    for (const { event, run } of taken) this.#begin(event, run);
  }

  #take(seq: number, now: number): void {
    const { db, table, decide } = this.#options;
    const event = table.get(seq);
    if (!event) return;
    let run: RunAttempt | undefined;
    try {
      run = transaction(db, () => decide(event, now));
    } catch (error) {
      this.#hold(event, error);
      return;
    }
    if (!run) return;
    this.#busy.set(seq, event.functionName);
    this.#begin(event, run);
  }

  #begin(event: QueuedEvent, run: RunAttempt): void {
    const attempt = this.#run(event, run).finally(() => {
      this.#attempts.delete(attempt);
      this.wake();
    });
    this.#attempts.add(attempt);
  }

  async #run(event: QueuedEvent, run: RunAttempt): Promise<void> {
    try {
      const settle = await run();
      if (settle) await this.#write(event, settle);
      if (this.#state !== 'stopped') this.#busy.delete(event.seq);
    } catch (error) {
      this.#hold(event, error);
    }
  }

  /**
   * Writes what an attempt came to, however long that takes: to run the handler again because a disk is full would do
   * its work twice.
   */
  async #write({ requestId }: QueuedEvent, settle: () => void): Promise<void> {
    const { db, commits, clock, log } = this.#options;
    while (this.#state !== 'stopped' && db.isOpen) {
      try {
        await commits.run(settle);
        return;
      } catch (error) {
        log.error(`What request ${requestId} came to can't be written, next try in a second: ${String(error)}`);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      clock.schedule(clock.now() + pauseAfterError, resolve);
      await promise;
    }
  }

  /** What failed was rolled back, so the event is still as it was; it is left alone for a moment. */
  #hold({ seq, functionName, requestId }: QueuedEvent, error: unknown): void {
    const { db, clock, log } = this.#options;
    if (!db.isOpen) return;
    log.error(`Request ${requestId} could not be taken further, next try in a second: ${String(error)}`);
    this.#busy.set(seq, functionName);
    clock.schedule(clock.now() + pauseAfterError, () => {
      this.#busy.delete(seq);
      this.wake();
    });
  }
}
