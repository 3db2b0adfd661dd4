import { queueLimits } from '../../model/queueLimits.ts';
import { parseJsonObject } from './jsonObject.ts';
import { checkRedriveAllowPolicy, readRedrivePolicy } from './redrive.ts';
import { invalidAttributeValue, invalidParameter, sqsError } from './sqsErrors.ts';

/** What a queue is set to; SQS keeps every value as text. */
export type QueueAttributes = Readonly<Record<string, string>>;

/** The largest message, in bytes (spec 2.1). */
export const maximumMessageSize = queueLimits.MaximumMessageSize.to;

const numeric = {
  DelaySeconds: { ...queueLimits.DelaySeconds, initially: 0 },
  MaximumMessageSize: { ...queueLimits.MaximumMessageSize, initially: maximumMessageSize },
  MessageRetentionPeriod: { ...queueLimits.MessageRetentionPeriod, initially: 345_600 },
  ReceiveMessageWaitTimeSeconds: { ...queueLimits.ReceiveMessageWaitTimeSeconds, initially: 0 },
  VisibilityTimeout: { ...queueLimits.VisibilityTimeout, initially: 30 },
} as const;

/** The attributes that are numbers and have a default. */
export type NumericAttribute = keyof typeof numeric;

const choices: Readonly<Record<string, readonly string[]>> = {
  ContentBasedDeduplication: ['true', 'false'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoQueue: ['true', 'false'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
  SqsManagedSseEnabled: ['true', 'false'],
};
/** What standard queues don't have, and what FIFO queues begin with. */
const fifoOnly: QueueAttributes = {
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
};
/** Texts that remove the attribute when they are empty. */
const documents: Readonly<Record<string, (text: string) => string>> = {
  KmsMasterKeyId: (text) => text,
  Policy: (text) => {
    if (!parseJsonObject(text)) throw invalidAttributeValue('Policy');
    return text;
  },
  RedriveAllowPolicy: (text) => {
    checkRedriveAllowPolicy(text);
    return text;
  },
  RedrivePolicy: readRedrivePolicy,
};
const keyReuse = { name: 'KmsDataKeyReusePeriodSeconds', from: 60, to: 86_400, initially: 300 };
const readOnly = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
];

/**
 * Checks attributes that someone sets, and gives them as SQS keeps them; an empty value removes.
 * @throws ServiceError `InvalidAttributeName`, `InvalidAttributeValue` or `InvalidParameterValue`
 */
export function readAttributeValues(attributes: QueueAttributes, queueName: string): QueueAttributes {
  const read = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, readAttributeValue(name, value)]),
  );
  const isFifoName = queueName.endsWith('.fifo');
  if (attributes['FifoQueue'] === 'true' && !isFifoName) {
    throw invalidParameter(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
    );
  }
  if (attributes['FifoQueue'] === 'false') throw unknownAttribute('FifoQueue');
  const misplaced = isFifoName ? undefined : Object.keys(attributes).find((name) => Object.hasOwn(fifoOnly, name));
  if (misplaced !== undefined) throw unknownAttribute(misplaced);
  return read;
}

/** A queue's value of a numeric attribute, or its default. */
export function numericAttribute(attributes: QueueAttributes, name: NumericAttribute): number {
  const value = attributes[name];
  return value === undefined ? numeric[name].initially : Number(value);
}

/** All that is set, defaults included; not what is counted. */
export function withDefaults(attributes: QueueAttributes): QueueAttributes {
  const defaults = Object.entries(numeric).map(([name, { initially }]) => [name, String(initially)] as const);
  const encrypted = attributes['KmsMasterKeyId'] !== undefined;
  return {
    ...Object.fromEntries(defaults),
    ...(attributes['FifoQueue'] === 'true' ? fifoOnly : {}),
    SqsManagedSseEnabled: String(!encrypted),
    ...(encrypted ? { [keyReuse.name]: String(keyReuse.initially) } : {}),
    ...attributes,
  };
}

/** Checks the names that someone asks for. @throws ServiceError `InvalidAttributeName` */
export function checkAttributeNames(names: readonly string[]): void {
  const known = [numeric, choices, documents].flatMap((table) => Object.keys(table));
  const unknown = names.find((name) => ![...known, ...readOnly, keyReuse.name, 'All'].includes(name));
  if (unknown !== undefined) throw unknownAttribute(unknown);
}

/** An attribute that the queue can't have. */
export function unknownAttribute(name: string): Error {
  return sqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
}

function readAttributeValue(name: string, value: string): string {
  const range = name === keyReuse.name ? keyReuse : Object.hasOwn(numeric, name) && numeric[name as NumericAttribute];
  if (range) {
    if (!/^\d+$/.test(value) || Number(value) < range.from || Number(value) > range.to) {
      throw invalidAttributeValue(name);
    }
    return String(Number(value));
  }
  const choice = Object.hasOwn(choices, name) ? choices[name] : undefined;
  if (choice) {
    if (!choice.includes(value)) throw invalidAttributeValue(name);
    return value;
  }
  const readDocument = Object.hasOwn(documents, name) ? documents[name] : undefined;
  if (!readDocument) throw unknownAttribute(name);
  return value === '' ? value : readDocument(value);
}
