import type { Disposable } from '../model/disposable.ts';
import type { Event } from '../model/event.ts';
import type { Invocation, InvocationPiece, InvocationRow, InvocationStatus } from '../model/invocation.ts';
import type { Filter } from '../model/query/filter.ts';

/** What rows can be sorted by; `arrival` is the order in which they came. */
export const orderColumns = [
  'arrival',
  'started',
  'status',
  'function',
  'condition',
  'error',
  'attempts',
  'duration',
  'destination',
] as const;

/** Rows that are equal in the column follow in the order of their arrival, in the same direction. */
export interface RowOrder {
  readonly column: (typeof orderColumns)[number];
  readonly descending: boolean;
}

/** Which rows, and in which order: all conditions hold. */
export interface InvocationQuery {
  readonly connectionId?: string;
  /** Only these rows. */
  readonly ids?: readonly number[];
  readonly statuses?: readonly InvocationStatus[];
  readonly functionName?: string;
  readonly requestId?: string;
  /** Free text over function name, request id, error and payload. */
  readonly text?: string;
  /** What the filter box says. */
  readonly filter?: Filter;
  /** Newest first if absent. */
  readonly order?: RowOrder;
  /** Only rows with this id or an older one: pages of a list that stays where it is while rows arrive. */
  readonly maxId?: number;
}

/** A window of rows. */
export interface RowsFound {
  /** How many there are in all. */
  readonly total: number;
  readonly rows: readonly InvocationRow[];
  /** The search has not ended: `total` is how many were found up to now. */
  readonly incomplete?: true;
}

/** How many rows stand where. */
export type RowCounts = Readonly<Record<InvocationStatus | 'all', number>> & {
  /** The search has not ended: there may be more. */
  readonly incomplete?: true;
};

/** What a search that goes on has found. */
export interface SearchProgress {
  /** Further rows, in the query's order. */
  readonly rows: readonly InvocationRow[];
  /** How many were given with this, and before. */
  readonly found: number;
}

/** How a long operation is watched and ended. */
export interface LongOperation<P> {
  readonly signal?: AbortSignal;
  onProgress?(progress: P): void;
}

/** What is counted by value. */
export type RowFacet = 'status' | 'fn' | 'q' | 'cond' | 'err' | 'dest' | 'attempts';

/** A value, and how many rows have it. */
export interface FacetCount {
  readonly value: string;
  readonly number: number;
}

/** A time from and to (epoch ms, to the minute), in parts of `stepMs` (minutes at least). */
export interface TimelineRange {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

/** How many rows that were started in the part of time that begins at `at` stand where. Parts without any are left out. */
export interface TimelineBucket {
  readonly at: number;
  readonly counts: Readonly<Partial<Record<InvocationStatus, number>>>;
}

/** Errors of the same type, with a message that differs in numbers and ids at most, thrown at the same place. */
export interface ErrorGroup {
  /** For `group:` of a filter. */
  readonly id: number;
  readonly errorType: string;
  /** One of them. */
  readonly message: string;
  /** What they have in common. */
  readonly shape: string;
  /** File and function of the function's own code, if known. */
  readonly frame?: string;
  readonly number: number;
  /** First and last time it was seen, epoch ms; the first may be that of a row which is gone. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** How much is kept, and what of it is not written. */
export interface StoreSettings {
  readonly maxRows: number;
  /** Of the file. */
  readonly maxMegabytes: number;
  /** 0: whatever its age. */
  readonly maxDays: number;
  /** Rules as `parseRedaction` reads them; only what is written from now on is affected. */
  readonly redact: readonly string[];
}

/** How far an export or import is. */
export interface TransferProgress {
  readonly rows: number;
  /** Of all, as far as known; 0 to 1. */
  readonly fraction?: number;
}

/** What an import did. */
export interface Imported {
  /** Rows that were added, or know more now. */
  readonly rows: number;
  readonly pieces: number;
  /** Lines that are no pieces. */
  readonly skipped: number;
}

/** What changed in the store, batched. */
export interface StoreChange {
  /** Rows added, changed or removed. */
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
  /**
   * A window of rows, and how many there are in all. What takes long is given as far as it was found after some seconds;
   * asked again it goes on, as long as nothing changes.
   */
  rows(query: InvocationQuery, window: { readonly offset: number; readonly limit: number }): Promise<RowsFound>;
  /** Gives up to `limit` rows as they are found; resolves with how many, and whether there are no more. @throws what `signal` was aborted with */
  search(
    query: InvocationQuery,
    limit: number,
    operation?: LongOperation<SearchProgress>,
  ): Promise<{ readonly found: number; readonly complete: boolean }>;
  /** Everything about one row. */
  get(id: number): Promise<{ readonly row: InvocationRow; readonly invocation: Invocation } | undefined>;
  /** How many rows of the query's scope stand where; of what takes long as `rows`. */
  counts(query: InvocationQuery): Promise<RowCounts>;
  /** Values of a facet, those of most rows first. */
  facets(connectionId: string, facet: RowFacet, limit: number): Promise<readonly FacetCount[]>;
  /** Outcomes over time, oldest first. */
  timeline(connectionId: string, range: TimelineRange): Promise<readonly TimelineBucket[]>;
  /** Groups of like errors, those seen last first. */
  errorGroups(connectionId: string, limit: number): Promise<readonly ErrorGroup[]>;
  /** Keeps rows whatever is cut, or no longer. */
  pin(ids: readonly number[], pinned: boolean): Promise<void>;
  /** Removes rows, pinned ones too; resolves with how many. */
  delete(ids: readonly number[]): Promise<number>;
  /** Removes all rows of a query but pinned ones; resolves with how many. */
  clear(query: InvocationQuery, operation?: LongOperation<TransferProgress>): Promise<number>;
  /**
   * Takes or renews what only one window may hold; `false`: another one does. It ends `ttlMs` after it was last renewed;
   * with 0 it is given up now.
   */
  lease(name: string, holder: string, ttlMs: number): Promise<boolean>;
  /** Other settings from now on. */
  configure(settings: StoreSettings): Promise<void>;
  /** Writes the rows of a query to a file (NDJSON: a header, then one piece a line); resolves with how many rows. */
  exportRecords(query: InvocationQuery, file: string, operation?: LongOperation<TransferProgress>): Promise<number>;
  /** Reads such a file into a connection; what is known already changes nothing. @throws UserFacingFailure `notRecords` */
  importRecords(connectionId: string, file: string, operation?: LongOperation<TransferProgress>): Promise<Imported>;
  /** Fires after rows changed: at once, then at most once a frame (16 ms), every 50 ms while changes do not stop. */
  readonly onDidChange: Event<StoreChange>;
  /** Writes what is pending and ends the worker. */
  dispose(): Promise<void>;
}
