import { Emitter, type Event } from '../../src/model/event.ts';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import type { PieceSink, SourceCursor } from '../../src/model/recordSource.ts';

/** Keeps pieces in memory. */
export interface MemorySink extends PieceSink {
  /** All that were taken, repeats too. */
  readonly pieces: readonly InvocationPiece[];
  readonly onDidIngest: Event<readonly InvocationPiece[]>;
  /** Takes nothing so many times, from now on. */
  refuse(times: number): void;
}

/** A sink that begins with these cursors. */
export function createMemorySink(...cursors: readonly SourceCursor[]): MemorySink {
  const pieces: InvocationPiece[] = [];
  const left = new Map(cursors.map(({ stream, value }) => [stream, value]));
  const ingested = new Emitter<readonly InvocationPiece[]>();
  let refusals = 0;
  return {
    pieces,
    onDidIngest: ingested.event,
    refuse(times) {
      refusals = times;
    },
    ingest(more, cursor) {
      if (refusals-- > 0) return Promise.reject(new Error('The disk is full.'));
      pieces.push(...more);
      if (cursor) left.set(cursor.stream, cursor.value);
      ingested.fire(more);
      return Promise.resolve();
    },
    cursor: (stream) => Promise.resolve(left.get(stream) ?? 0),
  };
}
