import type { Disposable } from '../model/disposable.ts';
import type { Event } from '../model/event.ts';
import type { Invocation, InvocationPiece, InvocationRow, InvocationStatus } from '../model/invocation.ts';

/** Which rows: all conditions hold. */
export interface InvocationQuery {
  readonly connectionId?: string;
  readonly statuses?: readonly InvocationStatus[];
  readonly functionName?: string;
  readonly requestId?: string;
  /** Free text over function name, request id, error and payload. */
  readonly text?: string;
  /** Only rows with this id or an older one: pages of a list that stays where it is while rows arrive. */
  readonly maxId?: number;
}

/** What changed in the store, batched. */
export interface StoreChange {
  /** Rows added or changed. */
  readonly ids: readonly number[];
}

/** Invocations, kept. One SQLite file per workspace, owned by a worker thread; several windows may share it. */
export interface InvocationStore extends Disposable {
  /**
   * Folds pieces in, in one transaction. With `cursor`, the position of a stream is kept in the same transaction, so a
   * resumed stream neither loses nor repeats. Resolves with the ids of the rows touched, once they are on disk.
   */
  ingest(
    connectionId: string,
    pieces: readonly InvocationPiece[],
    cursor?: { readonly stream: string; readonly value: number },
  ): Promise<readonly number[]>;
  /** Where the stream was left; 0 when never seen. */
  cursor(connectionId: string, stream: string): Promise<number>;
  /** Rows newest first, and how many there are in all. */
  rows(
    query: InvocationQuery,
    window: { readonly offset: number; readonly limit: number },
  ): Promise<{ readonly total: number; readonly rows: readonly InvocationRow[] }>;
  /** Everything about one row. */
  get(id: number): Promise<{ readonly row: InvocationRow; readonly invocation: Invocation } | undefined>;
  /** How many rows of the query's scope stand where. */
  counts(query: InvocationQuery): Promise<Readonly<Record<InvocationStatus | 'all', number>>>;
  /** Fires after rows changed: at once, then at most once a frame (16 ms), every 50 ms while changes do not stop. */
  readonly onDidChange: Event<StoreChange>;
  /** Writes what is pending and ends the worker. */
  dispose(): Promise<void>;
}
