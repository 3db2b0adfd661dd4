import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type AccountScope, parseArn } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import { DeliveryRefused, type DeliveryTarget, type MessageAttributes } from '../deliveryTargets.ts';
import { transaction } from '../state/database.ts';
import { deadLetterArn } from './deadLetters.ts';
import { parseFilterPolicy } from './filterPolicy.ts';
import { lambdaEvent, notificationBody, type Notification } from './notification.ts';
import type { Subscription, Topic, TopicTable } from './topicTable.ts';

/** The largest message with its attributes, in bytes (spec 2.2). */
export const maximumPublishSize = 262_144;

/** What publishing works with. */
export interface PublishParts {
  readonly db: DatabaseSync;
  readonly scope: AccountScope;
  readonly topics: TopicTable;
  readonly queues: DeliveryTarget;
  readonly invokeAsync: (functionArn: string, payload: string, traceHeader?: string) => void;
  readonly log: Logger | undefined;
  readonly now: () => number;
}

/** A message to publish. */
export interface Publication {
  /** The text for a protocol: the same for all, unless `MessageStructure` is `json`. */
  messageFor(protocol: string): string;
  readonly subject?: string;
  readonly attributes: MessageAttributes;
  readonly traceHeader?: string;
  /** The trace header of the handler that publishes: for functions only, whose loops have to end (spec 4.6). */
  readonly chain?: string;
}

/** Hands a message to every subscription whose filter lets it through, in one transaction. Returns the message id. */
export function publish(parts: PublishParts, topic: Topic, publication: Publication): string {
  const messageId = randomUUID();
  const { subject, attributes } = publication;
  transaction(parts.db, () => {
    for (const subscription of parts.topics.subscriptions({ topicArn: topic.arn })) {
      const message = publication.messageFor(subscription.protocol);
      if (!passesFilter(subscription, message, attributes)) continue;
      const notification: Notification = {
        messageId,
        topicArn: topic.arn,
        message,
        attributes,
        publishedAt: parts.now(),
        ...(subject === undefined ? {} : { subject }),
      };
      hand(parts, subscription, notification, publication);
    }
  });
  return messageId;
}

/** Bytes that count towards a message's size. */
export function publicationSize(message: string, attributes: MessageAttributes): number {
  let size = Buffer.byteLength(message);
  for (const [name, { dataType, stringValue }] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(dataType) + Buffer.byteLength(stringValue);
  }
  return size;
}

/** Topics as something Lambda delivers to (spec 2.2): FIFO topics are not. */
export function createTopicDelivery(parts: PublishParts): DeliveryTarget {
  return {
    deliver(arn, message, attributes, origin = {}) {
      const topic = findTarget(parts, arn);
      const size = publicationSize(message, attributes);
      if (size > maximumPublishSize) {
        throw new DeliveryRefused(`The message has ${size} bytes; an SNS topic takes at most ${maximumPublishSize}.`);
      }
      const { traceHeader } = origin;
      publish(parts, topic, {
        messageFor: () => message,
        attributes,
        ...(traceHeader === undefined ? {} : { traceHeader }),
      });
    },
  };
}

function findTarget({ scope, topics }: PublishParts, arn: string): Topic {
  const parsed = parseArn(arn);
  if (parsed?.service !== 'sns') throw new DeliveryRefused(`${arn} is not the ARN of an SNS topic.`);
  if (parsed.region !== scope.region || parsed.account !== scope.account) {
    throw new DeliveryRefused(
      `The topic ${arn} is in another region or account. Local Lambda has only ${scope.region} and ${scope.account}: ` +
        'start it with that region and account, or use a topic of these.',
    );
  }
  const topic = topics.find(arn);
  if (!topic) throw new DeliveryRefused(`The topic ${arn} does not exist. Create it, or correct the destination.`);
  if (topic.fifo)
    throw new DeliveryRefused(`The topic ${arn} is a FIFO topic. Lambda delivers only to standard topics.`);
  return topic;
}

/**
 * A subscriber that can't take the message loses it to its dead-letter queue, if it has one, as in SNS once its retries
 * are over; the others get it.
 */
function hand(
  parts: PublishParts,
  subscription: Subscription,
  notification: Notification,
  { traceHeader, chain }: Pick<Publication, 'traceHeader' | 'chain'>,
): void {
  const { scope, queues, log } = parts;
  const toFunction = subscription.protocol === 'lambda';
  const raw = subscription.attributes['RawMessageDelivery'] === 'true';
  const wrapped = toFunction ? lambdaEvent : notificationBody;
  const body = raw ? notification.message : wrapped(notification, subscription.arn, scope);
  const send = (queue: string): void => {
    const origin = { service: 'sns', ...(traceHeader === undefined ? {} : { traceHeader }) } as const;
    queues.deliver(queue, body, raw ? notification.attributes : {}, origin);
  };
  const deadLetters = deadLetterArn(subscription.attributes['RedrivePolicy']);
  try {
    try {
      if (toFunction) parts.invokeAsync(subscription.endpoint, body, traceHeader ?? chain);
      else send(subscription.endpoint);
    } catch (error) {
      if (!DeliveryRefused.is(error) || deadLetters === undefined) throw error;
      log?.warn(`SNS put a message of ${notification.topicArn} into ${deadLetters}: ${error.message}`);
      send(deadLetters);
    }
  } catch (error) {
    if (!DeliveryRefused.is(error)) throw error;
    log?.warn(`SNS could not deliver a message of ${notification.topicArn}: ${error.message}`);
  }
}

function passesFilter({ attributes: set }: Subscription, message: string, attributes: MessageAttributes): boolean {
  const policy = set['FilterPolicy'];
  if (policy === undefined) return true;
  return parseFilterPolicy(policy, set['FilterPolicyScope'] ?? 'MessageAttributes').matches(message, attributes);
}
