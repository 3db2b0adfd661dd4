import type { AccountScope } from '../../model/arn.ts';
import { queueArn } from '../../model/arn.ts';
import type { ApiRequest } from '../server/apiRequest.ts';
import type { JsonOperation } from '../server/awsJson.ts';
import type { JsonInput } from '../server/jsonInput.ts';
import { checkRange } from './batch.ts';
import type { MessageParts } from './messageParts.ts';
import { PurgeTimes } from './purgeTimes.ts';
import {
  checkAttributeNames,
  type QueueAttributes,
  readAttributeValues,
  unknownAttribute,
  withDefaults,
} from './queueAttributes.ts';
import type { Queue, QueueTable } from './queueTable.ts';
import { checkDeadLetterQueue, deadLetterSources } from './redrive.ts';
import { invalidParameter, missingParameter, queueDoesNotExist, sqsError } from './sqsErrors.ts';

/** The queue that `QueueUrl` names. @throws ServiceError `QueueDoesNotExist`, or `MissingParameter`. */
export function findQueue(queues: QueueTable, input: JsonInput): Queue {
  const url = input.text('QueueUrl') ?? '';
  if (url === '') throw missingParameter('QueueUrl');
  const queue = queues.findByUrl(url);
  if (!queue) throw queueDoesNotExist();
  return queue;
}

/** CreateQueue, DeleteQueue (a name is free at once, not after 60 s as on AWS), PurgeQueue, attributes and look-ups. */
export function queueOperations(parts: MessageParts): Readonly<Record<string, JsonOperation>> {
  const { queues, messages, polls, scope, now } = parts;
  const purges = new PurgeTimes();
  return {
    CreateQueue: (input, request) => {
      const name = input.text('QueueName') ?? '';
      if (name === '') throw missingParameter('QueueName');
      createQueue(parts, name, input.textMap('Attributes') ?? {}, input.textMap('tags') ?? {});
      return { QueueUrl: queueUrl(request, scope, name) };
    },
    GetQueueUrl: (input, request) => {
      const name = input.text('QueueName') ?? '';
      if (name === '') throw missingParameter('QueueName');
      const owner = input.text('QueueOwnerAWSAccountId') ?? scope.account;
      if (owner !== scope.account || !queues.find(name)) throw queueDoesNotExist();
      return { QueueUrl: queueUrl(request, scope, name) };
    },
    ListQueues: (input, request) => {
      const prefix = input.text('QueueNamePrefix') ?? '';
      const { urls, next } = pageOf(input, request, scope, (after, limit) => queues.list(prefix, after, limit));
      return { ...(urls.length === 0 ? {} : { QueueUrls: urls }), ...next };
    },
    ListDeadLetterSourceQueues: (input, request) => {
      const { arn } = findQueue(queues, input);
      const { urls, next } = pageOf(input, request, scope, (after, limit) =>
        deadLetterSources(queues, arn)
          .filter(({ name }) => name > after)
          .slice(0, limit),
      );
      return { queueUrls: urls, ...next };
    },
    GetQueueAttributes: (input) => {
      const names = input.texts('AttributeNames') ?? [];
      checkAttributeNames(names);
      const queue = findQueue(queues, input);
      const all = Object.entries(allAttributes(parts, queue));
      const asked = all.filter(([name]) => names.includes('All') || names.includes(name));
      return asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked) };
    },
    SetQueueAttributes: (input) => {
      const queue = findQueue(queues, input);
      const given = input.textMap('Attributes');
      if (!given) throw missingParameter('Attributes');
      setQueueAttributes(parts, queue, given);
    },
    DeleteQueue: (input) => {
      const queue = findQueue(queues, input);
      queues.remove(queue);
      polls.wake(queue.id);
    },
    PurgeQueue: (input) => {
      const queue = findQueue(queues, input);
      purges.take(queue, now());
      messages.purge(queue);
    },
  };
}

/**
 * Makes a queue, or finds the one that is set the same.
 * @throws ServiceError `QueueNameExists` when it differs, and for a name or attributes that SQS refuses.
 */
export function createQueue(
  { queues, scope, now }: Pick<MessageParts, 'queues' | 'scope' | 'now'>,
  name: string,
  given: QueueAttributes,
  tags: Readonly<Record<string, string>>,
): void {
  const fifo = name.endsWith('.fifo');
  const isName = /^[\w-]{1,80}$/.test(name.replace(/\.fifo$/, '')) && name.length <= 80;
  if (!isName || (fifo && given['FifoQueue'] !== 'true')) {
    throw invalidParameter('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
  }
  const read = readAttributeValues(given, name);
  const existing = queues.find(name);
  if (existing) {
    checkSameAttributes(existing, read);
    return;
  }
  checkDeadLetterQueue(queues, read, { arn: queueArn(scope, name), fifo });
  const attributes = Object.entries(read).filter(([, value]) => value !== '');
  queues.create(name, Object.fromEntries(attributes), tags, now());
}

/** Sets attributes of a queue; an empty value removes. @throws ServiceError for what SQS refuses */
export function setQueueAttributes({ queues, polls, now }: MessageParts, queue: Queue, given: QueueAttributes): void {
  if (given['FifoQueue'] !== undefined) throw unknownAttribute('FifoQueue');
  const change = readAttributeValues(given, queue.name);
  checkDeadLetterQueue(queues, change, queue);
  const attributes = Object.entries({ ...queue.attributes, ...change }).filter(([, value]) => value !== '');
  queues.update(queue, { attributes: Object.fromEntries(attributes) }, now());
  polls.wake(queue.id);
}

function checkSameAttributes(existing: Queue, attributes: QueueAttributes): void {
  const set = withDefaults(existing.attributes);
  const different = Object.entries(attributes).find(([key, value]) => (set[key] ?? '') !== value)?.[0];
  if (different === undefined) return;
  const message = `A queue already exists with the same name and a different value for attribute ${different}`;
  throw sqsError('QueueNameExists', message, 'QueueAlreadyExists');
}

/** `http://127.0.0.1:PORT/ACCOUNT/NAME`. */
function queueUrl({ endpoint }: ApiRequest, { account }: AccountScope, name: string): string {
  return `${endpoint}/${account}/${name}`;
}

/** A page of queues by name. Without `MaxResults` it is the first 1,000 and no token, as in SQS. */
function pageOf(
  input: JsonInput,
  request: ApiRequest,
  scope: AccountScope,
  list: (after: string, limit: number) => readonly Queue[],
): { readonly urls: readonly string[]; readonly next: { readonly NextToken?: string } } {
  const asked = input.integer('MaxResults');
  const limit = checkRange('MaxResults', asked ?? 1000, [1, 1000], 'MaxResults must be between 1 and 1000.');
  const found = list(Buffer.from(input.text('NextToken') ?? '', 'base64url').toString(), limit + 1);
  const page = found.slice(0, limit);
  const last = asked !== undefined && found.length > limit ? page.at(-1)?.name : undefined;
  return {
    urls: page.map(({ name }) => queueUrl(request, scope, name)),
    next: last === undefined ? {} : { NextToken: Buffer.from(last).toString('base64url') },
  };
}

function allAttributes({ messages, now }: MessageParts, queue: Queue): QueueAttributes {
  const { visible, inFlight, delayed } = messages.counts(queue, now());
  return {
    ...withDefaults(queue.attributes),
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
  };
}
