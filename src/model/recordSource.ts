import type { Disposable } from './disposable.ts';
import type { Event } from './event.ts';
import type { InvocationPiece } from './invocation.ts';

/** Where a source was left: `stream` names what it reads, `value` rises (a time in epoch ms, mostly). */
export interface SourceCursor {
  readonly stream: string;
  readonly value: number;
}

/** Where pieces go. */
export interface PieceSink {
  /** Resolves once they are on disk, the cursor in the same transaction. Only then may what they were read from be removed. */
  ingest(pieces: readonly InvocationPiece[], cursor?: SourceCursor): Promise<unknown>;
  /** Where a stream was left; 0 when it was never read. */
  cursor(stream: string): Promise<number>;
}

/** How records are read: `design.md`'s table of records and taps. */
export type RecordSourceKind = 'tap' | 'peek' | 'drain' | 'logs' | 'liveTail' | 'objects';

/** Where a source stands. Times epoch ms, lengths ms. */
export interface RecordSourceState {
  readonly phase: 'stopped' | 'starting' | 'listening' | 'paused' | 'stopping' | 'failed';
  /** Of `failed`, or of trouble that it goes on after by itself: what happened, why, what to do. */
  readonly problem?: string;
  readonly problemCode?: string;
  /** When it last heard of its end, whether or not there was anything new. */
  readonly lastReadAt?: number;
  /** How far behind it was then: the age of the oldest thing read last, or of what waits unread. */
  readonly lagMs?: number;
  /** Pieces handed on since it was started. */
  readonly received: number;
  /** It may not see everything, by its nature (a peek, a live tail that was sampled); `since` when it last did not. */
  readonly sampled?: { readonly since?: number };
}

/** Reads execution records, dead letters or logs and hands them on as pieces. Each at least once; the store tells repeats. */
export interface RecordSource extends Disposable {
  readonly kind: RecordSourceKind;
  readonly state: RecordSourceState;
  readonly onDidChangeState: Event<RecordSourceState>;
  /** Makes what it needs and listens; goes on from where it was. @throws UserFacingFailure */
  start(signal?: AbortSignal): Promise<void>;
  /** Reads no more, keeps what it made; `start` goes on. */
  pause(): Promise<void>;
  /** Reads no more and removes what it made. */
  stop(): Promise<void>;
  /** As `pause`. */
  dispose(): Promise<void>;
}
