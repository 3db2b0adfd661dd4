import type { Disposable } from '../../model/disposable.ts';

/** What a cold start under a debugger is told by: it waits at `port` of 127.0.0.1 until one is there. */
export interface DebugSeat {
  /** Aborts when nobody debugs the function any more. */
  readonly over: AbortSignal;
  waits(port: number): void;
}

interface Session {
  readonly onWaiting: (port: number) => void;
}

/** Which functions are debugged. While one is, each of its attempts starts anew and waits for a debugger. */
export class Debugging {
  readonly #functions = new Map<string, { readonly sessions: Set<Session>; readonly over: AbortController }>();

  /** Debugs a function until disposed. `onWaiting` is called with the inspector's port of each attempt that waits. */
  begin(functionName: string, onWaiting: (port: number) => void): Disposable {
    const known = this.#functions.get(functionName);
    const debugged = known ?? { sessions: new Set<Session>(), over: new AbortController() };
    if (known === undefined) this.#functions.set(functionName, debugged);
    const session: Session = { onWaiting };
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
    return {
      over: debugged.over.signal,
      // One debugger is enough, and a process takes no second: the one that asked last.
      waits: (port) => [...debugged.sessions].at(-1)?.onWaiting(port),
    };
  }
}
