import type { JsonOperation } from '../server/awsJson.ts';
import type { JsonInput } from '../server/jsonInput.ts';
import { transaction } from '../state/database.ts';
import { busEvent, parseDetail } from './busEvent.ts';
import { Constraints } from './constraints.ts';
import { routeEvent } from './eventRouting.ts';
import { validationError } from './eventsErrors.ts';
import { busName, type EventsParts } from './eventsParts.ts';

/** All entries of a request together, in bytes (spec 2.4). */
const maximumSize = 1_048_576;

/** PutEvents. */
export function putEventsOperation(parts: EventsParts): JsonOperation {
  return (input) => {
    const entries = input.inputs('Entries') ?? [];
    const constraints = new Constraints();
    constraints.length(entries.length, `[${entries.map(printed).join(', ')}]`, 1, 10, 'entries');
    constraints.throwIfBroken();
    if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > maximumSize) {
      throw validationError('Total size of the entries in the request is over the limit.');
    }
    const results = transaction(parts.db, () => entries.map((entry) => putEntry(parts, entry)));
    return {
      FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
      Entries: results,
    };
  };
}

type EntryResult = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

function putEntry(parts: EventsParts, entry: JsonInput): EntryResult {
  const { scope, buses, log, now } = parts;
  const [source, detailType, text] = ['Source', 'DetailType', 'Detail'].map((name) => entry.text(name) ?? '');
  if (!source || !detailType || !text) {
    const missing = source ? (detailType ? 'Detail' : 'DetailType') : 'Source';
    const reason = `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`;
    return { ErrorCode: 'InvalidArgument', ErrorMessage: reason };
  }
  if (source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  const detail = parseDetail(text);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const seconds = entry.number('Time');
  if (seconds !== undefined && Number.isNaN(new Date(seconds * 1000).getTime())) {
    return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Parameter Time is not valid.' };
  }
  const traceHeader = entry.text('TraceHeader');
  const takenAt = now();
  const event = busEvent(scope, {
    ...{ source, detailType, detail, takenAt },
    at: seconds === undefined ? takenAt : seconds * 1000,
    resources: entry.texts('Resources') ?? [],
    ...(traceHeader === undefined ? {} : { traceHeader }),
  });
  const bus = busName(scope, entry.text('EventBusName'));
  // AWS says nothing of it: the event has an id and is gone.
  if (buses.find(bus)) routeEvent(parts, bus, event);
  else log.warn(`PutEvents: the event bus ${bus} does not exist, so that the event ${event.id} is dropped.`);
  return { EventId: event.id };
}

function sizeOf(entry: JsonInput): number {
  const texts = [...['Source', 'DetailType', 'Detail'].map((name) => entry.text(name) ?? '')];
  const time = entry.number('Time') === undefined ? 0 : 14;
  return [...texts, ...(entry.texts('Resources') ?? [])].reduce((sum, text) => sum + Buffer.byteLength(text), time);
}

/** An entry as AWS prints it. */
function printed(entry: JsonInput): string {
  const shown = (name: string): string => entry.text(name) ?? 'null';
  return (
    `PutEventsRequestEntry(time=${entry.number('Time') ?? 'null'}, source=${shown('Source')}, ` +
    `resources=${entry.texts('Resources')?.join(', ') ?? 'null'}, detailType=${shown('DetailType')}, ` +
    `detail=${shown('Detail')}, eventBusName=${shown('EventBusName')}, traceHeader=${shown('TraceHeader')}, ` +
    'kmsKeyIdentifier=null, internalMetadata=null)'
  );
}
