/** Synchronous invocations that run, by function: they take of the same reserved concurrency as events. */
export class SynchronousRuns {
  readonly #counts = new Map<string, number>();

  /** How many of a function run. */
  of(functionName: string): number {
    return this.#counts.get(functionName) ?? 0;
  }

  /** Counts one until what is returned is called. */
  enter(functionName: string): () => void {
    this.#change(functionName, 1);
    return () => this.#change(functionName, -1);
  }

  #change(functionName: string, by: number): void {
    const count = this.of(functionName) + by;
    if (count === 0) this.#counts.delete(functionName);
    else this.#counts.set(functionName, count);
  }
}
