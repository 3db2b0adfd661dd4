import { ownMemoryMB } from './processIdentity.ts';

/** What ends when it holds more memory than it may. */
interface Guarded {
  readonly limitMB: number;
  exceeded(): void;
}

/** Long enough to cost nothing, short enough that few handlers are done before. */
const LOOK_EVERY_MS = 50;

/** Looks at the memory of the processes that run an event, 20 times a second. Only Linux tells it; elsewhere nothing is limited. */
export class MemoryGuard {
  readonly #guarded = new Map<number, Guarded>();
  readonly #heldMB: (pid: number) => Promise<number | undefined>;
  #looking = false;

  /** `heldMB`: what a process holds, in MB; `undefined`: it is not there. */
  constructor(heldMB: (pid: number) => Promise<number | undefined> = ownMemoryMB) {
    this.#heldMB = heldMB;
  }

  /** Calls `exceeded`, once, when the process is seen to hold more. */
  guard(pid: number, limitMB: number, exceeded: () => void): void {
    if (process.platform !== 'linux') return;
    this.#guarded.set(pid, { limitMB, exceeded });
    if (!this.#looking) this.#lookLater();
  }

  /** Looks at it no more. */
  release(pid: number): void {
    this.#guarded.delete(pid);
  }

  /** Goes on as long as there is something to look at: an event costs no timer of its own. */
  #lookLater(): void {
    this.#looking = true;
    setTimeout(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  async #look(): Promise<void> {
    for (const [pid, guarded] of this.#guarded) {
      const held = await this.#heldMB(pid);
      // It may have been released meanwhile, or have begun another event.
      if (this.#guarded.get(pid) !== guarded) continue;
      // It is gone: the next process with its id is another's.
      if (held === undefined) this.#guarded.delete(pid);
      if (held === undefined || held <= guarded.limitMB) continue;
      this.#guarded.delete(pid);
      guarded.exceeded();
    }
    this.#looking = false;
    if (this.#guarded.size > 0) this.#lookLater();
  }
}
