import type { Logger } from '../../model/logger.ts';
import type { RecordSource } from '../../model/recordSource.ts';
import type { ListeningState } from './listening.ts';

/** How long a lease lasts that is not renewed, and how often it is; ms. */
const leaseMs = 20_000;
export const leaseEvery = 5_000;
/** A source whose start failed is started again after so long, ms. */
const retryAfter = 60_000;

/** What a reader is made with. */
export interface ListeningReaderOptions<S extends RecordSource> {
  readonly source: S;
  /** Takes, renews or (0) gives up what only one window may read; `false`: another window does. */
  lease(ttlMs: number): Promise<boolean>;
  changed(): void;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now: () => number;
}

/** A source that one window at a time reads: who does not get the lease waits for it, and goes on when it ends. */
export class ListeningReader<S extends RecordSource = RecordSource> {
  readonly source: S;
  readonly #options: ListeningReaderOptions<S>;
  #wanted = false;
  #elsewhere = false;
  #retryAt = 0;
  #lastStep: Promise<unknown> = Promise.resolve();
  #ticking = false;

  constructor(options: ListeningReaderOptions<S>) {
    this.source = options.source;
    this.#options = options;
    options.source.onDidChangeState(() => options.changed());
  }

  get state(): ListeningState {
    return this.#elsewhere ? { phase: 'elsewhere', received: this.source.state.received } : this.source.state;
  }

  /** Reads, or waits for the window that does. @throws UserFacingFailure */
  start(signal?: AbortSignal): Promise<void> {
    this.#wanted = true;
    return this.#inTurn(async () => {
      if (await this.#hold()) await this.#begin(signal);
    });
  }

  /** Reads no more, keeps what it made. */
  pause(): Promise<void> {
    this.#wanted = false;
    // At once: it ends a start that is under way.
    const paused = this.source.pause();
    return this.#inTurn(async () => {
      await paused;
      await this.#release();
    });
  }

  /** Reads no more and removes what it made; what another window reads stays. @throws UserFacingFailure that tells what stays */
  stop(): Promise<void> {
    this.#wanted = false;
    const paused = this.source.pause();
    return this.#inTurn(async () => {
      await paused;
      if (!this.#elsewhere) await this.source.stop();
      await this.#release();
    });
  }

  /** The connection ends: nothing is called any more. */
  async dispose(): Promise<void> {
    this.#wanted = false;
    await this.source.dispose();
    await this.#release();
  }

  /** To be called every `leaseEvery`: holds on to the lease, takes over, and tries again what could not be started. */
  async tick(): Promise<void> {
    if (!this.#wanted || this.#ticking) return;
    this.#ticking = true;
    try {
      await this.#inTurn(() => this.#tick());
    } catch (error) {
      this.#options.log.debug(`listening: ${String(error)}`);
    } finally {
      this.#ticking = false;
    }
  }

  async #tick(): Promise<void> {
    if (!this.#wanted) return;
    const waited = this.#elsewhere;
    if (!(await this.#hold())) return;
    const { phase, problemCode } = this.source.state;
    if (phase === 'listening' || phase === 'starting' || problemCode === 'peekRefused') return;
    if (waited || phase !== 'failed' || this.#options.now() >= this.#retryAt) await this.#begin(undefined);
  }

  async #begin(signal: AbortSignal | undefined): Promise<void> {
    if (!this.#wanted) return;
    this.#retryAt = this.#options.now() + retryAfter;
    await this.source.start(signal);
  }

  async #hold(): Promise<boolean> {
    const held = await this.#options.lease(leaseMs);
    if (held === !this.#elsewhere) return held;
    this.#elsewhere = !held;
    if (!held) await this.source.pause();
    this.#options.changed();
    return held;
  }

  async #release(): Promise<void> {
    if (!this.#elsewhere) {
      await this.#options.lease(0).catch((error: unknown) => this.#options.log.debug(`lease: ${String(error)}`));
    }
    this.#elsewhere = false;
    this.#options.changed();
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const mine = this.#lastStep.then(step);
    this.#lastStep = mine.catch(() => undefined);
    return mine;
  }
}
