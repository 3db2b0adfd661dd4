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

/** An event that is to be run. */
interface Taken {
  readonly event: QueuedEvent;
  readonly run: RunAttempt;
}

/** An event in hand: it runs, or what it came to is written, or it is held back after an error. */
interface InHand {
  readonly functionName: string;
  readonly isRunning: boolean;
}

/** After an error of our own (a full disk) an event is not tried again before this, in ms. */
const pauseAfterError = 1000;
/** With fewer that run, what ends is written at once. */
const fewAttempts = 4;
/** Events looked at in one turn of the event loop, beside those in hand. */
const batch = 16;

/** Takes events from the table when they are due, the longest due first, and runs their attempts side by side. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #busy = new Map<number, InHand>();
  readonly #attempts = new Set<Promise<void>>();
  #state: 'new' | 'started' | 'stopping' | 'stopped' = 'new';
  #timer: Disposable | undefined;
  #wakePending = false;
  /** An event that is due was still in hand when one looked, or there were too many. */
  #wakesWhenWritten = false;
  #paused = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    options.commits.waitWhile(() => this.#expectsMore());
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

  /** How many attempts of a function run. */
  busyWith(functionName: string): number {
    let count = 0;
    for (const event of this.#busy.values()) if (event.isRunning && event.functionName === functionName) count++;
    return count;
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
    // Later the database is another's to write.
    if (this.#options.db.isOpen) this.#options.commits.flush();
    this.#state = 'stopped';
  }

  /** Looks for due events at the end of this turn's commit, so that what is written in it is seen. */
  wake(): void {
    if (this.#wakePending || this.#paused || this.#state !== 'started') return;
    this.#wakePending = true;
    void this.#lookSoon();
  }

  async #lookSoon(): Promise<void> {
    const taken: Taken[] = [];
    const letGo = (): void => {
      for (const { event } of taken.splice(0)) this.#busy.delete(event.seq);
    };
    try {
      await this.#options.commits.run(() => {
        this.#wakePending = false;
        // It runs again when others could not be written with it.
        letGo();
        this.#look(taken);
      }, 'last');
    } catch {
      letGo();
      this.#wakePending = false;
      this.#lookAlone();
      return;
    }
    if (this.isStopping) letGo();
    for (const { event, run } of taken) this.#begin(event, run);
  }

  /** Takes what is due, inside the open transaction. */
  #look(taken: Taken[]): void {
    const { table, clock, decide } = this.#options;
    this.#eachDue((seq, now) => {
      const event = table.get(seq);
      const run = event && decide(event, now);
      if (!run) return;
      this.#busy.set(seq, { functionName: event.functionName, isRunning: true });
      taken.push({ event, run });
    }, clock.now());
  }

  /** Something could not be written: each event is taken in a transaction of its own. */
  #lookAlone(): void {
    const { clock, log } = this.#options;
    const now = clock.now();
    try {
      this.#eachDue((seq) => this.#take(seq, now), now);
    } catch (error) {
      if (!this.#options.db.isOpen) return;
      log.error(`The event queue can't be read, next try in a second: ${String(error)}`);
      this.#timer = clock.schedule(now + pauseAfterError, () => this.wake());
    }
  }

  #eachDue(take: (seq: number, now: number) => void, now: number): void {
    const { db, table, clock, maxConcurrency } = this.#options;
    if (this.#state !== 'started' || this.#paused || !db.isOpen) return;
    this.#timer?.dispose();
    // What ended and is not written (a full disk) is held in memory, and would run again after a kill: not without end.
    const room = 2 * maxConcurrency - this.#attempts.size;
    let free = maxConcurrency - this.#running();
    if (room < free) {
      free = room;
      this.#wakesWhenWritten = true;
    }
    // Each attempt that ends wakes us.
    if (free <= 0) return;
    const limit = this.#busy.size + Math.min(batch, free);
    const due = table.due(now, limit);
    for (const seq of due) {
      const inHand = this.#busy.get(seq);
      if (inHand?.isRunning === false) this.#wakesWhenWritten = true;
      if (inHand) continue;
      take(seq, now);
      if (this.#busy.get(seq)?.isRunning === true) free -= 1;
      if (free <= 0) return;
    }
    if (due.length === limit) {
      // There may be more.
      this.wake();
      return;
    }
    const next = table.nextDue(now);
    if (next !== undefined) this.#timer = clock.schedule(next, () => this.wake());
  }

  #running(): number {
    let count = 0;
    for (const { isRunning } of this.#busy.values()) if (isRunning) count++;
    return count;
  }

  /** More attempts run than have ended since the last commit: one half is written while the other one runs. */
  #expectsMore(): boolean {
    const running = this.#running();
    return running >= fewAttempts && running > this.#busy.size - running;
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
    this.#busy.set(seq, { functionName: event.functionName, isRunning: true });
    this.#begin(event, run);
  }

  #begin(event: QueuedEvent, run: RunAttempt): void {
    const attempt = this.#run(event, run).finally(() => {
      this.#attempts.delete(attempt);
      if (!this.#wakesWhenWritten) return;
      this.#wakesWhenWritten = false;
      this.wake();
    });
    this.#attempts.add(attempt);
  }

  async #run(event: QueuedEvent, run: RunAttempt): Promise<void> {
    const { seq, functionName } = event;
    try {
      const settle = await run();
      // The next one can run while what this one came to is written.
      this.#busy.set(seq, { functionName, isRunning: false });
      this.wake();
      if (settle) await this.#write(event, settle);
      if (this.#state !== 'stopped') this.#busy.delete(seq);
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
    this.#busy.set(seq, { functionName, isRunning: false });
    clock.schedule(clock.now() + pauseAfterError, () => {
      this.#busy.delete(seq);
      this.wake();
    });
  }
}
