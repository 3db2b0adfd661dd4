import { UserFacingFailure } from '../model/userFacingFailure.ts';
import type { LocalServer, ServerEnd } from './localServer.ts';
import { SharedStart } from './sharedStart.ts';

/** Where local Lambda stands. */
export type LocalPhase =
  | { readonly phase: 'stopped' }
  | { readonly phase: 'starting' }
  | { readonly phase: 'ready'; readonly server: LocalServer }
  | { readonly phase: 'failed'; readonly code: string; readonly problem: string };

/** What the supervisor works with. */
export interface LocalProcessOptions {
  /** Starts a server; aborted when nobody waits for it any more. @throws UserFacingFailure */
  launch(signal: AbortSignal): Promise<LocalServer>;
  onChanged(phase: LocalPhase): void;
}

/** Keeps one local Lambda: shares its start, notices its end, stops it in order. */
export class LocalProcess {
  readonly #options: LocalProcessOptions;
  #phase: LocalPhase = { phase: 'stopped' };
  #start: SharedStart<LocalServer> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: LocalProcessOptions) {
    this.#options = options;
  }

  get phase(): LocalPhase {
    return this.#phase;
  }

  /**
   * Resolves with the running server. Concurrent calls share one start, which is given up when the last of them is
   * aborted. @throws UserFacingFailure
   */
  async start(signal?: AbortSignal): Promise<LocalServer> {
    while (this.#stopping) await this.#stopping;
    // One that was given up is not to be joined.
    while (this.#start?.aborted) await this.#start.done.catch(() => undefined);
    signal?.throwIfAborted();
    if (this.#phase.phase === 'ready') return this.#phase.server;
    if (!this.#start) {
      this.#start = this.#begin();
      // After the start is there to be joined: who hears of it may ask for one.
      this.#set({ phase: 'starting' });
    }
    return this.#start.wait(signal);
  }

  /** Stops what runs or starts; what was accepted stays on disk. */
  stop(): Promise<void> {
    this.#stopping ??= this.#end().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  #begin(): SharedStart<LocalServer> {
    const start = new SharedStart((signal) => this.#launch(signal));
    const over = (): void => {
      if (this.#start === start) this.#start = undefined;
    };
    start.done.then(over, over);
    return start;
  }

  async #launch(signal: AbortSignal): Promise<LocalServer> {
    try {
      const server = await this.#options.launch(signal);
      this.#set({ phase: 'ready', server });
      void server.ended.then((end) => this.#serverEnded(server, end));
      return server;
    } catch (error) {
      if (signal.aborted) this.#set({ phase: 'stopped' });
      else {
        const code = UserFacingFailure.is(error) ? error.code : 'internal';
        this.#set({ phase: 'failed', code, problem: error instanceof Error ? error.message : String(error) });
      }
      throw error;
    }
  }

  #serverEnded(server: LocalServer, { why, orderly }: ServerEnd): void {
    if (this.#phase.phase !== 'ready' || this.#phase.server !== server) return;
    if (this.#stopping) {
      this.#set({ phase: 'stopped' });
      return;
    }
    if (server.attached && orderly) {
      // The window whose server it was has gone: what waits in the queue goes on here.
      this.#start = this.#begin();
      this.#start.hold();
      this.#set({ phase: 'starting' });
      return;
    }
    this.#set({
      phase: 'failed',
      code: 'exited',
      problem: `Local Lambda is not running any more: ${why} What it had accepted is kept. Restart it to go on.`,
    });
  }

  async #end(): Promise<void> {
    const start = this.#start;
    if (start) {
      start.abort(new DOMException('Local Lambda was stopped.', 'AbortError'));
      await start.done.catch(() => undefined);
    }
    if (this.#phase.phase === 'ready') await this.#phase.server.stop();
    this.#set({ phase: 'stopped' });
  }

  #set(phase: LocalPhase): void {
    if (this.#phase.phase === 'stopped' && phase.phase === 'stopped') return;
    this.#phase = phase;
    this.#options.onChanged(phase);
  }
}
