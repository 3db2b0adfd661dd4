import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  PublishBatchCommand,
  PublishCommand,
  type PublishCommandInput,
  SetSubscriptionAttributesCommand,
  type SNSClient,
  SNSServiceException,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Facts that hold no id, time, host or account; by name. */
export type SnsFacts = Readonly<Record<string, unknown>>;

/** What a scenario speaks to. */
export interface SnsPeer {
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly account: string;
}

/** The same for every server: what clients of SNS do, and what they are told. */
export const snsScenarios: Readonly<Record<string, (peer: SnsPeer) => Promise<SnsFacts>>> = {
  'a queue gets notifications and raw messages': async (peer) => {
    const { sns } = peer;
    const TopicArn = await topic(peer, 'news');
    const wrapped = await subscribeQueue(peer, TopicArn, 'wrapped', { RawMessageDelivery: 'false' });
    const raw = await subscribeQueue(peer, TopicArn, 'raw', { RawMessageDelivery: 'true' });
    const MessageAttributes = {
      kind: { DataType: 'String', StringValue: 'a"b' },
      count: { DataType: 'Number', StringValue: '7' },
    };
    const Message = '{"a":"<&>\\n\u{1f600}"}';
    await sns.send(new PublishCommand({ TopicArn, Message, Subject: 'Subject', MessageAttributes }));
    const [notification] = await receive(peer, wrapped.url);
    const [message] = await receive(peer, raw.url);
    const PublishBatchRequestEntries = [
      { Id: 'one', Message: 'in a batch' },
      { Id: 'two', Message: 'x', Subject: 'line\nbreak' },
    ];
    const batch = await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
    await receive(peer, raw.url);
    const structured = { TopicArn, MessageStructure: 'json', Message: '{"default":"d","sqs":"for queues"}' };
    await sns.send(new PublishCommand(structured));
    return {
      arn: TopicArn.replace(peer.account, 'ACCOUNT'),
      notification: content(notification?.Body ?? '', peer.account),
      raw: message?.Body,
      rawAttributes: message?.MessageAttributes,
      successful: batch.Successful?.map(({ Id }) => Id),
      failed: batch.Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]),
      structure: (await receive(peer, raw.url)).map(({ Body }) => Body).at(-1),
    };
  },

  'filters let through what they name': async (peer) => {
    const TopicArn = await topic(peer, 'filtered');
    const attribute = (name: string, DataType: string, StringValue: string): Partial<PublishCommandInput> => ({
      MessageAttributes: { [name]: { DataType, StringValue } },
    });
    const passes = async (
      policy: object,
      inputs: readonly Partial<PublishCommandInput>[],
      FilterPolicyScope = 'MessageAttributes',
    ): Promise<readonly string[]> => {
      const FilterPolicy = JSON.stringify(policy);
      const attributes = { FilterPolicy, FilterPolicyScope, RawMessageDelivery: 'true' };
      const queue = await subscribeQueue(peer, TopicArn, 'filtered', attributes);
      const sent: string[] = [];
      for (const [index, input] of inputs.entries()) {
        const Message = input.Message ?? `${index}`;
        const status = await outcome(peer.sns.send(new PublishCommand({ TopicArn, ...input, Message })));
        if (status === 200) sent.push(Message);
      }
      const received = (await receive(peer, queue.url)).map(({ Body = '' }) => Body);
      await peer.sns.send(new UnsubscribeCommand({ SubscriptionArn: queue.subscription }));
      return sent.filter((message) => received.includes(message));
    };
    const colours = ['red', 'Redder', 'blue'].map((colour) => attribute('colour', 'String', colour));
    const sizes = ['1', '5', '9.5'].map((size) => attribute('size', 'Number', size));
    const bodies = ['{"a":{"b":"x"}}', '{"a":{"b":"y"}}', '{"a":"x"}', 'no JSON'].map((Message) => ({ Message }));
    const inBody = 'MessageBody';
    return {
      exact: await passes({ colour: ['red'] }, [...colours, {}]),
      prefix: await passes({ colour: [{ prefix: 'R' }, { prefix: 'b' }] }, colours),
      suffix: await passes({ colour: [{ suffix: 'er' }] }, colours),
      ignoringCase: await passes({ colour: [{ 'equals-ignore-case': 'RED' }] }, colours),
      anythingBut: await passes({ colour: [{ 'anything-but': ['red'] }] }, [...colours, {}]),
      exists: await passes({ colour: [{ exists: true }] }, [...colours, {}]),
      absent: await passes({ colour: [{ exists: false }] }, [...colours, {}]),
      numeric: await passes({ size: [{ numeric: ['>', 1, '<=', 9.5] }] }, sizes),
      number: await passes({ size: [5] }, sizes),
      list: await passes({ colour: ['red'] }, [attribute('colour', 'String.Array', '["blue","red"]')]),
      all: await passes({ colour: ['red'], size: [1] }, colours),
      body: await passes({ a: { b: ['x'] } }, bodies, inBody),
      bodyArray: await passes({ a: ['x'] }, [{ Message: '{"a":["y","x"]}' }], inBody),
      either: await passes({ $or: [{ a: ['x'] }, { c: ['y'] }] }, [{ Message: '{"c":"y"}' }], inBody),
    };
  },

  'subscriptions are made, set and ended': async (peer) => {
    const { sns } = peer;
    const TopicArn = await topic(peer, 'subscriptions');
    const { subscription: SubscriptionArn, arn: Endpoint } = await subscribeQueue(peer, TopicArn, 'subscriber', {});
    const again = await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    const set = (AttributeName: string, AttributeValue: string) =>
      outcome(sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue })));
    const FilterPolicy = '{"a":["b"]}';
    await set('FilterPolicy', FilterPolicy);
    await set('RawMessageDelivery', 'true');
    const { Attributes = {} } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    const { Attributes: OfTopic = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    const listed = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    const refusals = {
      badRaw: await set('RawMessageDelivery', 'maybe'),
      badPolicy: await set('FilterPolicy', '{'),
      badScope: await set('FilterPolicyScope', 'Subject'),
      unknownName: await set('Colour', 'red'),
    };
    await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    return {
      again: again.SubscriptionArn === SubscriptionArn,
      raw: Attributes['RawMessageDelivery'],
      policy: Attributes['FilterPolicy'],
      scope: Attributes['FilterPolicyScope'],
      pending: Attributes['PendingConfirmation'],
      confirmed: OfTopic['SubscriptionsConfirmed'],
      listed: listed.Subscriptions?.map(({ Protocol }) => Protocol),
      ...refusals,
      gone: await outcome(sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))),
      protocol: await outcome(sns.send(new SubscribeCommand({ TopicArn, Protocol: 'pigeon', Endpoint: 'x' }))),
    };
  },

  'topics are made, tagged and deleted': async (peer) => {
    const { sns } = peer;
    const TopicArn = await topic(peer, 'tagged');
    const again = await topic(peer, 'tagged');
    const ResourceArn = TopicArn;
    await sns.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'a', Value: '1' }] }));
    await sns.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'b', Value: '2' }] }));
    await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }));
    const tags = await sns.send(new ListTagsForResourceCommand({ ResourceArn }));
    const fifo = await sns.send(new CreateTopicCommand({ Name: 'ordered.fifo', Attributes: { FifoTopic: 'true' } }));
    const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    await sns.send(new DeleteTopicCommand({ TopicArn }));
    return {
      again: again === TopicArn,
      tags: tags.Tags,
      fifo: fifo.TopicArn?.endsWith(':ordered.fifo'),
      policy: Attributes['Policy']?.replaceAll(peer.account, 'ACCOUNT'),
      deliveryPolicy: Attributes['EffectiveDeliveryPolicy'],
      deletedAgain: await outcome(sns.send(new DeleteTopicCommand({ TopicArn }))),
      gone: await outcome(sns.send(new GetTopicAttributesCommand({ TopicArn }))),
      publish: await outcome(sns.send(new PublishCommand({ TopicArn, Message: 'x' }))),
      badName: await outcome(sns.send(new CreateTopicCommand({ Name: 'a b' }))),
      badFifo: await outcome(sns.send(new CreateTopicCommand({ Name: 'plain', Attributes: { FifoTopic: 'true' } }))),
    };
  },

  'what is wrong is refused': async (peer) => {
    const TopicArn = await topic(peer, 'refusals');
    const publish = (input: Partial<PublishCommandInput>) =>
      outcome(peer.sns.send(new PublishCommand({ TopicArn, Message: 'x', ...input })));
    const batch = (ids: readonly string[]) => {
      const PublishBatchRequestEntries = ids.map((Id) => ({ Id, Message: 'x' }));
      return outcome(peer.sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries })));
    };
    return {
      empty: await publish({ Message: '' }),
      long: await publish({ Message: 'x'.repeat(262_145) }),
      subject: await publish({ Subject: 'line\nbreak' }),
      structure: await publish({ MessageStructure: 'json', Message: '{"sqs":"x"}' }),
      attribute: await publish({ MessageAttributes: { a: { DataType: 'Number', StringValue: 'x' } } }),
      attributeType: await publish({ MessageAttributes: { a: { DataType: 'Colour', StringValue: 'x' } } }),
      noEntries: await batch([]),
      manyEntries: await batch([...'abcdefghijk']),
      sameIds: await batch(['a', 'a']),
      oddId: await batch(['a b']),
    };
  },
};

async function topic({ sns }: SnsPeer, Name: string): Promise<string> {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name }));
  return TopicArn;
}

async function subscribeQueue(
  { sns, sqs, account }: SnsPeer,
  TopicArn: string,
  QueueName: string,
  Attributes: Record<string, string>,
): Promise<{ readonly url: string; readonly arn: string; readonly subscription: string }> {
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
  const arn = `arn:aws:sqs:us-east-1:${account}:${QueueName}`;
  const { SubscriptionArn: subscription = '' } = await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arn, Attributes }),
  );
  return { url, arn, subscription };
}

async function receive({ sqs }: SnsPeer, url: string) {
  const input = { QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], VisibilityTimeout: 600 };
  return (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
}

/** A notification without what differs from publish to publish. */
function content(body: string, account: string): unknown {
  const parsed = JSON.parse(body) as Readonly<Record<string, unknown>>;
  const own = /^(MessageId|Timestamp|Signature|SignatureVersion|SigningCertURL|UnsubscribeURL)$/;
  return Object.fromEntries(
    Object.entries(parsed).map(([key, value]) => {
      if (own.test(key)) return [key, typeof value];
      return [key, typeof value === 'string' ? value.replace(account, 'ACCOUNT') : value];
    }),
  );
}

async function outcome(
  answer: Promise<{ readonly $metadata: { readonly httpStatusCode?: number | undefined } }>,
): Promise<unknown> {
  try {
    return (await answer).$metadata.httpStatusCode;
  } catch (error) {
    if (!(error instanceof SNSServiceException)) return String(error);
    return `${error.$metadata.httpStatusCode} ${error.name}`;
  }
}
