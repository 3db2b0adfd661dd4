import { formatArn, parseArn } from '../../model/arn.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { AwsClients } from '../awsClients.ts';
import { isAbort } from '../awsErrors.ts';
import { calling, findQueueUrl, isQueueMissing } from './queueCalls.ts';
import { expiresTag, ownerTag, tagValue, tapPrefix } from './tapNames.ts';
import { deleteTapQueue, lookAtTapQueue, removeTapTarget } from './tapResources.ts';
import { tapTarget, type TapTarget } from './tapTarget.ts';

/** A tap that nobody listens to any more: what a crash leaves behind. */
export interface LeftoverTap {
  /** Of the queue and the rules. */
  readonly name: string;
  readonly queueArn: string;
  /** Absent where the queue is gone, and something still sends to it. */
  readonly queueUrl?: string;
  /** What sends to it: subscribed topics, and buses with a rule. */
  readonly targets: readonly TapTarget[];
  /** It is of the owner that asks; else of somebody who did not renew it in time. */
  readonly mine: boolean;
  /** When it ran out, or will; epoch ms. */
  readonly expiresAt?: number;
}

/** Who asks, and when. */
export interface LeftoverSearch {
  readonly owner: string;
  /** Epoch ms. */
  readonly now: number;
  /** The name of the owner's tap that is in use. */
  readonly except?: string | undefined;
}

/** Pages of 100 subscriptions that are looked through for those whose queue is gone. */
const mostPages = 50;

/**
 * Taps of this owner, and those of others whose time is up. Others that are in use are not among them; nor is what carries
 * our name and not our tags. Rules and subscriptions whose queue is gone are looked for as far as the permissions go. @throws UserFacingFailure
 */
export async function findLeftoverTaps(
  clients: AwsClients,
  { owner, now, except }: LeftoverSearch,
  signal: AbortSignal,
): Promise<readonly LeftoverTap[]> {
  const queues = await tapQueues(clients, signal);
  const senders = [
    ...(await asFarAsAllowed(() => tapRules(clients, signal))),
    ...(await asFarAsAllowed(() => tapSubscriptions(clients, signal))),
  ];
  const found: LeftoverTap[] = [];
  const living = new Set<string>(except === undefined ? [] : [except]);
  for (const { url, name } of queues) {
    if (name === except) continue;
    const tags = await queueTags(clients, url, name, signal);
    const queue = tags && (await lookAtTapQueue(clients, { url, name }, signal));
    if (!queue) continue;
    living.add(name);
    const mine = tags[ownerTag] === tagValue(owner);
    const expires = Date.parse(tags[expiresTag] ?? '');
    if (tags[ownerTag] === undefined || !(mine || expires < now)) continue;
    const others = senders.filter((sender) => sender.name === name).map(({ target }) => target);
    found.push({
      name,
      queueArn: queue.arn,
      queueUrl: url,
      targets: distinct([...queue.allowed, ...others]),
      mine,
      ...(Number.isNaN(expires) ? {} : { expiresAt: expires }),
    });
  }
  const orphans = Map.groupBy(
    senders.filter(({ name }) => !living.has(name)),
    ({ name }) => name,
  );
  for (const [name, [first, ...rest]] of orphans) {
    if (!first || !(await isQueueGone(clients, first, signal))) continue;
    const targets = distinct([first, ...rest].map(({ target }) => target));
    found.push({ name, queueArn: first.queueArn, targets, mine: false });
  }
  return found;
}

/** Removes all of a tap that was left behind, whatever fails on the way. @throws UserFacingFailure that tells what stays */
export async function removeLeftoverTap(
  clients: AwsClients,
  { name, queueArn, queueUrl, targets }: LeftoverTap,
  signal: AbortSignal,
): Promise<void> {
  const stays: string[] = [];
  const attempt = async (remove: () => Promise<void>): Promise<void> => {
    try {
      await remove();
    } catch (error) {
      if (!UserFacingFailure.is(error)) throw error;
      stays.push(error.message);
    }
  };
  for (const target of targets) {
    await attempt(() => removeTapTarget(clients, { name, arn: queueArn }, target, undefined, signal));
  }
  if (queueUrl !== undefined) await attempt(() => deleteTapQueue(clients, { name, url: queueUrl }, signal));
  if (stays.length > 0) throw tapRemains(name, stays);
}

/** Something of a tap could not be removed. */
export function tapRemains(name: string, why: readonly string[]): UserFacingFailure {
  return new UserFacingFailure(
    'tapRemains',
    `Could not remove all of the tap ${name}. ${why.join(' ')} Try again, or remove by hand what is called so.`,
  );
}

/** Something that sends to a tap's queue. */
interface TapSender {
  readonly name: string;
  readonly queueArn: string;
  readonly target: TapTarget;
}

async function tapQueues(
  clients: AwsClients,
  signal: AbortSignal,
): Promise<readonly { readonly url: string; readonly name: string }[]> {
  return calling(clients, 'look for taps that were left behind', 'sqs:ListQueues', async () => {
    const client = await clients.sqs();
    const { paginateListQueues } = await import('@aws-sdk/client-sqs');
    const urls: string[] = [];
    const pages = paginateListQueues(
      { client, pageSize: 1_000 },
      { QueueNamePrefix: tapPrefix },
      { abortSignal: signal },
    );
    for await (const { QueueUrls = [] } of pages) urls.push(...QueueUrls);
    return urls.map((url) => ({ url, name: url.slice(url.lastIndexOf('/') + 1) }));
  });
}

/** SQS lists new queues a little later, and says of other accounts' that they are not there. */
async function isQueueGone(
  clients: AwsClients,
  { queueArn, target }: TapSender,
  signal: AbortSignal,
): Promise<boolean> {
  if (parseArn(queueArn)?.account !== target.account) return false;
  try {
    await findQueueUrl(clients, queueArn, signal);
    return false;
  } catch (error) {
    if (isAbort(error)) throw error;
    return isQueueMissing(error);
  }
}

/** `undefined`: the queue is gone. */
async function queueTags(
  clients: AwsClients,
  url: string,
  name: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    return await calling(clients, `look at the tags of the queue ${name}`, 'sqs:ListQueueTags', async () => {
      const client = await clients.sqs();
      const { ListQueueTagsCommand } = await import('@aws-sdk/client-sqs');
      return (await client.send(new ListQueueTagsCommand({ QueueUrl: url }), { abortSignal: signal })).Tags ?? {};
    });
  } catch (error) {
    if (isQueueMissing(error)) return undefined;
    throw error;
  }
}

async function tapRules(clients: AwsClients, signal: AbortSignal): Promise<readonly TapSender[]> {
  return calling(clients, 'look for rules that were left behind', 'events:ListRules', async () => {
    const client = await clients.events();
    const { ListEventBusesCommand, ListRulesCommand } = await import('@aws-sdk/client-eventbridge');
    const options = { abortSignal: signal };
    const buses = await allPages(async (NextToken) => {
      const page = await client.send(new ListEventBusesCommand({ NextToken }), options);
      return [page.EventBuses ?? [], page.NextToken];
    });
    const found: TapSender[] = [];
    for (const { Name, Arn = '' } of buses) {
      const target = tapTarget(Arn, clients.target.region);
      if ('refused' in target) continue;
      const rules = await allPages(async (NextToken) => {
        const command = new ListRulesCommand({ EventBusName: Name, NamePrefix: tapPrefix, NextToken });
        const page = await client.send(command, options);
        return [page.Rules ?? [], page.NextToken];
      });
      for (const { Name: name = '', Arn: ruleArn = '' } of rules) {
        const account = parseArn(ruleArn)?.account ?? target.account;
        found.push({ name, queueArn: formatArn({ ...target, service: 'sqs', account, resource: name }), target });
      }
    }
    return found;
  });
}

async function tapSubscriptions(clients: AwsClients, signal: AbortSignal): Promise<readonly TapSender[]> {
  return calling(clients, 'look for subscriptions that were left behind', 'sns:ListSubscriptions', async () => {
    const client = await clients.sns();
    const { paginateListSubscriptions } = await import('@aws-sdk/client-sns');
    const found: TapSender[] = [];
    let pages = 0;
    for await (const { Subscriptions = [] } of paginateListSubscriptions({ client }, {}, { abortSignal: signal })) {
      for (const { Endpoint = '', TopicArn = '' } of Subscriptions) {
        const name = parseArn(Endpoint)?.resource ?? '';
        const target = tapTarget(TopicArn, clients.target.region);
        if (name.startsWith(tapPrefix) && !('refused' in target)) found.push({ name, queueArn: Endpoint, target });
      }
      if (++pages >= mostPages) break;
    }
    return found;
  });
}

async function allPages<T>(
  page: (token: string | undefined) => Promise<readonly [readonly T[], string | undefined]>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const [items, next] = await page(token);
    all.push(...items);
    token = next;
  } while (token !== undefined && token !== '');
  return all;
}

/** What may not be looked at is not found. */
async function asFarAsAllowed<T>(look: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await look();
  } catch (error) {
    if (isAbort(error) || !UserFacingFailure.is(error)) throw error;
    return [];
  }
}

function distinct(targets: readonly TapTarget[]): readonly TapTarget[] {
  return [...new Map(targets.map((target) => [target.arn, target])).values()];
}
