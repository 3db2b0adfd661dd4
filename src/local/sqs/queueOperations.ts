import type { AccountScope } from '../../model/arn.ts';
import type { ApiRequest } from '../server/apiRequest.ts';
import type { JsonOperation } from '../server/awsJson.ts';
import type { JsonInput } from '../server/jsonInput.ts';
import { checkRange } from './batch.ts';
import type { MessageParts } from './messageParts.ts';
import {
  checkAttributes,
  isAttributeName,
  redrivePolicy,
  type QueueAttributes,
  withDefaults,
} from './queueAttributes.ts';
import type { Queue, QueueTable } from './queueTable.ts';
import { invalidParameter, missingParameter, queueDoesNotExist, sqsError } from './sqsErrors.ts';

/** The queue that `QueueUrl` names. @throws ServiceError `QueueDoesNotExist`, or `MissingParameter`. */
export function findQueue(queues: QueueTable, input: JsonInput): Queue {
  const url = input.text('QueueUrl') ?? '';
  if (url === '') throw missingParameter('QueueUrl');
  const queue = queues.findByUrl(url);
  if (!queue) throw queueDoesNotExist();
  return queue;
}

/** CreateQueue, DeleteQueue, PurgeQueue, attributes, tags and look-ups. */
export function queueOperations(parts: MessageParts): Readonly<Record<string, JsonOperation>> {
  const { queues, messages, polls, scope, now } = parts;
  return {
    CreateQueue: (input, request) => {
      const name = input.text('QueueName') ?? '';
      createQueue(parts, name, input.textMap('Attributes') ?? {}, input.textMap('tags') ?? {});
      return { QueueUrl: queueUrl(request, scope, name) };
    },
    GetQueueUrl: (input, request) => {
      const name = input.text('QueueName') ?? '';
      const owner = input.text('QueueOwnerAWSAccountId') ?? scope.account;
      if (owner !== scope.account || !queues.find(name)) throw queueDoesNotExist();
      return { QueueUrl: queueUrl(request, scope, name) };
    },
    ListQueues: (input, request) => {
      const limit = checkRange(
        'MaxResults',
        input.integer('MaxResults') ?? 1000,
        [1, 1000],
        'MaxResults must be between 1 and 1000.',
      );
      const after = Buffer.from(input.text('NextToken') ?? '', 'base64url').toString();
      const found = queues.list(input.text('QueueNamePrefix') ?? '', after, limit + 1);
      const page = found.slice(0, limit);
      const last = input.integer('MaxResults') !== undefined && found.length > limit ? page.at(-1)?.name : undefined;
      return {
        ...(page.length === 0 ? {} : { QueueUrls: page.map(({ name }) => queueUrl(request, scope, name)) }),
        ...(last === undefined ? {} : { NextToken: Buffer.from(last).toString('base64url') }),
      };
    },
    GetQueueAttributes: (input) => {
      const names = input.texts('AttributeNames') ?? [];
      const unknown = names.find((name) => !isAttributeName(name));
      if (unknown !== undefined) throw sqsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
      const queue = findQueue(queues, input);
      const all = Object.entries(allAttributes(parts, queue));
      const asked = all.filter(([name]) => names.includes('All') || names.includes(name));
      return asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked) };
    },
    SetQueueAttributes: (input) => {
      const queue = findQueue(queues, input);
      const change = input.textMap('Attributes');
      if (!change) throw missingParameter('Attributes');
      if (change['FifoQueue'] !== undefined) throw sqsError('InvalidAttributeName', 'Unknown Attribute FifoQueue.');
      checkAttributes(change, queue.name);
      checkRedrive(queues, change, queue.fifo);
      const attributes = Object.entries({ ...queue.attributes, ...change }).filter(([, value]) => value !== '');
      queues.update(queue, { attributes: Object.fromEntries(attributes) }, now());
      polls.wake(queue.id);
    },
    DeleteQueue: (input) => {
      const queue = findQueue(queues, input);
      queues.remove(queue);
      polls.wake(queue.id);
    },
    PurgeQueue: (input) => {
      messages.purge(findQueue(queues, input));
    },
    ListDeadLetterSourceQueues: (input, request) => {
      const { arn } = findQueue(queues, input);
      const sources = queues
        .list('', '', -1)
        .filter((queue) => redrivePolicy(queue.attributes)?.deadLetterTargetArn === arn);
      return { queueUrls: sources.map(({ name }) => queueUrl(request, scope, name)) };
    },
    TagQueue: (input) => {
      const queue = findQueue(queues, input);
      queues.update(queue, { tags: { ...queue.tags, ...input.textMap('Tags') } }, now());
    },
    UntagQueue: (input) => {
      const queue = findQueue(queues, input);
      const gone = input.texts('TagKeys') ?? [];
      const kept = Object.entries(queue.tags).filter(([key]) => !gone.includes(key));
      queues.update(queue, { tags: Object.fromEntries(kept) }, now());
    },
    ListQueueTags: (input) => {
      const { tags } = findQueue(queues, input);
      return Object.keys(tags).length === 0 ? {} : { Tags: tags };
    },
  };
}

/**
 * Makes a queue, or finds the one that is set the same.
 * @throws ServiceError `QueueNameExists` when it differs, and for a name or attributes that SQS refuses.
 */
export function createQueue(
  { queues, now }: Pick<MessageParts, 'queues' | 'now'>,
  name: string,
  attributes: QueueAttributes,
  tags: Readonly<Record<string, string>>,
): void {
  if (!/^[\w-]{1,80}$/.test(name.replace(/\.fifo$/, '')) || name.length > 80) {
    throw invalidParameter('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
  }
  checkAttributes(attributes, name);
  if (name.endsWith('.fifo') && attributes['FifoQueue'] !== 'true') {
    throw invalidParameter('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
  }
  checkRedrive(queues, attributes, name.endsWith('.fifo'));
  const existing = queues.find(name);
  if (!existing) {
    queues.create(name, attributes, tags, now());
    return;
  }
  const set = withDefaults(existing.attributes);
  const different = Object.entries(attributes).find(([key, value]) => set[key] !== value)?.[0];
  if (different !== undefined) {
    const message = `A queue already exists with the same name and a different value for attribute ${different}`;
    throw sqsError('QueueNameExists', message, 'QueueAlreadyExists');
  }
}

/** `http://127.0.0.1:PORT/ACCOUNT/NAME`. */
function queueUrl({ endpoint }: ApiRequest, { account }: AccountScope, name: string): string {
  return `${endpoint}/${account}/${name}`;
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

function checkRedrive(queues: QueueTable, attributes: QueueAttributes, fifo: boolean): void {
  const target = redrivePolicy(attributes)?.deadLetterTargetArn;
  if (target === undefined) return;
  const queue = queues.findByArn(target);
  const reason = queue
    ? 'Dead-letter queue must be same type of queue as the source.'
    : 'Dead letter target does not exist.';
  if (queue?.fifo === fifo) return;
  throw invalidParameter(
    `Value ${attributes['RedrivePolicy']} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
  );
}
