import { createHash, randomBytes } from 'node:crypto';
import { type AccountScope, parseArn } from '../../model/arn.ts';
import { DeliveryRefused, type DeliveryTarget, type MessageAttributes } from '../deliveryTargets.ts';
import { attributesSize, isBinary, type StoredAttributes } from './messageAttributes.ts';
import type { MessageParts } from './messageParts.ts';
import { maximumMessageSize, numericAttribute } from './queueAttributes.ts';
import type { Queue } from './queueTable.ts';
import { isAllowedBody, md5, senderOf } from './readMessage.ts';

/** Queues as something Lambda, SNS and EventBridge deliver to (spec 2.1): FIFO queues only from a rule that has a message group. */
export function createQueueDelivery(parts: MessageParts): DeliveryTarget {
  const { messages, polls, scope, now } = parts;
  return {
    deliver(arn, body, attributes, origin = {}) {
      const queue = findTarget(parts, arn, origin.messageGroupId);
      const stored = toStored(attributes);
      checkMessage(queue, body, stored);
      const sentAt = now();
      const ofLambda = (origin.service ?? 'lambda') === 'lambda';
      const traceHeader = origin.traceHeader ?? (ofLambda ? newTraceHeader(sentAt) : undefined);
      messages.send(
        queue,
        {
          body,
          bodyMd5: md5(body),
          attributes: stored,
          senderId: ofLambda ? lambdaSender(scope, sentAt) : senderOf(scope),
          delaySeconds: numericAttribute(queue.attributes, 'DelaySeconds'),
          ...(traceHeader === undefined ? {} : { traceHeader }),
          ...groupOf(queue, body, origin.messageGroupId),
        },
        sentAt,
      );
      polls.wake(queue.id);
    },
  };
}

function findTarget({ queues, scope }: MessageParts, arn: string, messageGroupId: string | undefined): Queue {
  const parts = parseArn(arn);
  if (parts?.service !== 'sqs') throw new DeliveryRefused(`${arn} is not the ARN of an SQS queue.`);
  if (parts.region !== scope.region || parts.account !== scope.account) {
    throw new DeliveryRefused(
      `The queue ${arn} is in another region or account. Local Lambda has only ${scope.region} and ${scope.account}: ` +
        'start it with that region and account, or use a queue of these.',
    );
  }
  const queue = queues.findByArn(arn);
  if (!queue) throw new DeliveryRefused(`The queue ${arn} does not exist. Create it, or correct the destination.`);
  if (queue.fifo && messageGroupId === undefined) {
    throw new DeliveryRefused(`The queue ${arn} is a FIFO queue. Lambda delivers only to standard queues.`);
  }
  return queue;
}

/** A message of a rule has no deduplication id of its own. */
function groupOf(
  queue: Queue,
  body: string,
  groupId: string | undefined,
): { readonly groupId?: string; readonly deduplicationId?: string } {
  if (groupId === undefined) return {};
  if (!queue.fifo) return { groupId };
  if (queue.attributes['ContentBasedDeduplication'] === 'true') {
    return { groupId, deduplicationId: createHash('sha256').update(body).digest('hex') };
  }
  throw new DeliveryRefused(`The queue ${queue.arn} needs ContentBasedDeduplication to take events of a rule.`);
}

function checkMessage(queue: Queue, body: string, attributes: StoredAttributes): void {
  const size = Buffer.byteLength(body) + attributesSize(attributes);
  const limit = Math.min(maximumMessageSize, numericAttribute(queue.attributes, 'MaximumMessageSize'));
  if (size > limit) {
    throw new DeliveryRefused(`The message has ${size} bytes; the queue ${queue.arn} takes at most ${limit}.`);
  }
  if (!isAllowedBody(body)) {
    throw new DeliveryRefused(
      `The message holds characters that SQS does not take; the queue ${queue.arn} did not get it.`,
    );
  }
}

function toStored(attributes: MessageAttributes): StoredAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, stringValue }]) => [
      name,
      isBinary(dataType)
        ? { DataType: dataType, BinaryValue: stringValue }
        : { DataType: dataType, StringValue: stringValue },
    ]),
  );
}

/** A session of the execution role, as Lambda's deliveries show it: `AROA…:awslambda_1_20260922173255311`. */
function lambdaSender({ account }: AccountScope, at: number): string {
  const role = createHash('sha256').update(`role ${account}`).digest('hex').slice(0, 17).toUpperCase();
  return `AROA${role}:awslambda_1_${new Date(at).toISOString().replace(/\D/g, '')}`;
}

/** For a delivery that comes without one. */
function newTraceHeader(at: number): string {
  const seconds = Math.floor(at / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
