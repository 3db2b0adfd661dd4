import { Lifecycle, type Phase } from './lifecycle.ts';
import type { LocalServer, ServerEnd } from './localServer.ts';

/** What the supervisor works with. */
export interface LocalProcessOptions {
  /** Starts a server; aborted when nobody waits for it any more. @throws UserFacingFailure */
  launch(signal: AbortSignal): Promise<LocalServer>;
  onChanged(phase: Phase<LocalServer>): void;
}

/** Keeps one local Lambda: shares its start, notices its end, stops it in order. */
export class LocalProcess {
  readonly #lifecycle: Lifecycle<LocalServer>;

  constructor({ launch, onChanged }: LocalProcessOptions) {
    this.#lifecycle = new Lifecycle({
      launch,
      end: (server) => server.stop(),
      onChanged: (phase) => {
        if (phase.phase === 'ready') void phase.value.ended.then((end) => this.#serverEnded(phase.value, end));
        onChanged(phase);
      },
      stopReason: 'Local Lambda was stopped.',
    });
  }

  get phase(): Phase<LocalServer> {
    return this.#lifecycle.phase;
  }

  /** Resolves with the running server, started if need be, once for all who ask. @throws UserFacingFailure */
  start(signal?: AbortSignal): Promise<LocalServer> {
    return this.#lifecycle.start(signal);
  }

  /** Stops what runs or starts; what was accepted stays on disk. */
  stop(): Promise<void> {
    return this.#lifecycle.stop();
  }

  #serverEnded(server: LocalServer, { why, orderly }: ServerEnd): void {
    // The window whose server it was has gone: what waits in the queue goes on here.
    if (server.attached && orderly) this.#lifecycle.lost(server, 'startAgain');
    else {
      this.#lifecycle.lost(server, {
        code: 'exited',
        problem: `Local Lambda is not running any more: ${why} What it had accepted is kept. Restart it to go on.`,
      });
    }
  }
}
