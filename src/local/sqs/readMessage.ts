import { createHash } from 'node:crypto';
import type { AccountScope } from '../../model/arn.ts';
import type { JsonInput } from '../server/jsonInput.ts';
import { attributesMd5, attributesSize, readAttributes } from './messageAttributes.ts';
import type { NewMessage } from './messageTable.ts';
import { numericAttribute } from './queueAttributes.ts';
import type { Queue } from './queueTable.ts';
import { invalidParameter, missingParameter, sqsError } from './sqsErrors.ts';

/** A message that passed SQS's checks, and what SendMessage answers of it. */
export interface CheckedMessage {
  readonly message: NewMessage;
  /** Bytes of body and attributes. */
  readonly size: number;
  readonly attributesMd5?: string;
  readonly systemAttributesMd5?: string;
}

/** What SQS lets a body hold: the characters of XML 1.0. Lone surrogates are none. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Whether SQS takes the characters of `body`. */
export function isAllowedBody(body: string): boolean {
  return !forbidden.test(body);
}

/** MD5 in hexadecimal, of the UTF-8 bytes. */
export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** Reads one message of SendMessage or SendMessageBatch. @throws ServiceError for what SQS refuses. */
export function readMessage(input: JsonInput, queue: Queue, scope: AccountScope): CheckedMessage {
  const body = input.text('MessageBody') ?? '';
  if (body === '') throw missingParameter('MessageBody');
  if (!isAllowedBody(body)) {
    throw sqsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
  }
  const attributes = readAttributes(input.inputMap('MessageAttributes') ?? []);
  const system = readAttributes(input.inputMap('MessageSystemAttributes') ?? []);
  const traceHeader = system['AWSTraceHeader']?.StringValue;
  if (Object.keys(system).some((name) => name !== 'AWSTraceHeader')) {
    throw invalidParameter('The only message system attribute that can be sent is AWSTraceHeader.');
  }
  const size = Buffer.byteLength(body) + attributesSize(attributes);
  const limit = numericAttribute(queue.attributes, 'MaximumMessageSize');
  if (size > limit) {
    throw invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`);
  }
  const message: NewMessage = {
    body,
    bodyMd5: md5(body),
    attributes,
    senderId: senderOf(scope),
    delaySeconds: readDelay(input, queue),
    ...(traceHeader === undefined ? {} : { traceHeader }),
    ...readGroup(input, queue, body),
  };
  return {
    message,
    size,
    ...(Object.keys(attributes).length === 0 ? {} : { attributesMd5: attributesMd5(attributes) }),
    ...(traceHeader === undefined ? {} : { systemAttributesMd5: attributesMd5(system) }),
  };
}

/** The `SenderId` of messages that a client sends: an IAM user's id, always the same for an account. */
export function senderOf({ account }: AccountScope): string {
  const digest = createHash('sha256').update(account).digest();
  return `AIDA${[...digest.subarray(0, 17)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')}`;
}

function readDelay(input: JsonInput, queue: Queue): number {
  const delay = input.integer('DelaySeconds');
  if (delay === undefined) return numericAttribute(queue.attributes, 'DelaySeconds');
  if (delay < 0 || delay > 900) {
    throw invalidParameter(
      `Value ${delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    );
  }
  if (queue.fifo && delay > 0) {
    throw invalidParameter(
      `Value ${delay} for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.`,
    );
  }
  return delay;
}

function readGroup(
  input: JsonInput,
  queue: Queue,
  body: string,
): { readonly groupId?: string; readonly deduplicationId?: string } {
  const groupId = input.text('MessageGroupId');
  const given = input.text('MessageDeduplicationId');
  if (!queue.fifo) {
    if (given !== undefined) {
      throw invalidParameter(
        `Value ${given} for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid for this queue type.`,
      );
    }
    return groupId === undefined ? {} : { groupId };
  }
  if (groupId === undefined) throw missingParameter('MessageGroupId');
  if (given !== undefined) return { groupId, deduplicationId: given };
  if (queue.attributes['ContentBasedDeduplication'] !== 'true') {
    throw invalidParameter(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  return { groupId, deduplicationId: createHash('sha256').update(body).digest('hex') };
}
