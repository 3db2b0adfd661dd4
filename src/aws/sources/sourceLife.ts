import { Emitter, type Event } from '../../model/event.ts';
import type { Logger } from '../../model/logger.ts';
import type { RecordSource, RecordSourceKind, RecordSourceState } from '../../model/recordSource.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { isAbort } from '../awsErrors.ts';

/** What one source does; `SourceLife` calls it, one call at a time. Errors are told to people as they are thrown. */
export interface SourceWork {
  /** Makes or finds what it reads from. Called at every start. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Reads once. Gives the ms until it wants to read again; `0`: at once. */
  round(signal: AbortSignal): Promise<number>;
  /** Removes what it made. @throws UserFacingFailure that tells what stays */
  remove?(): Promise<void>;
  /** Failures after which there is no use in going on. */
  isFinal?(error: unknown): boolean;
}

/** What a source's work tells of itself. */
export interface SourceReport {
  /** It heard of its end; `lagMs`: the age of the oldest thing that it read. */
  heard(at: number, lagMs?: number): void;
  /** So many pieces were handed on. */
  received(count: number): void;
  /** It did not see everything, then. */
  sampled(since: number): void;
  /** A part of it does not work, the rest does; `undefined`: all does. */
  trouble(failure: UserFacingFailure | undefined): void;
}

/** What `SourceLife` is made with. */
export interface SourceLifeOptions {
  readonly kind: RecordSourceKind;
  /** In words, for the log: `the queue orders`. */
  readonly name: string;
  readonly log: Logger;
  /** It may not see everything, by its nature. */
  readonly sampled?: boolean;
  /** The first wait after a failure, ms; it doubles to 60 times as much. */
  readonly firstWaitMs?: number;
}

const longestWait = 60;

/**
 * The life of a source: one step after another of start, pause and stop; reading in rounds; after a failure a wait that grows
 * (half of it at random, so that many don't come back at once), with the problem in the state until a round works again.
 */
export class SourceLife implements RecordSource {
  readonly kind: RecordSourceKind;
  readonly #options: SourceLifeOptions;
  readonly #work: SourceWork;
  readonly #changes: Emitter<RecordSourceState>;
  #state: RecordSourceState;
  /** What a part of the source fails with while the rest goes on. */
  #partly: UserFacingFailure | undefined;
  #abort: AbortController | undefined;
  #reading: Promise<void> | undefined;
  #lastStep: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => undefined;
  #woken = false;
  #disposed = false;

  constructor(options: SourceLifeOptions, makeWork: (report: SourceReport) => SourceWork) {
    this.kind = options.kind;
    this.#options = options;
    this.#state = { phase: 'stopped', received: 0, ...(options.sampled ? { sampled: {} } : {}) };
    this.#changes = new Emitter((error) => options.log.error(`A listener of ${options.name} failed: ${String(error)}`));
    this.#work = makeWork({
      heard: (at, lagMs) => this.#set({ lastReadAt: at, ...(lagMs === undefined ? {} : { lagMs }) }),
      received: (count) => this.#set({ received: this.#state.received + count }),
      sampled: (since) => this.#set({ sampled: { since } }),
      trouble: (failure) => {
        this.#partly = failure;
        this.#tell(failure);
      },
    });
  }

  get state(): RecordSourceState {
    return this.#state;
  }

  get onDidChangeState(): Event<RecordSourceState> {
    return this.#changes.event;
  }

  start(signal?: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#start(signal));
  }

  pause(): Promise<void> {
    this.#abort?.abort();
    return this.#inTurn(async () => {
      const listened = await this.#end();
      if (listened) this.#set({ phase: 'paused' });
    });
  }

  stop(): Promise<void> {
    this.#abort?.abort();
    return this.#inTurn(async () => {
      await this.#end();
      if (this.#work.remove && this.#state.phase !== 'stopped') {
        this.#set({ phase: 'stopping' });
        try {
          await this.#work.remove();
        } catch (error) {
          this.#set({ phase: 'failed' });
          this.#tell(error);
          throw error;
        }
      }
      this.#partly = undefined;
      this.#tell(undefined);
      this.#set({ phase: 'stopped' });
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.pause();
    this.#changes.dispose();
  }

  /** Reads again now, where it waits for its next round or after a failure; else as soon as this round is over. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Runs `step` when the steps before it have ended. */
  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const mine = this.#lastStep.then(step);
    this.#lastStep = mine.catch(() => undefined);
    return mine;
  }

  async #start(signal: AbortSignal | undefined): Promise<void> {
    if (this.#reading) return;
    if (this.#disposed) throw new DOMException('The source is disposed.', 'AbortError');
    const before = this.#state.phase;
    const abort = new AbortController();
    this.#abort = abort;
    this.#set({ phase: 'starting' });
    try {
      const starting = signal === undefined ? abort.signal : AbortSignal.any([abort.signal, signal]);
      starting.throwIfAborted();
      await this.#work.prepare(starting);
      starting.throwIfAborted();
    } catch (error) {
      this.#abort = undefined;
      if (isAbort(error) || abort.signal.aborted) {
        // What was made on the way is there, so that `stop` has something to remove.
        this.#set({ phase: before === 'stopped' && this.#work.remove ? 'paused' : before });
      } else {
        this.#set({ phase: 'failed' });
        this.#tell(error);
      }
      throw error;
    }
    this.#set({ phase: 'listening' });
    this.#tell(this.#partly);
    this.#reading = this.#read(abort.signal);
  }

  /** Whether it was reading. */
  async #end(): Promise<boolean> {
    this.#abort?.abort();
    const reading = this.#reading;
    await reading;
    this.#reading = undefined;
    this.#abort = undefined;
    return reading !== undefined && this.#state.phase !== 'failed';
  }

  async #read(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      let waitMs: number;
      this.#woken = false;
      try {
        waitMs = await this.#work.round(signal);
        if (this.#woken) waitMs = 0;
        if (failures > 0) this.#tell(this.#partly);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#tell(error);
        if (this.#work.isFinal?.(error) === true) {
          this.#set({ phase: 'failed' });
          // So that `start` can try again.
          this.#reading = undefined;
          return;
        }
        waitMs = this.#backOff(failures++);
        this.#options.log.debug(`${this.#options.name}: reads again in ${Math.round(waitMs)} ms`);
      }
      if (waitMs > 0 && !signal.aborted) await this.#wait(waitMs, signal);
    }
  }

  #backOff(failures: number): number {
    const { firstWaitMs = 1_000 } = this.#options;
    return firstWaitMs * Math.min(2 ** failures, longestWait) * (0.5 + Math.random() / 2);
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', go);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(go, ms);
      signal.addEventListener('abort', go);
      this.#wake = go;
    });
  }

  #tell(error: unknown): void {
    const { problem: _problem, problemCode: _code, ...rest } = this.#state;
    if (error === undefined) {
      if (_problem === undefined) return;
      this.#options.log.info(`${this.#options.name}: works again`);
      this.#replace(rest);
      return;
    }
    const problem = error instanceof Error ? error.message : String(error);
    if (problem !== _problem) this.#options.log.warn(`${this.#options.name}: ${problem}`);
    const problemCode = UserFacingFailure.is(error) ? error.code : 'unexpected';
    this.#replace({ ...rest, problem, problemCode });
  }

  #set(change: Partial<RecordSourceState>): void {
    this.#replace({ ...this.#state, ...change });
  }

  #replace(state: RecordSourceState): void {
    this.#state = state;
    this.#changes.fire(state);
  }
}
