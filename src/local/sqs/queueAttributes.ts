import { parseArn } from '../../model/arn.ts';
import { invalidParameter, sqsError } from './sqsErrors.ts';

/** What a queue is set to; SQS keeps every value as text. */
export type QueueAttributes = Readonly<Record<string, string>>;

/** Where messages go that were received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** The largest message, in bytes (spec 2.1). */
export const maximumMessageSize = 1_048_576;

const numeric = {
  DelaySeconds: { from: 0, to: 900, initially: 0 },
  MaximumMessageSize: { from: 1024, to: maximumMessageSize, initially: maximumMessageSize },
  MessageRetentionPeriod: { from: 60, to: 1_209_600, initially: 345_600 },
  ReceiveMessageWaitTimeSeconds: { from: 0, to: 20, initially: 0 },
  VisibilityTimeout: { from: 0, to: 43_200, initially: 30 },
} as const;

/** The attributes that are numbers and have a default. */
export type NumericAttribute = keyof typeof numeric;

const flags = ['FifoQueue', 'ContentBasedDeduplication', 'SqsManagedSseEnabled'];
/** Kept and given back, without effect here. */
const keptOnly = [
  'DeduplicationScope',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'Policy',
  'RedriveAllowPolicy',
];
const readOnly = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
];

/** Checks attributes that someone sets. @throws ServiceError `InvalidAttributeName` or `InvalidAttributeValue`. */
export function checkAttributes(attributes: QueueAttributes, queueName: string): void {
  for (const [name, value] of Object.entries(attributes)) checkAttribute(name, value);
  const isFifoName = queueName.endsWith('.fifo');
  const fifo = attributes['FifoQueue'];
  if (fifo === 'true' && !isFifoName) {
    throw invalidParameter(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
    );
  }
  if (fifo === 'false') throw sqsError('InvalidAttributeName', 'Unknown Attribute FifoQueue.');
  if (!isFifoName && attributes['ContentBasedDeduplication'] !== undefined) {
    throw sqsError('InvalidAttributeName', 'Unknown Attribute ContentBasedDeduplication.');
  }
}

/** A queue's value of a numeric attribute, or its default. */
export function numericAttribute(attributes: QueueAttributes, name: NumericAttribute): number {
  const value = attributes[name];
  return value === undefined ? numeric[name].initially : Number(value);
}

/** All that is set, defaults included; not what is counted. */
export function withDefaults(attributes: QueueAttributes): QueueAttributes {
  const defaults = Object.entries(numeric).map(([name, { initially }]) => [name, String(initially)] as const);
  return { ...Object.fromEntries(defaults), SqsManagedSseEnabled: 'true', ...attributes };
}

/** Whether a name asked for is one that SQS knows. */
export function isAttributeName(name: string): boolean {
  return (
    name === 'All' || name === 'RedrivePolicy' || name in numeric || [...flags, ...keptOnly, ...readOnly].includes(name)
  );
}

/** The redrive policy of a queue, if it has one. */
export function redrivePolicy(attributes: QueueAttributes): RedrivePolicy | undefined {
  const text = attributes['RedrivePolicy'];
  return text === undefined ? undefined : parseRedrivePolicy(text);
}

function checkAttribute(name: string, value: string): void {
  if (name in numeric) {
    const { from, to } = numeric[name as NumericAttribute];
    if (!/^\d+$/.test(value) || Number(value) < from || Number(value) > to) throw invalidValue(name);
  } else if (flags.includes(name)) {
    if (value !== 'true' && value !== 'false') throw invalidValue(name);
  } else if (name === 'RedrivePolicy') {
    if (value !== '' && parseRedrivePolicy(value) === undefined) throw invalidValue(name);
  } else if (!keptOnly.includes(name)) {
    throw sqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
}

function parseRedrivePolicy(text: string): RedrivePolicy | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = value as Record<string, unknown>;
  const count = Number(maxReceiveCount);
  if (typeof deadLetterTargetArn !== 'string' || parseArn(deadLetterTargetArn)?.service !== 'sqs') return undefined;
  if (!Number.isInteger(count) || count < 1 || count > 1000) return undefined;
  return { deadLetterTargetArn, maxReceiveCount: count };
}

function invalidValue(name: string): Error {
  return sqsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
}
