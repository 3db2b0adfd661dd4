import { parseArn } from '../model/arn.ts';
import { compareNames } from '../model/compareNames.ts';
import type { DestinationKind } from '../model/destination.ts';
import type { AwsClients } from './awsClients.ts';
import { translateError } from './awsErrors.ts';
import { listFunctions } from './listFunctions.ts';
import { partitionOf } from './regions.ts';

/** Something that can receive records. `fifo`: a FIFO queue or topic, which Lambda takes none of. */
export interface ListedCandidate {
  readonly kind: DestinationKind;
  readonly arn: string;
  readonly name: string;
  readonly fifo: boolean;
}

const kindNames: Readonly<Record<DestinationKind, string>> = {
  SQS: 'queues',
  SNS: 'topics',
  Lambda: 'functions',
  EventBridge: 'event buses',
  S3: 'buckets',
};

/** What listing needs to be allowed; S3 and SQS don't name it when they refuse. */
const actions: Readonly<Record<DestinationKind, string>> = {
  SQS: 'sqs:ListQueues',
  SNS: 'sns:ListTopics',
  Lambda: 'lambda:ListFunctions',
  EventBridge: 'events:ListEventBuses',
  S3: 's3:ListAllMyBuckets',
};

/** Everything of one kind in the account and region, by name, all pages. @throws UserFacingFailure */
export async function listCandidates(
  clients: AwsClients,
  kind: DestinationKind,
  signal?: AbortSignal,
): Promise<readonly ListedCandidate[]> {
  try {
    const found = await listers[kind](clients, signal);
    return found.toSorted((a, b) => compareNames(a.name, b.name));
  } catch (error) {
    const doing = `list the ${kindNames[kind]}`;
    throw translateError(error, { doing, target: clients.target, action: actions[kind] });
  }
}

/** Creates a standard queue or topic, or gives that of the name; its ARN. @throws UserFacingFailure */
export async function createCandidate(
  clients: AwsClients,
  kind: 'SQS' | 'SNS',
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  const options = signal === undefined ? {} : { abortSignal: signal };
  try {
    if (kind === 'SNS') {
      const client = await clients.sns();
      const { CreateTopicCommand } = await import('@aws-sdk/client-sns');
      return required((await client.send(new CreateTopicCommand({ Name: name }), options)).TopicArn);
    }
    const client = await clients.sqs();
    const { CreateQueueCommand, GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name }), options);
    // It is there now: that its attributes may not be read is no reason to say that it could not be created.
    const found = queueOf(clients, QueueUrl ?? '');
    if (found) return found.arn;
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      options,
    );
    return required(Attributes?.['QueueArn']);
  } catch (error) {
    const doing = `create the ${kind === 'SQS' ? 'queue' : 'topic'} ${name}`;
    throw translateError(error, {
      doing,
      target: clients.target,
      action: kind === 'SQS' ? 'sqs:CreateQueue' : 'sns:CreateTopic',
    });
  }
}

type Lister = (clients: AwsClients, signal: AbortSignal | undefined) => Promise<readonly ListedCandidate[]>;

const listers: Readonly<Record<DestinationKind, Lister>> = {
  SQS: listQueues,
  SNS: listTopics,
  Lambda: async (clients, signal) =>
    (await listFunctions(clients, signal)).map(({ functionArn, functionName }) =>
      candidate('Lambda', functionArn, functionName),
    ),
  EventBridge: listBuses,
  S3: listBuckets,
};

async function listQueues(clients: AwsClients, signal: AbortSignal | undefined): Promise<readonly ListedCandidate[]> {
  const client = await clients.sqs();
  const { paginateListQueues } = await import('@aws-sdk/client-sqs');
  const urls: string[] = [];
  // Without a page size ListQueues stops at 1,000 (SQS API reference, ListQueues).
  for await (const page of paginateListQueues({ client, pageSize: 1_000 }, {}, ...abort(signal))) {
    urls.push(...(page.QueueUrls ?? []));
  }
  return urls.flatMap((url) => queueOf(clients, url) ?? []);
}

/** The queue that a URL names; `undefined`: it says no account. */
function queueOf({ target: { region } }: AwsClients, url: string): ListedCandidate | undefined {
  const [, account = '', name = ''] = /\/(\d{12})\/([\w.-]+)\/?$/.exec(url) ?? [];
  if (name === '') return undefined;
  return candidate('SQS', `arn:${partitionOf(region)}:sqs:${region}:${account}:${name}`, name);
}

async function listTopics(clients: AwsClients, signal: AbortSignal | undefined): Promise<readonly ListedCandidate[]> {
  const client = await clients.sns();
  const { paginateListTopics } = await import('@aws-sdk/client-sns');
  const topics: ListedCandidate[] = [];
  for await (const page of paginateListTopics({ client }, {}, ...abort(signal))) {
    for (const { TopicArn = '' } of page.Topics ?? []) {
      topics.push(candidate('SNS', TopicArn, parseArn(TopicArn)?.resource ?? TopicArn));
    }
  }
  return topics;
}

async function listBuses(clients: AwsClients, signal: AbortSignal | undefined): Promise<readonly ListedCandidate[]> {
  const client = await clients.events();
  const { ListEventBusesCommand } = await import('@aws-sdk/client-eventbridge');
  const buses: ListedCandidate[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListEventBusesCommand(token === undefined ? {} : { NextToken: token }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    for (const { Arn = '', Name = '' } of page.EventBuses ?? []) buses.push(candidate('EventBridge', Arn, Name));
    token = page.NextToken;
  } while (token !== undefined && token !== '');
  return buses;
}

async function listBuckets(clients: AwsClients, signal: AbortSignal | undefined): Promise<readonly ListedCandidate[]> {
  const client = await clients.s3();
  const { paginateListBuckets } = await import('@aws-sdk/client-s3');
  const buckets: ListedCandidate[] = [];
  for await (const page of paginateListBuckets({ client }, {}, ...abort(signal))) {
    for (const { Name = '' } of page.Buckets ?? []) {
      buckets.push(candidate('S3', `arn:${partitionOf(clients.target.region)}:s3:::${Name}`, Name));
    }
  }
  return buckets;
}

function candidate(kind: DestinationKind, arn: string, name: string): ListedCandidate {
  return { kind, arn, name, fifo: (kind === 'SQS' || kind === 'SNS') && name.endsWith('.fifo') };
}

function abort(signal: AbortSignal | undefined): readonly [] | readonly [{ readonly abortSignal: AbortSignal }] {
  return signal === undefined ? [] : [{ abortSignal: signal }];
}

function required(arn: string | undefined): string {
  if (arn === undefined || arn === '') throw new Error('The answer had no ARN.');
  return arn;
}
