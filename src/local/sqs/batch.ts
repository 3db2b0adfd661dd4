import type { JsonInput } from '../server/jsonInput.ts';
import { ServiceError } from '../server/serviceError.ts';
import { invalidParameter, sqsError } from './sqsErrors.ts';

/** What a batch operation answers. */
export interface BatchResult {
  readonly Successful: readonly Readonly<Record<string, unknown>>[];
  readonly Failed: readonly Readonly<Record<string, unknown>>[];
}

const maximumEntries = 10;

/** The entries of a batch with their ids checked. `entryType`: `SendMessageBatchRequestEntry`. @throws ServiceError */
export function readEntries(
  input: JsonInput,
  entryType: string,
): readonly { readonly id: string; readonly entry: JsonInput }[] {
  const entries = input.inputs('Entries') ?? [];
  if (entries.length === 0) {
    throw batchError('EmptyBatchRequest', `There should be at least one ${entryType} in the request.`);
  }
  if (entries.length > maximumEntries) {
    const message = `Maximum number of entries per request are ${maximumEntries}. You have sent ${entries.length}.`;
    throw batchError('TooManyEntriesInBatchRequest', message);
  }
  const seen = new Set<string>();
  return entries.map((entry) => {
    const id = entry.text('Id') ?? '';
    if (!/^[\w-]{1,80}$/.test(id)) {
      const message = 'A batch entry id can only contain alphanumeric characters, hyphens and underscores. ';
      throw batchError('InvalidBatchEntryId', `${message}It can be at most 80 letters long.`);
    }
    if (seen.has(id)) throw batchError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    seen.add(id);
    return { id, entry };
  });
}

/** Does each entry by itself: what one is refused for does not stop the others. */
export function runEntries<T extends { readonly id: string }>(
  entries: readonly T[],
  run: (entry: T) => Readonly<Record<string, unknown>>,
): BatchResult {
  const Successful: Readonly<Record<string, unknown>>[] = [];
  const Failed: Readonly<Record<string, unknown>>[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.id, ...run(entry) });
    } catch (error) {
      if (!ServiceError.is(error)) throw error;
      const { message: Message, queryCode: Code, status } = error;
      Failed.push({ Id: entry.id, SenderFault: status < 500, Code, Message });
    }
  }
  return { Successful, Failed };
}

/** All messages of one batch are too large together. */
export function batchTooLong(limit: number, size: number): ServiceError {
  const message = `Batch requests cannot be longer than ${limit} bytes. You have sent ${size} bytes.`;
  return batchError('BatchRequestTooLong', message);
}

/** A number that must lie in a range. `rule` is SQS's own wording. */
export function checkRange(name: string, value: number, [from, to]: readonly [number, number], rule: string): number {
  if (value >= from && value <= to) return value;
  throw invalidParameter(`Value ${value} for parameter ${name} is invalid. Reason: ${rule}`);
}

function batchError(name: string, message: string): ServiceError {
  return sqsError(name, message, `AWS.SimpleQueueService.${name}`);
}
