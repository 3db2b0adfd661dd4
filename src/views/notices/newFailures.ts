import type { InvocationRow, InvocationStatus } from '../../model/invocation.ts';

/** What counts as a failure that people want to hear of. */
export const failedStatuses: readonly InvocationStatus[] = ['failed', 'lost', 'notAccepted'];

/** A burst is over when nothing has failed for so long, in ms. */
const burstMs = 60_000;

/** Failures that nobody has looked at yet. Rows of one connection, known by their ids. */
export class NewFailures {
  /** What happened before is no news. */
  readonly #since: number;
  readonly #unseen = new Map<number, InvocationRow>();
  /** Taken note of, seen or not: a row fails once. */
  readonly #known = new Set<number>();
  #lastAt = -Infinity;
  #burstTold = false;

  /** `since`: epoch ms. */
  constructor(since: number) {
    this.#since = since;
  }

  /** Failures not looked at, oldest first. */
  get unseen(): readonly InvocationRow[] {
    return [...this.#unseen.values()];
  }

  /** Takes note of rows that failed, in any order, again and again. `watched`: the person sees them happen. Gives how many were new. */
  note(rows: readonly InvocationRow[], watched: boolean, now: number): number {
    const fresh = rows
      .filter(({ id, endedAt, updatedAt }) => !this.#known.has(id) && (endedAt ?? updatedAt) >= this.#since)
      .toSorted((a, b) => a.id - b.id);
    for (const row of fresh) {
      this.#known.add(row.id);
      if (!watched) this.#unseen.set(row.id, row);
    }
    if (fresh.length > 0) {
      if (now - this.#lastAt > burstMs) this.#burstTold = false;
      this.#lastAt = now;
    }
    return fresh.length;
  }

  /** Whether this burst has not been told yet, and there is something to tell; from now on it is told. */
  tellBurst(): boolean {
    if (this.#burstTold || this.#unseen.size === 0) return false;
    this.#burstTold = true;
    return true;
  }

  /** Of some rows only these are there and have failed: others were removed, or went on. Gives whether one was counted. */
  check(ids: ReadonlySet<number>, failed: readonly InvocationRow[]): boolean {
    const still = new Set(failed.map(({ id }) => id));
    const gone = [...ids].filter((id) => this.#unseen.has(id) && !still.has(id));
    for (const id of gone) {
      this.#unseen.delete(id);
      this.#known.delete(id);
    }
    return gone.length > 0;
  }

  /** The person looks. */
  see(): void {
    this.#unseen.clear();
  }
}
