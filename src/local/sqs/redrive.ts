import { parseArn } from '../../model/arn.ts';
import { parseJsonObject } from './jsonObject.ts';
import type { QueueAttributes } from './queueAttributes.ts';
import type { Queue, QueueTable } from './queueTable.ts';
import { invalidAttributeValue, invalidParameter } from './sqsErrors.ts';

/** Where messages go that were received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** Whose dead letters a queue takes. */
interface RedriveAllowPolicy {
  readonly redrivePermission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sourceQueueArns: readonly string[];
}

/** The redrive policy of a queue, if it has one. */
export function redrivePolicy(attributes: QueueAttributes): RedrivePolicy | undefined {
  const text = attributes['RedrivePolicy'];
  if (text === undefined) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = parseJsonObject(text) ?? {};
  if (typeof deadLetterTargetArn !== 'string') return undefined;
  return { deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) };
}

/** Checks the text of a redrive policy and gives it as SQS shows it, the count a number. @throws ServiceError */
export function readRedrivePolicy(text: string): string {
  const invalid = (reason: string): Error => invalidRedrivePolicy(text, reason);
  const policy = parseJsonObject(text);
  if (!policy) throw invalidAttributeValue('RedrivePolicy', 'Redrive policy is not a valid JSON map.');
  for (const name of ['deadLetterTargetArn', 'maxReceiveCount']) {
    if (policy[name] === undefined) {
      throw invalid(`Redrive policy does not contain mandatory attribute: ${name}.`);
    }
  }
  const { deadLetterTargetArn, maxReceiveCount } = policy;
  const count = typeof maxReceiveCount === 'string' ? Number(maxReceiveCount) : maxReceiveCount;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > 1000) {
    const given = String(maxReceiveCount);
    throw invalid(`Invalid value for maxReceiveCount: ${given}, valid values are from 1 to 1000 both inclusive.`);
  }
  if (typeof deadLetterTargetArn !== 'string' || parseArn(deadLetterTargetArn)?.service !== 'sqs') {
    throw invalid('Dead-letter target ARN should be fully qualified ARN.');
  }
  return JSON.stringify({ deadLetterTargetArn, maxReceiveCount: count });
}

/** Checks the text of a redrive allow policy. @throws ServiceError */
export function checkRedriveAllowPolicy(text: string): void {
  const policy = parseJsonObject(text);
  const { redrivePermission: permission, sourceQueueArns: arns } = policy ?? {};
  const isKnown = permission === 'allowAll' || permission === 'denyAll' || permission === 'byQueue';
  const isList = Array.isArray(arns) && arns.length > 0 && arns.length <= 10 && arns.every(isQueueArn);
  if (isKnown && (permission === 'byQueue' ? isList : arns === undefined)) return;
  throw invalidAttributeValue(
    'RedriveAllowPolicy',
    'redrivePermission must be allowAll, denyAll or byQueue, and only byQueue has sourceQueueArns, 1 to 10.',
  );
}

/** The dead-letter queue that is set must be there, of the same kind, and take letters of the queue. @throws ServiceError */
export function checkDeadLetterQueue(
  queues: QueueTable,
  attributes: QueueAttributes,
  source: Pick<Queue, 'arn' | 'fifo'>,
): void {
  const target = redrivePolicy(attributes)?.deadLetterTargetArn;
  if (target === undefined) return;
  const invalid = (reason: string): Error => invalidRedrivePolicy(attributes['RedrivePolicy'] ?? '', reason);
  const queue = queues.findByArn(target);
  if (!queue) throw invalid('Dead letter target does not exist.');
  if (queue.fifo !== source.fifo) throw invalid('Dead-letter queue must be same type of queue as the source.');
  const allow = redriveAllowPolicy(queue.attributes);
  const allowed =
    allow.redrivePermission === 'allowAll' ||
    (allow.redrivePermission === 'byQueue' && allow.sourceQueueArns.includes(source.arn));
  if (!allowed) throw invalid('The RedriveAllowPolicy of the dead-letter queue does not allow this queue.');
}

/** The queues whose dead letters go to `arn`, by name. */
export function deadLetterSources(queues: QueueTable, arn: string): readonly Queue[] {
  return queues.list('', '', -1).filter((queue) => redrivePolicy(queue.attributes)?.deadLetterTargetArn === arn);
}

function redriveAllowPolicy(attributes: QueueAttributes): RedriveAllowPolicy {
  const policy = parseJsonObject(attributes['RedriveAllowPolicy'] ?? '') as Partial<RedriveAllowPolicy> | undefined;
  return { redrivePermission: policy?.redrivePermission ?? 'allowAll', sourceQueueArns: policy?.sourceQueueArns ?? [] };
}

function isQueueArn(arn: unknown): boolean {
  return typeof arn === 'string' && parseArn(arn)?.service === 'sqs';
}

function invalidRedrivePolicy(text: string, reason: string): Error {
  return invalidParameter(`Value ${text} for parameter RedrivePolicy is invalid. Reason: ${reason}`);
}
