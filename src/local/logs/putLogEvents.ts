import type { JsonInput } from '../server/jsonInput.ts';
import { findGroup, findStream, type LogsParts } from './groupOperations.ts';
import { constraintBroken, invalidParameter } from './logsErrors.ts';

const hourMs = 60 * 60 * 1000;
/** CloudWatch Logs API reference, PutLogEvents: events and bytes of a batch, and the times they may have. */
const mostEvents = 10_000;
const mostBytes = 1_048_576;
const eventOverhead = 26;
const longestSpanMs = 24 * hourMs;
const newestMs = 2 * hourMs;
const oldestMs = 14 * 24 * hourMs;

/** PutLogEvents: a batch is taken or refused whole, but for events that are too old or too new, which it names. */
export function putLogEvents({ table, now }: LogsParts, input: JsonInput): unknown {
  const events = readEvents(input);
  const group = findGroup(table, input);
  const stream = findStream(table, group, input);
  const at = now();
  const firstKept = events.findIndex((event) => event.at >= at - oldestMs);
  const tooOld = firstKept === -1 ? events.length : firstKept;
  const firstNew = events.findIndex((event) => event.at > at + newestMs);
  const kept = events.slice(tooOld, firstNew === -1 ? undefined : firstNew);
  if (kept.length > 0) table.append(group.name, stream.name, kept, at);
  const rejected = {
    ...(firstNew === -1 ? {} : { tooNewLogEventStartIndex: firstNew }),
    ...(tooOld === 0 ? {} : { tooOldLogEventEndIndex: tooOld }),
  };
  return {
    nextSequenceToken: String(stream.id).padStart(56, '0'),
    ...(kept.length === events.length ? {} : { rejectedLogEventsInfo: rejected }),
  };
}

interface Event {
  readonly at: number;
  readonly message: string;
}

function readEvents(input: JsonInput): readonly Event[] {
  const given = input.inputs('logEvents');
  if (given === undefined) throw constraintBroken(undefined, 'logEvents', 'not be null');
  const events = given.map((event, index) => {
    const [at, message] = [event.integer('timestamp'), event.text('message')];
    const path = `logEvents.${index + 1}.member`;
    if (at === undefined) throw constraintBroken(at, `${path}.timestamp`, 'not be null');
    if (at < 0) throw constraintBroken(at, `${path}.timestamp`, 'have value greater than or equal to 0');
    if (message === undefined) throw constraintBroken(message, `${path}.message`, 'not be null');
    if (message === '') {
      throw constraintBroken(message, `${path}.message`, 'have length greater than or equal to 1');
    }
    return { at, message };
  });
  if (events.length === 0) throw constraintBroken('[]', 'logEvents', 'have length greater than or equal to 1');
  if (events.length > mostEvents) {
    throw constraintBroken(`[${events.length} events]`, 'logEvents', `have length less than or equal to ${mostEvents}`);
  }
  checkBytes(events);
  checkTimes(events);
  return events;
}

function checkBytes(events: readonly Event[]): void {
  let bytes = 0;
  for (const { message } of events) {
    const size = Buffer.byteLength(message) + eventOverhead;
    if (size > mostBytes) throw invalidParameter(`Log event too large: ${size} bytes exceeds limit of ${mostBytes}`);
    bytes += size;
  }
  if (bytes > mostBytes) throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${mostBytes}`);
}

function checkTimes(events: readonly Event[]): void {
  if (events.some(({ at }, index) => at < (events[index - 1]?.at ?? 0))) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  if ((events.at(-1)?.at ?? 0) - (events[0]?.at ?? 0) > longestSpanMs) {
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
}
