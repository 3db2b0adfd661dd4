import { parseArn } from '../../model/arn.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { AwsClients } from '../awsClients.ts';
import { errorName, isAbort, translateError } from '../awsErrors.ts';
import { calling, isQueueMissing } from './queueCalls.ts';
import { newTapName, tapLifetime, tapNamesOf, tapTags } from './tapNames.ts';
import { allowedTargets, tapPolicy, tapRuleArn, type TapTarget } from './tapTarget.ts';

/** A tap's queue. */
export interface TapQueue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  /** What its policy let send to it when it was looked at. */
  readonly allowed: readonly TapTarget[];
}

/** Whose tap, and when it is. `name`: to be used where none is there yet. */
export interface TapOwner {
  readonly owner: string;
  readonly now: number;
  readonly name?: string | undefined;
}

/** The queue that the owner's tap left behind, so that what came to it since is not lost; else a new one. @throws UserFacingFailure */
export async function findOrCreateTapQueue(
  clients: AwsClients,
  { owner, now, name = newTapName(owner, now) }: TapOwner,
  signal: AbortSignal,
): Promise<TapQueue> {
  for (const found of await ownedQueues(clients, owner, signal)) {
    const queue = await lookAtTapQueue(clients, found, signal);
    if (queue) {
      await renewTapQueue(clients, queue, { owner, now }, signal);
      return queue;
    }
  }
  const url = await calling(clients, `create the queue ${name}`, 'sqs:CreateQueue', async () => {
    const client = await clients.sqs();
    const { CreateQueueCommand } = await import('@aws-sdk/client-sqs');
    const command = new CreateQueueCommand({
      QueueName: name,
      Attributes: { MessageRetentionPeriod: String(tapLifetime / 1000), VisibilityTimeout: '30' },
      tags: { ...tapTags(owner, now) },
    });
    return (await client.send(command, { abortSignal: signal })).QueueUrl ?? '';
  });
  const queue = await lookAtTapQueue(clients, { name, url }, signal);
  if (queue) return queue;
  throw new UserFacingFailure(
    'awsError',
    `Could not use the queue ${name}: it is not there after it was created. Try again.`,
  );
}

/** A tap's queue by its URL; `undefined`: it is gone (SQS lists what was deleted a little longer). @throws UserFacingFailure */
export async function lookAtTapQueue(
  clients: AwsClients,
  { name, url }: Pick<TapQueue, 'name' | 'url'>,
  signal?: AbortSignal,
): Promise<TapQueue | undefined> {
  try {
    return await calling(clients, `look at the queue ${name}`, 'sqs:GetQueueAttributes', async () => {
      const client = await clients.sqs();
      const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
      const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn', 'Policy'] });
      const { Attributes } = await client.send(command, signal === undefined ? {} : { abortSignal: signal });
      const arn = Attributes?.QueueArn;
      return arn === undefined ? undefined : { name, url, arn, allowed: allowedTargets(Attributes?.Policy) };
    });
  } catch (error) {
    if (isQueueMissing(error)) return undefined;
    throw error;
  }
}

/** Lets exactly these send to the queue. @throws UserFacingFailure */
export async function allowTargets(
  clients: AwsClients,
  queue: TapQueue,
  targets: readonly TapTarget[],
  signal: AbortSignal,
): Promise<void> {
  const policy = tapPolicy(queue.arn, targets);
  // SQS Developer Guide, "Amazon SQS policy quotas".
  if (Buffer.byteLength(policy) > 8_192) {
    throw new UserFacingFailure(
      'tooManyTargets',
      `Could not listen to ${targets.length} topics and buses at once: the policy of one queue has no room for so many. Listen to fewer.`,
    );
  }
  await calling(clients, `set the policy of the queue ${queue.name}`, 'sqs:SetQueueAttributes', async () => {
    const client = await clients.sqs();
    const { SetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
    // An empty text takes the policy away: SQS refuses one without statements.
    const Attributes = { Policy: targets.length === 0 ? '' : policy };
    await client.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes }), { abortSignal: signal });
  });
}

/** Has a topic or bus send to the queue. Twice is once. Gives a subscription's ARN. @throws UserFacingFailure */
export function addTapTarget(
  clients: AwsClients,
  queue: TapQueue,
  target: TapTarget,
  { owner, now }: TapOwner,
  signal: AbortSignal,
): Promise<string | undefined> {
  const options = { abortSignal: signal };
  if (target.kind === 'topic') {
    return calling(clients, `subscribe to the topic ${target.name}`, 'sns:Subscribe', async () => {
      const client = await clients.sns();
      const { SubscribeCommand } = await import('@aws-sdk/client-sns');
      // No raw delivery: the envelope is what tells topics apart.
      const command = new SubscribeCommand({
        TopicArn: target.arn,
        Protocol: 'sqs',
        Endpoint: queue.arn,
        ReturnSubscriptionArn: true,
      });
      return (await client.send(command, options)).SubscriptionArn;
    });
  }
  const doing = `make a rule on the bus ${target.name}`;
  return calling(clients, doing, 'events:PutRule', async () => {
    const client = await clients.events();
    const { PutRuleCommand, PutTargetsCommand } = await import('@aws-sdk/client-eventbridge');
    const rule = new PutRuleCommand({
      Name: queue.name,
      EventBusName: busName(target, queue),
      EventPattern: '{"source":["lambda"]}',
      State: 'ENABLED',
      Description: 'Execution records of Lambda for the VS Code extension "Lambda Destinations", as long as it listens',
      Tags: Object.entries(tapTags(owner, now)).map(([Key, Value]) => ({ Key, Value })),
    });
    await client.send(rule, options);
    try {
      const { FailedEntries = [] } = await client.send(
        new PutTargetsCommand({
          Rule: queue.name,
          EventBusName: busName(target, queue),
          Targets: [{ Id: targetId, Arn: queue.arn }],
        }),
        options,
      );
      const [failed] = FailedEntries;
      if (failed) {
        throw new UserFacingFailure('awsError', `Could not ${doing}: ${failed.ErrorMessage ?? failed.ErrorCode}.`);
      }
    } catch (error) {
      // A rule without a target is of no use to anybody.
      if (!isAbort(error)) await removeTapTarget(clients, queue, target).catch(() => undefined);
      throw translateError(error, { doing, target: clients.target, action: 'events:PutTargets' });
    }
    return undefined;
  });
}

/** Has a topic or bus send no more. What is not there any more is no failure. @throws UserFacingFailure */
export async function removeTapTarget(
  clients: AwsClients,
  queue: Pick<TapQueue, 'name' | 'arn'>,
  target: TapTarget,
  subscriptionArn?: string,
  signal?: AbortSignal,
): Promise<void> {
  const options = signal === undefined ? {} : { abortSignal: signal };
  if (target.kind === 'topic') {
    const arn = subscriptionArn ?? (await findSubscription(clients, queue.arn, target, signal));
    if (arn === undefined) return;
    await gone(() =>
      calling(clients, `end the subscription to the topic ${target.name}`, 'sns:Unsubscribe', async () => {
        const client = await clients.sns();
        const { UnsubscribeCommand } = await import('@aws-sdk/client-sns');
        await client.send(new UnsubscribeCommand({ SubscriptionArn: arn }), options);
      }),
    );
    return;
  }
  const rule = { Rule: queue.name, EventBusName: busName(target, queue) };
  const doing = `remove the rule ${queue.name} from the bus ${target.name}`;
  await gone(() =>
    calling(clients, doing, 'events:RemoveTargets', async () => {
      const client = await clients.events();
      const { RemoveTargetsCommand } = await import('@aws-sdk/client-eventbridge');
      await client.send(new RemoveTargetsCommand({ ...rule, Ids: [targetId] }), options);
    }),
  );
  await gone(() =>
    calling(clients, doing, 'events:DeleteRule', async () => {
      const client = await clients.events();
      const { DeleteRuleCommand } = await import('@aws-sdk/client-eventbridge');
      await client.send(new DeleteRuleCommand({ Name: rule.Rule, EventBusName: rule.EventBusName }), options);
    }),
  );
}

/** Deletes a tap's queue; what is in it goes with it. @throws UserFacingFailure */
export async function deleteTapQueue(
  clients: AwsClients,
  { url, name }: Pick<TapQueue, 'url' | 'name'>,
  signal?: AbortSignal,
): Promise<void> {
  await gone(() =>
    calling(clients, `delete the queue ${name}`, 'sqs:DeleteQueue', async () => {
      const client = await clients.sqs();
      const { DeleteQueueCommand } = await import('@aws-sdk/client-sqs');
      await client.send(new DeleteQueueCommand({ QueueUrl: url }), signal === undefined ? {} : { abortSignal: signal });
    }),
  );
}

/** Says that the queue is in use. @throws UserFacingFailure */
export async function renewTapQueue(
  clients: AwsClients,
  { name, url }: Pick<TapQueue, 'url' | 'name'>,
  { owner, now }: TapOwner,
  signal: AbortSignal,
): Promise<void> {
  await calling(clients, `tag the queue ${name}`, 'sqs:TagQueue', async () => {
    const client = await clients.sqs();
    const { TagQueueCommand } = await import('@aws-sdk/client-sqs');
    const command = new TagQueueCommand({ QueueUrl: url, Tags: { ...tapTags(owner, now) } });
    await client.send(command, { abortSignal: signal });
  });
}

/** Says that a rule is in use. @throws UserFacingFailure */
export async function renewTapRule(
  clients: AwsClients,
  target: TapTarget,
  tapName: string,
  { owner, now }: TapOwner,
  signal: AbortSignal,
): Promise<void> {
  await calling(clients, `tag the rule ${tapName}`, 'events:TagResource', async () => {
    const client = await clients.events();
    const { TagResourceCommand } = await import('@aws-sdk/client-eventbridge');
    const command = new TagResourceCommand({
      ResourceARN: tapRuleArn(target, tapName),
      Tags: Object.entries(tapTags(owner, now)).map(([Key, Value]) => ({ Key, Value })),
    });
    await client.send(command, { abortSignal: signal });
  });
}

/** The only target of a tap's rule. */
const targetId = 'tap';

/** A bus of the same account by its name, others by their ARN. */
function busName({ arn, account, name }: TapTarget, queue: Pick<TapQueue, 'arn'>): string {
  return account === parseArn(queue.arn)?.account ? name : arn;
}

async function ownedQueues(
  clients: AwsClients,
  owner: string,
  signal: AbortSignal,
): Promise<readonly { readonly name: string; readonly url: string }[]> {
  let urls: readonly string[] = [];
  try {
    urls = await calling(clients, 'look for a tap that was left behind', 'sqs:ListQueues', async () => {
      const client = await clients.sqs();
      const { ListQueuesCommand } = await import('@aws-sdk/client-sqs');
      const command = new ListQueuesCommand({ QueueNamePrefix: tapNamesOf(owner) });
      return (await client.send(command, { abortSignal: signal })).QueueUrls ?? [];
    });
  } catch (error) {
    // Then it makes a new one.
    if (!UserFacingFailure.is(error, 'accessDenied')) throw error;
  }
  // The newest first.
  return urls
    .map((url) => ({ url, name: url.slice(url.lastIndexOf('/') + 1) }))
    .toSorted((a, b) => (a.name < b.name ? 1 : -1));
}

async function findSubscription(
  clients: AwsClients,
  queueArn: string,
  { arn, name }: TapTarget,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  let found: string | undefined;
  await gone(() =>
    calling(clients, `find the subscription to the topic ${name}`, 'sns:ListSubscriptionsByTopic', async () => {
      const client = await clients.sns();
      const { paginateListSubscriptionsByTopic } = await import('@aws-sdk/client-sns');
      const pages = paginateListSubscriptionsByTopic(
        { client },
        { TopicArn: arn },
        ...(signal === undefined ? [] : [{ abortSignal: signal }]),
      );
      for await (const { Subscriptions = [] } of pages) {
        found ??= Subscriptions.find(({ Endpoint }) => Endpoint === queueArn)?.SubscriptionArn;
        if (found !== undefined) break;
      }
    }),
  );
  return found;
}

const missing = new Set([
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
  'ResourceNotFoundException',
  'NotFoundException',
  'NotFound',
]);

/** Removes; what is not there is removed. */
async function gone(remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!UserFacingFailure.is(error) || !missing.has(errorName(error.cause))) throw error;
  }
}
