import { parseFunctionArn, queueArn, topicArn } from './arn.ts';
import type { DeliveryRole } from './destination.ts';

/** Where something is to go: what is there already, or a standard queue or topic to be created first. */
export type ChangeTarget =
  { readonly arn: string } | { readonly create: 'SQS' | 'SNS'; readonly name: string; readonly arn: string };

/** What can be set for one qualifier. Absent: not set, AWS's default is in effect. Age in seconds. */
export interface ConfigValues {
  readonly maximumRetryAttempts?: number;
  readonly maximumEventAgeInSeconds?: number;
  readonly onSuccess?: string;
  readonly onFailure?: string;
}

/** A function as it is before a change. */
export interface ChangedFunction {
  readonly functionName: string;
  /** Unqualified. */
  readonly functionArn: string;
  /** A version or alias; absent: `$LATEST`. */
  readonly qualifier?: string;
}

/** What somebody wants to have changed. `target` absent: nothing is delivered any more. Retries and age: `null` is AWS's default. */
export type SettingsChange =
  | { readonly kind: 'destination'; readonly role: DeliveryRole; readonly target?: ChangeTarget }
  | {
      readonly kind: 'retryAndAge';
      readonly maximumRetryAttempts?: number | null;
      readonly maximumEventAgeInSeconds?: number | null;
    };

/** One call of the AWS API. */
export type PlannedCall =
  | { readonly call: 'createQueue' | 'createTopic'; readonly name: string }
  | {
      readonly call: 'putConfig';
      readonly functionName: string;
      readonly qualifier?: string;
      readonly values: ConfigValues;
    }
  | { readonly call: 'deleteConfig'; readonly functionName: string; readonly qualifier?: string }
  | { readonly call: 'setDeadLetterQueue'; readonly functionName: string; readonly targetArn?: string };

/** Where a queue or topic to be created will be: beside the function. */
export function newTarget(create: 'SQS' | 'SNS', name: string, functionArn: string): ChangeTarget {
  const { region = '', account = '' } = parseFunctionArn(functionArn) ?? {};
  const arn = create === 'SQS' ? queueArn({ region, account }, name) : topicArn({ region, account }, name);
  const [, partition = 'aws'] = functionArn.split(':');
  return { create, name, arn: arn.replace(/^arn:aws:/, `arn:${partition}:`) };
}

/** The values of a config after a change. */
export function changedValues(before: ConfigValues, change: SettingsChange): ConfigValues {
  const { maximumRetryAttempts, maximumEventAgeInSeconds, onSuccess, onFailure } = before;
  const next = { maximumRetryAttempts, maximumEventAgeInSeconds, onSuccess, onFailure };
  if (change.kind === 'destination') {
    if (change.role !== 'deadLetterQueue') next[change.role] = change.target?.arn;
  } else {
    if (change.maximumRetryAttempts !== undefined) next.maximumRetryAttempts = change.maximumRetryAttempts ?? undefined;
    if (change.maximumEventAgeInSeconds !== undefined) {
      next.maximumEventAgeInSeconds = change.maximumEventAgeInSeconds ?? undefined;
    }
  }
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined));
}

/**
 * The calls that a change takes, in their order; none: everything is as wanted. A config is put as a whole, and deleted
 * when nothing is left of it (spec 5.5). A dead-letter queue is the function's, whatever the qualifier (spec 3).
 */
export function planChange(
  fn: ChangedFunction,
  change: SettingsChange,
  before: { readonly config?: ConfigValues; readonly deadLetterTargetArn?: string },
): readonly PlannedCall[] {
  const { functionName, qualifier } = fn;
  const created: PlannedCall[] = [];
  if (change.kind === 'destination' && change.target && 'create' in change.target) {
    const { create, name } = change.target;
    created.push({ call: create === 'SQS' ? 'createQueue' : 'createTopic', name });
  }
  if (change.kind === 'destination' && change.role === 'deadLetterQueue') {
    const targetArn = change.target?.arn;
    if (targetArn === before.deadLetterTargetArn && created.length === 0) return [];
    return [
      ...created,
      { call: 'setDeadLetterQueue', functionName, ...(targetArn === undefined ? {} : { targetArn }) },
    ];
  }
  const now = changedValues(before.config ?? {}, { kind: 'retryAndAge' });
  const values = changedValues(now, change);
  if (JSON.stringify(values) === JSON.stringify(now) && created.length === 0) return [];
  const of = { functionName, ...(qualifier === undefined ? {} : { qualifier }) };
  return [
    ...created,
    Object.keys(values).length === 0 ? { call: 'deleteConfig', ...of } : { call: 'putConfig', ...of, values },
  ];
}
