import type { JsonOperation } from '../server/awsJson.ts';
import type { JsonInput } from '../server/jsonInput.ts';
import { eventId, type EventPosition, parseEventId } from './eventPosition.ts';
import { parseFilterPattern } from './filterPattern.ts';
import { findGroup, findStream, type LogsParts, readLimit } from './groupOperations.ts';
import { startLiveTail } from './liveTail.ts';
import { constraintBroken, invalidParameter } from './logsErrors.ts';
import type { LogEvent } from './logTable.ts';
import { putLogEvents } from './putLogEvents.ts';

/** AWS's limits: events and bytes of one page, and how many events one FilterLogEvents call looks at here. */
const mostEvents = 10_000;
const mostBytes = 1_048_576;
const mostScanned = 20_000;

const before: EventPosition = { at: -1, id: 0 };
const beyond: EventPosition = { at: Number.MAX_SAFE_INTEGER, id: 0 };

/** PutLogEvents, GetLogEvents, FilterLogEvents and StartLiveTail (spec 5.10). */
export function eventOperations(parts: LogsParts): Readonly<Record<string, JsonOperation>> {
  return {
    PutLogEvents: (input) => putLogEvents(parts, input),
    GetLogEvents: (input) => getLogEvents(parts, input),
    FilterLogEvents: (input) => filterLogEvents(parts, input),
    StartLiveTail: (input, request) => startLiveTail(parts, input, request),
  };
}

/** Without a token: the last page, or from the first event with `startFromHead`. A page's events are oldest first. */
function getLogEvents({ table }: LogsParts, input: JsonInput): unknown {
  const limit = readLimit(input, mostEvents, mostEvents);
  const stream = findStream(table, findGroup(table, input), input);
  const token = readToken(input);
  const backward = token ? token.backward : input.flag('startFromHead') !== true;
  const from = token?.position ?? (backward ? beyond : before);
  const page = takePage(table.streamEvents(stream, { ...readSpan(input), beyond: from, backward }), limit).events;
  const events = backward ? page.toReversed() : page;
  const [first, last] = [events[0], events.at(-1)];
  // Nothing there: the token that was sent comes back, which is how a reader sees the end.
  const here = token?.position ?? before;
  return {
    events: events.map(({ at, message, ingested_at: ingestionTime }) => ({ timestamp: at, message, ingestionTime })),
    nextForwardToken: `f/${eventId(last ?? clamp(here))}/s`,
    nextBackwardToken: `b/${eventId(first ?? clamp(here))}/s`,
  };
}

/** Pages end at `limit` events, 1 MiB, or when much was looked at in vain: an empty page may have a `nextToken`. */
function filterLogEvents({ table }: LogsParts, input: JsonInput): unknown {
  const limit = readLimit(input, mostEvents, mostEvents);
  const matches = parseFilterPattern(input.text('filterPattern') ?? '');
  const inStreams = readStreams(input);
  const group = findGroup(table, input);
  const { backward, position } = readFilterToken(input);
  const { from, to } = readSpan(input);
  // Unlike GetLogEvents, an event at `endTime` is in.
  const found = table.groupEvents(group, { from, to: Math.min(to, beyond.at - 1) + 1, beyond: position, backward });
  const { events, more } = takePage(found, limit, (event) => inStreams(event.stream) && matches(event.message));
  return {
    events: events.map((event) => ({
      logStreamName: event.stream,
      timestamp: event.at,
      message: event.message,
      ingestionTime: event.ingested_at,
      eventId: eventId(event),
    })),
    searchedLogStreams: [],
    ...(more ? { nextToken: `${backward ? 'b' : 'f'}/${eventId(more)}/s` } : {}),
  };
}

/** The direction comes from the token, or on the first call from `startFromHead`: latest first where that is `false`. */
function readFilterToken(input: JsonInput): { readonly backward: boolean; readonly position: EventPosition } {
  const token = readToken(input);
  if (token) return token;
  const backward = input.flag('startFromHead') === false;
  if (backward && (input.integer('startTime') ?? 0) < Date.UTC(2024, 0)) {
    throw invalidParameter('startFromHead can be false only with a startTime on or after Jan 1, 2024 00:00:00 UTC.');
  }
  return { backward, position: backward ? beyond : before };
}

/** `more`: the last event looked at, when there are others after it. */
function takePage(
  found: Iterable<LogEvent>,
  limit: number,
  isWanted: (event: LogEvent) => boolean = () => true,
): { readonly events: readonly LogEvent[]; readonly more?: EventPosition } {
  const events: LogEvent[] = [];
  let bytes = 0;
  let scanned = 0;
  let last: LogEvent | undefined;
  for (const event of found) {
    const size = Buffer.byteLength(event.message);
    const isFull = events.length === limit || (events.length > 0 && bytes + size > mostBytes);
    if (last && (isFull || scanned === mostScanned)) return { events, more: last };
    scanned += 1;
    last = event;
    if (!isWanted(event)) continue;
    events.push(event);
    bytes += size;
  }
  return { events };
}

/** `startTime` is included, `endTime` is not (GetLogEvents); what they leave out is open. */
function readSpan(input: JsonInput): { readonly from: number; readonly to: number } {
  const [from = 0, to = Number.MAX_SAFE_INTEGER] = [input.integer('startTime'), input.integer('endTime')];
  if (from < 0) throw constraintBroken(from, 'startTime', 'have value greater than or equal to 0');
  if (to < 0) throw constraintBroken(to, 'endTime', 'have value greater than or equal to 0');
  return { from, to };
}

function readStreams(input: JsonInput): (stream: string) => boolean {
  const [names, prefix] = [input.texts('logStreamNames'), input.text('logStreamNamePrefix')];
  if (names && prefix !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
  }
  if (names && (names.length === 0 || names.length > 100)) {
    throw constraintBroken(`[${names.length} names]`, 'logStreamNames', 'have length between 1 and 100');
  }
  if (names) {
    const wanted = new Set(names);
    return (stream) => wanted.has(stream);
  }
  return (stream) => stream.startsWith(prefix ?? '');
}

function readToken(input: JsonInput): { readonly backward: boolean; readonly position: EventPosition } | undefined {
  const token = input.text('nextToken');
  if (token === undefined) return undefined;
  const [, direction, id = ''] = /^([fb])\/(\d{56})\/s$/.exec(token) ?? [];
  const position = parseEventId(id);
  if (!position) throw invalidParameter('The specified nextToken is invalid.');
  return { backward: direction === 'b', position };
}

function clamp({ at, id }: EventPosition): EventPosition {
  return { at: Math.max(0, at), id };
}
