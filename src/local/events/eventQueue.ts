import type { LocalWait } from '../../protocol/localApi.ts';

/** An event to run asynchronously. */
export interface AsyncEvent {
  /** The id the caller is answered with; the same in every attempt, log line and record. */
  readonly requestId: string;
  readonly functionName: string;
  /** As invoked; absent: unqualified, which means `$LATEST`. */
  readonly qualifier?: string;
  /** The event's exact bytes; already known to be JSON. */
  readonly payload: Uint8Array;
  /**
   * `Root=1-…;Parent=…;Sampled=0`, with the `Lineage=…` of what caused it, if anything did: the queue adds this event's own
   * hop to it (spec 4.6).
   */
  readonly traceId: string;
  /** What the sender calls it (`protocol/localApi.ts`). */
  readonly clientToken?: string;
}

/** The durable queue in front of asynchronous invocation, with AWS's retries, ages and deliveries (spec 4). */
export interface EventQueue {
  /**
   * Puts the event on disk (inside the open transaction, if there is one) and lets it run. Returns when it is kept.
   * A version or alias that is missing is an attempt that fails (spec 1.4).
   *
   * @throws Error when there is no function of that name.
   */
  accept(event: AsyncEvent): void;
  /** As `accept`, in one transaction with others of this turn; resolves when the event is kept. Never inside a transaction. */
  acceptSoon(event: AsyncEvent): Promise<void>;
  /** Ends the current wait of an event now; `false` when it does not wait. */
  skipWait(requestId: string): boolean;
  /** Ends the current wait of every event now; says of how many. */
  skipAllWaits(): number;
  /** The waits that end soonest, at most `limit`, and how many there are. */
  waits(limit: number): { readonly total: number; readonly waits: readonly LocalWait[] };
  /** Events that wait for an attempt, and attempts that run. */
  counts(): { readonly queued: number; readonly running: number };
  /**
   * Takes a place of a function's reserved concurrency for a synchronous invocation; `undefined`: there is none left. It is
   * given back by what is returned.
   */
  takePlace(functionName: string, reservedConcurrency: number | undefined): (() => void) | undefined;
  /** Starts no more attempts until `resume`; events are accepted, and age. A new process begins without a pause. */
  pause(): void;
  resume(): void;
  readonly isPaused: boolean;
  /** Takes up what an earlier process left: waits go on where they were, attempts that it cut off run again. */
  start(): void;
  /** Starts no more attempts, gives running ones `graceMs` to end; the rest stays queued on disk. */
  stop(graceMs: number): Promise<void>;
}
