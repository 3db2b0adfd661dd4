import type { Event } from '../../model/event.ts';
import type { InvocationPiece } from '../../model/invocation.ts';
import type { StreamItem } from '../../protocol/localApi.ts';

/** Every fact about asynchronous invocations in the order it became true; the source of the invocation stream. */
export interface InvocationJournal {
  /** Identifies this data folder's journal: cursors of another one mean nothing here. */
  readonly stream: string;
  /** Appends inside the open transaction (or one of its own); listeners hear of it once it is committed. */
  append(piece: InvocationPiece): void;
  /** Pieces after a cursor, oldest first. */
  read(after: number, limit: number): readonly StreamItem[];
  /** Something was appended; coalesced to at most once a turn of the event loop. */
  readonly onDidAppend: Event<void>;
}
