import type { LogEventsPiece } from '../../model/invocation.ts';

/** An event is at most so old (spec 4.1), and its last attempt takes a quarter of an hour. */
const oldestEvent = 6 * 3_600_000 + 15 * 60_000;
/** What is logged arrives late: so long after the end is it still waited for. */
const lateMs = 30_000;
/** Requests that are over and may be named again. */
const remembered = 10_000;

/** The requests whose logs somebody waits for. Times epoch ms. */
export class WatchedRequests {
  /** `until`: it is over, and is let go of then. */
  readonly #requests = new Map<string, { readonly since: number; failed: boolean; until?: number }>();
  readonly #over = new Set<string>();

  get size(): number {
    return this.#requests.size;
  }

  /** Those of them that are new. */
  add(requestIds: readonly string[], since: number, now: number): readonly string[] {
    const added = requestIds.filter(
      (id) => !this.#requests.has(id) && !this.#over.has(id) && now - since < oldestEvent,
    );
    for (const id of added) this.#requests.set(id, { since, failed: false });
    return added;
  }

  /** These are over. */
  end(requestIds: readonly string[], now: number): void {
    for (const id of requestIds) {
      const request = this.#requests.get(id);
      if (request) request.until ??= now + lateMs;
    }
  }

  /** Whether a piece is of one of them. What it tells of the end is noted. */
  wants({ requestId, marks }: LogEventsPiece, now: number): boolean {
    const request = this.#requests.get(requestId);
    if (!request) return this.#over.has(requestId);
    for (const mark of marks) {
      if (mark.type === 'start') request.failed = false;
      if (mark.type === 'error') request.failed = true;
      if (mark.type === 'report' && !request.failed && (mark.status ?? 'success') === 'success') {
        request.until ??= now + lateMs;
      }
    }
    return true;
  }

  /** Lets go of those that are over by now. */
  forget(now: number): void {
    for (const [id, { since, until = since + oldestEvent }] of this.#requests) {
      if (until > now) continue;
      this.#requests.delete(id);
      this.#over.add(id);
    }
    for (const id of this.#over) {
      if (this.#over.size <= remembered) break;
      this.#over.delete(id);
    }
  }
}
