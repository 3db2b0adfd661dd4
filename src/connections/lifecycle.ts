import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { SharedStart } from './sharedStart.ts';

/** Where something stands that is started when it is needed; `value` is what is there while it is ready. */
export type Phase<T> =
  | { readonly phase: 'stopped' }
  | { readonly phase: 'starting' }
  | { readonly phase: 'ready'; readonly value: T }
  | { readonly phase: 'failed'; readonly code: string; readonly problem: string };

/** What is started, and how. */
export interface LifecycleOptions<T> {
  /** Aborted when nobody waits for it any more. @throws UserFacingFailure */
  launch(signal: AbortSignal): Promise<T>;
  /** Ends what is ready, for `stop`. */
  end(value: T): Promise<void>;
  onChanged(phase: Phase<T>): void;
  /** What a start is given up with by `stop`. */
  readonly stopReason: string;
}

/** Starts something at its first use, once for all who ask; a start that failed is tried again at the next use. */
export class Lifecycle<T> {
  readonly #options: LifecycleOptions<T>;
  #phase: Phase<T> = { phase: 'stopped' };
  #start: SharedStart<T> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: LifecycleOptions<T>) {
    this.#options = options;
  }

  get phase(): Phase<T> {
    return this.#phase;
  }

  /**
   * Resolves with what is ready. Concurrent calls share one start, which is given up when the last of them is aborted.
   * @throws UserFacingFailure
   */
  async start(signal?: AbortSignal): Promise<T> {
    while (this.#stopping) await this.#stopping;
    // One that was given up is not to be joined.
    while (this.#start?.aborted) await this.#start.done.catch(() => undefined);
    signal?.throwIfAborted();
    if (this.#phase.phase === 'ready') return this.#phase.value;
    if (!this.#start) {
      this.#start = this.#begin();
      // After the start is there to be joined: who hears of it may ask for one.
      this.#set({ phase: 'starting' });
    }
    return this.#start.wait(signal);
  }

  /** Stops what is ready or starts. */
  stop(): Promise<void> {
    this.#stopping ??= this.#end().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  /** `value` is gone, or of no use any more. One that is not the current one changes nothing. */
  lost(value: T, why: { readonly code: string; readonly problem: string } | 'startAgain'): void {
    if (this.#phase.phase !== 'ready' || this.#phase.value !== value) return;
    if (this.#stopping) this.#set({ phase: 'stopped' });
    else if (why !== 'startAgain') this.#set({ phase: 'failed', ...why });
    else {
      this.#start = this.#begin();
      this.#start.hold();
      this.#set({ phase: 'starting' });
    }
  }

  #begin(): SharedStart<T> {
    const start = new SharedStart((signal) => this.#launch(signal));
    const over = (): void => {
      if (this.#start === start) this.#start = undefined;
    };
    start.done.then(over, over);
    return start;
  }

  async #launch(signal: AbortSignal): Promise<T> {
    try {
      const value = await this.#options.launch(signal);
      this.#set({ phase: 'ready', value });
      return value;
    } catch (error) {
      if (signal.aborted) this.#set({ phase: 'stopped' });
      else {
        const code = UserFacingFailure.is(error) ? error.code : 'internal';
        this.#set({ phase: 'failed', code, problem: error instanceof Error ? error.message : String(error) });
      }
      throw error;
    }
  }

  async #end(): Promise<void> {
    const start = this.#start;
    if (start) {
      start.abort(new DOMException(this.#options.stopReason, 'AbortError'));
      await start.done.catch(() => undefined);
    }
    if (this.#phase.phase === 'ready') await this.#options.end(this.#phase.value);
    this.#set({ phase: 'stopped' });
  }

  #set(phase: Phase<T>): void {
    if (this.#phase.phase === 'stopped' && phase.phase === 'stopped') return;
    this.#phase = phase;
    this.#options.onChanged(phase);
  }
}
