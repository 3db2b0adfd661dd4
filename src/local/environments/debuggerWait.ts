import type { DebuggerKind } from '../../protocol/localApi.ts';
import type { DebugSeat } from './debugging.ts';
import type { DebuggerTold } from './outputFrames.ts';

/** Where a cold start under a debugger tells that it waits, and what with. */
export interface DebuggerSeat {
  readonly seat: DebugSeat;
  readonly kind: DebuggerKind;
}

/** Of the process that waits. */
export interface WaitingProcess {
  end(): void;
  /** The time-out of its function. */
  readonly timeoutMs: number;
}

/**
 * One process's wait for a debugger. What still waits when nobody debugs any more ends; what runs has its time-out again,
 * and so has what can't wait.
 */
export class DebuggerWait {
  readonly #debugger: DebuggerSeat;
  readonly #process: WaitingProcess;
  #attached = false;

  constructor(debugger_: DebuggerSeat, process: WaitingProcess) {
    this.#debugger = debugger_;
    this.#process = process;
  }

  /** Takes what the process tells. */
  told(it: DebuggerTold): void {
    const { seat, kind } = this.#debugger;
    if (it === 'attached') this.#attached = true;
    else if (it === 'none') this.#endLater();
    else {
      const over = (): void => (this.#attached ? this.#endLater() : this.#process.end());
      if (seat.over.aborted) return over();
      seat.over.addEventListener('abort', over, { once: true });
      seat.waits({ debugger: kind, port: it });
    }
  }

  #endLater(): void {
    setTimeout(() => this.#process.end(), this.#process.timeoutMs).unref();
  }
}
