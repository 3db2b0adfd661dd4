import { formatArn } from '../../model/arn.ts';
import { partitionOf } from '../regions.ts';
import { newTapName, tapLifetime } from './tapNames.ts';
import { tapRuleArn, tapTarget, type TapTarget } from './tapTarget.ts';

/** Something that a tap will make. */
export interface TapPlanItem {
  readonly what: 'queue' | 'subscription' | 'rule';
  /** Of the queue and the rule; of a subscription that of its topic, since its own is not known before. */
  readonly arn: string;
  /** In words. */
  readonly text: string;
}

/** What a tap will make, for people to say yes or no to. */
export interface TapPlan {
  /** Of the queue and the rules; to be given to `createTap`. */
  readonly name: string;
  readonly creates: readonly TapPlanItem[];
  /** What it can't listen to. */
  readonly refused: readonly { readonly target: string; readonly reason: string }[];
  /** What it takes, as IAM names it; to make, to use and to remove. */
  readonly actions: readonly string[];
  /** How long messages stay in the queue, and after which what was made counts as left behind; ms. */
  readonly lifetimeMs: number;
}

/** What a plan is made for. `account`: 12 digits, of the connection. */
export interface TapPlanOptions {
  readonly owner: string;
  readonly region: string;
  readonly account: string;
  readonly now?: () => number;
}

const queueActions = ['CreateQueue', 'TagQueue', 'SetQueueAttributes', 'GetQueueAttributes', 'ListQueues'];
const readActions = ['ReceiveMessage', 'DeleteMessage', 'DeleteQueue'];
const topicActions = ['Subscribe', 'Unsubscribe'];
const busActions = ['PutRule', 'TagResource', 'PutTargets', 'RemoveTargets', 'DeleteRule'];

/** Exactly what a tap on these topics and buses will make. Asks nobody. */
export function planTap(
  targets: readonly string[],
  { owner, region, account, now = Date.now }: TapPlanOptions,
): TapPlan {
  const name = newTapName(owner, now());
  const judged = [...new Set(targets)].map((target) => ({ target, read: tapTarget(target, region) }));
  const taken = judged.flatMap(({ read }) => ('refused' in read ? [] : [read]));
  const queueArn = formatArn({ partition: partitionOf(region), service: 'sqs', region, account, resource: name });
  const has = (kind: TapTarget['kind']): boolean => taken.some((target) => target.kind === kind);
  return {
    name,
    creates:
      taken.length === 0
        ? []
        : [
            { what: 'queue', arn: queueArn, text: `the SQS queue ${name}` },
            ...taken.map((target) => item(target, name)),
          ],
    refused: judged.flatMap(({ target, read }) => ('refused' in read ? [{ target, reason: read.refused }] : [])),
    actions: [
      ...[...queueActions, ...readActions].map((action) => `sqs:${action}`),
      ...(has('topic') ? topicActions.map((action) => `sns:${action}`) : []),
      ...(has('bus') ? busActions.map((action) => `events:${action}`) : []),
    ],
    lifetimeMs: tapLifetime,
  };
}

function item(target: TapTarget, tapName: string): TapPlanItem {
  const { arn, kind, name } = target;
  return kind === 'topic'
    ? { what: 'subscription', arn, text: `a subscription of that queue to the SNS topic ${name}` }
    : {
        what: 'rule',
        arn: tapRuleArn(target, tapName),
        text: `a rule on the EventBridge bus ${name} that sends events with the source "lambda" to that queue`,
      };
}
