/** A start that goes on, shared by all who wait for it; given up when the last of them is aborted. */
export class SharedStart<T> {
  readonly #abort = new AbortController();
  #waiting = 0;
  readonly done: Promise<T>;

  /** `launch` runs a turn later: by then it can be told that it starts. */
  constructor(launch: (signal: AbortSignal) => Promise<T>) {
    this.done = Promise.resolve().then(() => launch(this.#abort.signal));
    // Who waits hears of a failure; nobody need wait.
    this.done.catch(() => undefined);
  }

  /** Given up: not to be joined. */
  get aborted(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Keeps it going whoever gives up. */
  hold(): void {
    this.#waiting++;
  }

  /** Gives it up for all. */
  abort(reason: unknown): void {
    this.#abort.abort(reason);
  }

  /** Resolves when it is done. @throws what it failed with; the signal's reason */
  async wait(signal: AbortSignal | undefined): Promise<T> {
    this.#waiting++;
    if (!signal) return this.done;
    const { promise, reject } = Promise.withResolvers<never>();
    const aborted = (): void => {
      const reason: unknown = signal.reason;
      reject(reason instanceof Error ? reason : new DOMException('Cancelled', 'AbortError'));
      if (--this.#waiting === 0) this.#abort.abort(reason);
    };
    signal.addEventListener('abort', aborted, { once: true });
    try {
      return await Promise.race([this.done, promise]);
    } finally {
      signal.removeEventListener('abort', aborted);
    }
  }
}
