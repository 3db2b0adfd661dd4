import type { Disposable } from '../../model/disposable.ts';
import type { DebuggerKind, DebugWaiting } from '../../protocol/localApi.ts';

/** What a cold start under a debugger is told by: it waits at a port of 127.0.0.1 until one is there. */
export interface DebugSeat {
  /** Holds debugpy, for a Python that has none. */
  readonly debugpyDir?: string | undefined;
  /** Aborts when nobody debugs the function any more. */
  readonly over: AbortSignal;
  waits(waiting: DebugWaiting): void;
}

/** How an attempt under a debugger waits. */
export interface DebuggedLaunch {
  readonly kind: DebuggerKind;
  readonly debugpyDir?: string | undefined;
}

interface Session {
  readonly onWaiting: (waiting: DebugWaiting) => void;
  readonly debugpyDir: string | undefined;
}

/** Which functions are debugged. While one is, each of its attempts starts anew and waits for a debugger. */
export class Debugging {
  readonly #functions = new Map<string, { readonly sessions: Set<Session>; readonly over: AbortController }>();

  /**
   * Debugs a function until disposed. `onWaiting` is told of each attempt that waits. `debugpyDir`: a folder with debugpy
   * in it, for a Python that has none.
   */
  begin(functionName: string, onWaiting: (waiting: DebugWaiting) => void, debugpyDir?: string): Disposable {
    const known = this.#functions.get(functionName);
    const debugged = known ?? { sessions: new Set<Session>(), over: new AbortController() };
    if (known === undefined) this.#functions.set(functionName, debugged);
    const session: Session = { onWaiting, debugpyDir };
    debugged.sessions.add(session);
    return {
      dispose: () => {
        debugged.sessions.delete(session);
        if (debugged.sessions.size > 0 || this.#functions.get(functionName) !== debugged) return;
        this.#functions.delete(functionName);
        debugged.over.abort();
      },
    };
  }

  /** Where an attempt of a function waits; `undefined`: nobody debugs it. */
  seat(functionName: string): DebugSeat | undefined {
    const debugged = this.#functions.get(functionName);
    if (debugged === undefined) return undefined;
    // One debugger is enough, and a process takes no second: the one that asked last.
    const last = (): Session | undefined => [...debugged.sessions].at(-1);
    return {
      debugpyDir: last()?.debugpyDir,
      over: debugged.over.signal,
      waits: (waiting) => last()?.onWaiting(waiting),
    };
  }
}
