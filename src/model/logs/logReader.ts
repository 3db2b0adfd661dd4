import type { LogEventsPiece, LogMark } from '../invocation.ts';
import { contentHash } from '../reading/contentHash.ts';
import { cutText } from '../reading/cutText.ts';
import { errorInLine } from './errorLine.ts';
import { isStreamOfOther } from './logStreamName.ts';
import { platformLine } from './platformLine.ts';
import { requestIdInLine } from './requestIdInLine.ts';
import { compareEvents, isBefore, type EventPlace } from './eventPlace.ts';

/** A log event as CloudWatch Logs gives it. */
export interface LogEvent {
  /** `eventId` of `FilterLogEvents`; absent where there is none (`GetLogEvents`, Live Tail). */
  readonly id?: string | undefined;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly message: string;
  readonly logStreamName: string;
}

type Line = LogEventsPiece['lines'][number];
type ErrorMark = Extract<LogMark, { readonly type: 'error' }>;

/** What is known of a stream, a JSON value. */
interface StreamState {
  /** The last event that was read. */
  last?: EventPlace;
  /** The request that runs, and where it began if its beginning was seen. */
  request?: { readonly id: string; readonly from?: EventPlace };
  /** The request that ended last, if none began since; empty where an init came before any. */
  ended?: string;
  /** Lines whose request is not known yet. */
  pending: Line[];
  /** An error that ended the attempt if nothing is logged after it. */
  lastError?: ErrorMark;
  /** How often a line occurred in the last millisecond: what tells events without an id apart. */
  repeats: Record<string, number>;
}

/** Where a reader stands, a JSON value. */
export interface LogReaderState {
  readonly streams: Readonly<Record<string, Readonly<StreamState>>>;
}

/** Lines that wait for their request; of more the first are given up. */
const maximumPending = 1_000;
/** Streams that are remembered; the one longest without an event is forgotten. An environment lives for hours. */
const maximumStreams = 2_000;

/**
 * Reads a function's log events, whatever its log format, and says which request each belongs to. A line that names no
 * request belongs to the one that runs in its stream, so that it needs *all* events of a stream, those without the request's
 * id too (an unhandled error of Python's names none): no filter pattern. Events of a stream come in order, page by page; a
 * page may begin anywhere, and events with an id may come again. Streams of other functions (in a log group that several
 * share, spec 5.8) are passed over.
 */
export class LogReader {
  readonly #group: { readonly functionName: string; readonly logGroupName: string };
  readonly #streams: Map<string, StreamState>;

  constructor(group: { readonly functionName: string; readonly logGroupName: string }, state?: LogReaderState) {
    this.#group = group;
    this.#streams = new Map(
      Object.entries(state?.streams ?? {}).map(([name, stream]) => [name, structuredClone(stream)]),
    );
  }

  /** To go on from with another reader, after what `read` gave is kept. */
  get state(): LogReaderState {
    return { streams: structuredClone(Object.fromEntries(this.#streams)) };
  }

  /** One piece for each request and stream that occurs. */
  read(events: readonly LogEvent[]): readonly LogEventsPiece[] {
    const found = new Found(this.#group);
    for (const event of events) {
      if (isStreamOfOther(event.logStreamName, this.#group.functionName)) continue;
      readEvent(this.#streamOf(event.logStreamName), event, found);
    }
    for (const name of this.#streams.keys()) {
      if (this.#streams.size <= maximumStreams) break;
      this.#streams.delete(name);
    }
    return found.pieces();
  }

  #streamOf(name: string): StreamState {
    const stream = this.#streams.get(name) ?? { pending: [], repeats: {} };
    this.#streams.delete(name);
    this.#streams.set(name, stream);
    return stream;
  }
}

interface Collected {
  readonly marks: LogMark[];
  readonly lines: Line[];
}

/** A page has more items than a call takes arguments. */
function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => (a < b ? a : b), Number.POSITIVE_INFINITY);
}

/** Collects lines and marks by request and stream. */
class Found {
  readonly #group: { readonly functionName: string; readonly logGroupName: string };
  readonly #pieces = new Map<string, { readonly requestId: string; readonly logStreamName: string } & Collected>();

  constructor(group: { readonly functionName: string; readonly logGroupName: string }) {
    this.#group = group;
  }

  add(logStreamName: string, requestId: string, lines: readonly Line[], mark?: LogMark): void {
    const key = `${requestId} ${logStreamName}`;
    const piece = this.#pieces.get(key) ?? { requestId, logStreamName, marks: [], lines: [] };
    this.#pieces.set(key, piece);
    for (const line of lines) piece.lines.push(line);
    if (mark) piece.marks.push(mark);
  }

  pieces(): readonly LogEventsPiece[] {
    return [...this.#pieces.values()].map(({ marks, lines, ...names }) => {
      const times = [...lines, ...marks].map(({ at }) => at);
      const [from, to] = [least(times), -least(times.map((at) => -at))];
      return { kind: 'logEvents', ...names, ...this.#group, from, to, marks, lines };
    });
  }
}

function readEvent(stream: StreamState, event: LogEvent, found: Found): void {
  const { timestamp: at, message, logStreamName } = event;
  const line: Line = { id: idOf(stream, event), at, message };
  const place: EventPlace = { at, id: line.id };
  if (stream.last && compareEvents(place, stream.last) <= 0) goBack(stream, place);
  stream.last = place;
  const add: Add = (requestId, lines, mark) => found.add(logStreamName, requestId, lines, mark);

  const platform = platformLine(message);
  switch (platform?.type) {
    case 'init':
      // Done again inside an invocation, after a time-out or an exit, it is that one's.
      if (stream.request?.from) {
        add(stream.request.id, [line]);
        return;
      }
      // Else it is of the request to come, and so is what the function's code prints while it loads.
      if (stream.ended === undefined) stream.pending = [];
      stream.pending.push(line);
      stream.ended ??= '';
      delete stream.request;
      return;
    case 'start':
      add(platform.requestId, [...pendingOf(stream, stream.ended !== undefined), line], {
        type: 'start',
        at,
        executedVersion: platform.executedVersion,
      });
      stream.request = { id: platform.requestId, from: place };
      delete stream.ended;
      delete stream.lastError;
      return;
    case 'end':
    case 'report': {
      const { requestId } = platform;
      const theirs = stream.ended === undefined || stream.ended === requestId;
      add(requestId, [...pendingOf(stream, theirs), line], markOf(platform, at));
      tellLastError(stream, requestId, add);
      delete stream.request;
      stream.ended = requestId;
      return;
    }
    case undefined:
      readOtherLine(stream, line, add);
  }
}

type Add = (requestId: string, lines: readonly Line[], mark?: LogMark) => void;

function readOtherLine(stream: StreamState, line: Line, add: Add): void {
  const { at, message } = line;
  const named = requestIdInLine(message);
  const running = stream.request;
  // The runtime's own prefix is exact; a member of a JSON line may be the function's own idea of a request.
  const trusted = named && (named.exact || !running?.from);
  const requestId = trusted ? named.id : running?.id;
  if (requestId === undefined) {
    stream.pending.push(line);
    if (stream.pending.length > maximumPending) stream.pending.shift();
    return;
  }
  // Where no beginnings are logged (SystemLogLevel WARN), or none was read, the lines say who runs; late ones do not.
  const begins = !running?.from && requestId !== running?.id && requestId !== stream.ended;
  if (begins && running) tellLastError(stream, running.id, add);
  const before = begins ? pendingOf(stream, true) : [];
  if (begins) {
    stream.request = { id: requestId };
    delete stream.ended;
  }
  delete stream.lastError;
  const error = errorInLine(message);
  const mark: ErrorMark | undefined = error && {
    type: 'error',
    at,
    status: error.status,
    errorType: cutText(error.errorType),
    errorMessage: cutText(error.errorMessage),
  };
  if (mark && error?.certain === false) {
    stream.lastError = mark;
    add(requestId, [...before, line]);
  } else {
    add(requestId, [...before, line], mark);
  }
}

function tellLastError(stream: StreamState, requestId: string, add: Add): void {
  if (stream.lastError) add(requestId, [], stream.lastError);
  delete stream.lastError;
}

/** The lines that waited: those of the request that they are now known to belong to, if they do. */
function pendingOf(stream: StreamState, theirs: boolean): readonly Line[] {
  const lines = theirs ? stream.pending : [];
  stream.pending = [];
  return lines;
}

/** An earlier event than the last: what runs is known only where the request began before it. */
function goBack(stream: StreamState, place: EventPlace): void {
  if (stream.request?.from && isBefore(stream.request.from, place)) return;
  delete stream.request;
  delete stream.lastError;
  delete stream.ended;
  stream.pending = [];
}

function markOf(
  platform: Extract<ReturnType<typeof platformLine>, { readonly type: 'end' | 'report' }>,
  at: number,
): LogMark {
  if (platform.type === 'end') return { type: 'end', at };
  const { requestId: _requestId, ...report } = platform;
  return { ...report, at };
}

/** Its own id; else one made of time, text and how often these two occurred, which is the same at every reading from the start. */
function idOf(stream: StreamState, { id, timestamp, message }: LogEvent): string {
  if (id !== undefined && id !== '') return id;
  if (stream.last?.at !== timestamp) stream.repeats = {};
  const hash = contentHash(message);
  const repeat = (stream.repeats[hash] ?? 0) + 1;
  stream.repeats[hash] = repeat;
  return `~${timestamp}-${hash}-${repeat}`;
}
