import type { AccountScope } from '../../model/arn.ts';
import type { ApiRequest } from '../server/apiRequest.ts';
import type { JsonOperation } from '../server/awsJson.ts';
import type { JsonInput } from '../server/jsonInput.ts';
import { ServiceError } from '../server/serviceError.ts';
import { transaction } from '../state/database.ts';
import { batchTooLong, checkRange, readEntries, runEntries } from './batch.ts';
import type { MessageParts } from './messageParts.ts';
import { attributesMd5, selectAttributes } from './messageAttributes.ts';
import { parseReceiptHandle, type Receipt, type ReceivedMessage } from './messageTable.ts';
import { maximumMessageSize, numericAttribute } from './queueAttributes.ts';
import { findQueue } from './queueOperations.ts';
import type { Queue } from './queueTable.ts';
import { type CheckedMessage, readMessage } from './readMessage.ts';
import { invalidParameter, missingParameter, sqsError } from './sqsErrors.ts';

/** SendMessage, ReceiveMessage, DeleteMessage, ChangeMessageVisibility, and their batches. */
export function messageOperations(parts: MessageParts): Readonly<Record<string, JsonOperation>> {
  const { queues, scope } = parts;
  return {
    SendMessage: (input) => {
      const queue = findQueue(queues, input);
      return send(parts, queue, readMessage(input, queue, scope));
    },
    SendMessageBatch: (input) => {
      const queue = findQueue(queues, input);
      const entries = readEntries(input, 'SendMessageBatchRequestEntry').map(({ id, entry }) => {
        return { id, checked: readOrRefuse(entry, queue, scope) };
      });
      const size = entries.reduce((sum, { checked }) => sum + ('size' in checked ? checked.size : 0), 0);
      if (size > maximumMessageSize) throw batchTooLong(maximumMessageSize, size);
      return transaction(parts.db, () =>
        runEntries(entries, ({ checked }) => {
          if (ServiceError.is(checked)) throw checked;
          return send(parts, queue, checked);
        }),
      );
    },
    ReceiveMessage: (input, request) => receive(parts, findQueue(queues, input), input, request),
    DeleteMessage: (input) => {
      deleteMessage(parts, findQueue(queues, input), input);
    },
    DeleteMessageBatch: (input) => {
      const queue = findQueue(queues, input);
      const entries = readEntries(input, 'DeleteMessageBatchRequestEntry');
      return transaction(parts.db, () =>
        runEntries(entries, ({ entry }) => {
          deleteMessage(parts, queue, entry);
          return {};
        }),
      );
    },
    ChangeMessageVisibility: (input) => {
      changeVisibility(parts, findQueue(queues, input), input);
    },
    ChangeMessageVisibilityBatch: (input) => {
      const queue = findQueue(queues, input);
      const entries = readEntries(input, 'ChangeMessageVisibilityBatchRequestEntry');
      return transaction(parts.db, () =>
        runEntries(entries, ({ entry }) => {
          changeVisibility(parts, queue, entry);
          return {};
        }),
      );
    },
  };
}

function readOrRefuse(entry: JsonInput, queue: Queue, scope: AccountScope): CheckedMessage | ServiceError {
  try {
    return readMessage(entry, queue, scope);
  } catch (error) {
    if (ServiceError.is(error)) return error;
    throw error;
  }
}

function send(parts: MessageParts, queue: Queue, checked: CheckedMessage): Readonly<Record<string, unknown>> {
  const { messageId, sequenceNumber } = parts.messages.send(queue, checked.message, parts.now());
  parts.polls.wake(queue.id);
  return {
    MessageId: messageId,
    MD5OfMessageBody: checked.message.bodyMd5,
    MD5OfMessageAttributes: checked.attributesMd5,
    MD5OfMessageSystemAttributes: checked.systemAttributesMd5,
    SequenceNumber: sequenceNumber,
  };
}

async function receive(
  { queues, messages, polls, now }: MessageParts,
  queue: Queue,
  input: JsonInput,
  request: ApiRequest,
): Promise<unknown> {
  const limit = input.integer('MaxNumberOfMessages') ?? 1;
  checkRange('MaxNumberOfMessages', limit, [1, 10], 'Must be between 1 and 10, if provided.');
  const waitSeconds =
    input.integer('WaitTimeSeconds') ?? numericAttribute(queue.attributes, 'ReceiveMessageWaitTimeSeconds');
  checkRange('WaitTimeSeconds', waitSeconds, [0, 20], 'Must be >= 0 and <= 20, if provided.');
  const visibilitySeconds =
    input.integer('VisibilityTimeout') ?? numericAttribute(queue.attributes, 'VisibilityTimeout');
  checkRange('VisibilityTimeout', visibilitySeconds, [0, 43_200], 'Must be between 0 and 43200, if provided.');

  const until = now() + waitSeconds * 1000;
  let current: Queue | undefined = queue;
  while (current && !request.signal.aborted) {
    // Nothing may happen between taking and answering: a client that has gone must not hide messages from others.
    const taken = messages.receive(current, { limit, visibilitySeconds }, now(), (moved) => polls.wake(moved));
    if (taken.length > 0) return { Messages: taken.map((message) => show(message, input)) };
    const left = until - now();
    if (left <= 0 || polls.disposed) break;
    const visibleIn = (messages.nextVisibleAt(current, now()) ?? Infinity) - now();
    await polls.wait(queue.id, Math.max(1, Math.min(left, visibleIn)), request.signal);
    current = queues.find(queue.name);
  }
  return {};
}

function show(message: ReceivedMessage, input: JsonInput): Readonly<Record<string, unknown>> {
  const names = [...(input.texts('MessageSystemAttributeNames') ?? []), ...(input.texts('AttributeNames') ?? [])];
  const system = Object.entries(systemAttributes(message)).filter(
    ([name, value]) => value !== undefined && (names.includes('All') || names.includes(name)),
  );
  const attributes = selectAttributes(message.attributes, input.texts('MessageAttributeNames') ?? []);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.bodyMd5,
    Body: message.body,
    ...(system.length === 0 ? {} : { Attributes: Object.fromEntries(system) }),
    ...(Object.keys(attributes).length === 0
      ? {}
      : { MD5OfMessageAttributes: attributesMd5(attributes), MessageAttributes: attributes }),
  };
}

function systemAttributes(message: ReceivedMessage): Readonly<Record<string, string | undefined>> {
  return {
    SenderId: message.senderId,
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    AWSTraceHeader: message.traceHeader,
    SequenceNumber: message.sequenceNumber,
    MessageDeduplicationId: message.deduplicationId,
    MessageGroupId: message.groupId,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  };
}

function deleteMessage({ messages, polls }: MessageParts, queue: Queue, input: JsonInput): void {
  messages.delete(queue, readReceipt(queue, input));
  // The next of its group may be free now.
  if (queue.fifo) polls.wake(queue.id);
}

function changeVisibility({ messages, polls, now }: MessageParts, queue: Queue, input: JsonInput): void {
  const receipt = readReceipt(queue, input);
  const seconds = input.integer('VisibilityTimeout');
  if (seconds === undefined) throw missingParameter('VisibilityTimeout');
  checkRange('VisibilityTimeout', seconds, [0, 43_200], 'VisibilityTimeout must be between 0 and 43200.');
  const result = messages.changeVisibility(queue, receipt, seconds, now());
  if (result === 'changed') polls.wake(queue.id);
  if (result === 'notInFlight') {
    const message = 'The message referred to is not in flight.';
    throw sqsError('MessageNotInflight', message, 'AWS.SimpleQueueService.MessageNotInflight');
  }
  if (result === 'missing') {
    throw invalidParameter(
      `Value ${input.text('ReceiptHandle')} for parameter ReceiptHandle is invalid. ` +
        'Reason: Message does not exist or is not available for visibility timeout change.',
    );
  }
}

function readReceipt(queue: Queue, input: JsonInput): Receipt {
  const handle = input.text('ReceiptHandle');
  if (handle === undefined) throw missingParameter('ReceiptHandle');
  const receipt = parseReceiptHandle(queue, handle);
  if (!receipt)
    throw sqsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
  return receipt;
}
