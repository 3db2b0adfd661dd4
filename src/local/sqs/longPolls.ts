/** Receivers that wait for a message. Woken by events: a message sent or visible again, the wait's end, a client gone. */
export class LongPolls {
  readonly #waiting = new Map<number, Set<() => void>>();
  #disposed = false;

  /** Resolves when the queue is woken, after `ms`, when the signal aborts, or at once after `dispose`. */
  wait(queueId: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.#disposed || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(queueId) ?? new Set();
      this.#waiting.set(queueId, waiting);
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        waiting.delete(done);
        if (waiting.size === 0 && this.#waiting.get(queueId) === waiting) this.#waiting.delete(queueId);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      waiting.add(done);
    });
  }

  /** Lets the queue's receivers look again, after the synchronous work (and so the transaction) that calls this. */
  wake(queueId: number): void {
    queueMicrotask(() => {
      for (const done of this.#waiting.get(queueId) ?? []) done();
    });
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Ends every wait, and those to come. */
  dispose(): void {
    this.#disposed = true;
    for (const queueId of this.#waiting.keys()) {
      for (const done of this.#waiting.get(queueId) ?? []) done();
    }
  }
}
