import type { PublishParts } from './publishing.ts';
import type { QueryInput } from '../server/queryInput.ts';
import type { QueryAction } from '../server/awsQuery.ts';
import { pageOf } from './pages.ts';
import { invalidParameter, notFound } from './snsErrors.ts';
import { readTags } from './tagActions.ts';
import type { SnsAttributes, Topic, TopicTable } from './topicTable.ts';
import { element, entries, members } from '../server/xml.ts';

const settable = [
  'ContentBasedDeduplication',
  'DeliveryPolicy',
  'DisplayName',
  'KmsMasterKeyId',
  'Policy',
  'SignatureVersion',
  'TracingConfig',
];

/** CreateTopic, DeleteTopic, ListTopics, GetTopicAttributes, SetTopicAttributes. */
export function topicActions(parts: PublishParts): Readonly<Record<string, QueryAction>> {
  const { topics } = parts;
  return {
    CreateTopic: (input) => {
      const tags = readTags(input);
      const arn = createTopic(topics, input.required('Name'), input.textMap('Attributes'));
      checkTags(topics, arn, tags);
      return [element('TopicArn', arn)];
    },
    DeleteTopic: (input) => {
      topics.remove(input.required('TopicArn'));
      return undefined;
    },
    ListTopics: (input) => {
      const { page, next } = pageOf(input, (after, limit) => topics.list(after, limit));
      return [members('Topics', page, ({ arn }) => [element('TopicArn', arn)]), ...next];
    },
    GetTopicAttributes: (input) => [entries('Attributes', topicAttributes(parts, requireTopic(topics, input)))],
    SetTopicAttributes: (input) => {
      const topic = requireTopic(topics, input);
      const name = input.required('AttributeName');
      if (!settable.includes(name)) throw invalidParameter('AttributeName');
      topics.setAttributes(topic.arn, { ...topic.attributes, [name]: input.text('AttributeValue') ?? '' });
      return undefined;
    },
  };
}

/** The topic that `TopicArn` names. @throws ServiceError `NotFound` */
export function requireTopic(topics: TopicTable, input: QueryInput): Topic {
  const topic = topics.find(input.required('TopicArn'));
  if (!topic) throw notFound('Topic');
  return topic;
}

function createTopic(topics: TopicTable, name: string, given: SnsAttributes): string {
  const { FifoTopic: fifo = 'false', ...attributes } = given;
  if (!/^[\w-]{1,256}(\.fifo)?$/.test(name) || name.length > 256) throw invalidParameter('Topic Name');
  if (name.endsWith('.fifo') !== (fifo === 'true')) {
    throw invalidParameter(
      'Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long.',
    );
  }
  const unknown = Object.keys(attributes).find((key) => !settable.includes(key));
  if (unknown !== undefined) throw invalidParameter(`Attributes Reason: Unknown attribute ${unknown}`);
  const arn = topics.create(name, attributes);
  const set = topics.find(arn)?.attributes ?? {};
  if (Object.entries(attributes).some(([key, value]) => set[key] !== value)) {
    throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
  }
  return arn;
}

/** A new topic gets them; one that is there has to have them. */
function checkTags(topics: TopicTable, arn: string, tags: Readonly<Record<string, string>>): void {
  const set = topics.tags(arn);
  if (Object.keys(set).length === 0) {
    topics.setTags(arn, tags);
  } else if (Object.keys(tags).length > 0 && JSON.stringify(sorted(tags)) !== JSON.stringify(sorted(set))) {
    throw invalidParameter('Tags Reason: Topic already exists with different tags');
  }
}

function sorted(tags: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(tags).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function topicAttributes({ topics, scope }: PublishParts, topic: Topic): SnsAttributes {
  return {
    TopicArn: topic.arn,
    Owner: scope.account,
    DisplayName: '',
    Policy: defaultPolicy(topic.arn, scope.account),
    EffectiveDeliveryPolicy: defaultDelivery,
    SubscriptionsConfirmed: String(topics.subscriptions({ topicArn: topic.arn }).length),
    SubscriptionsPending: '0',
    SubscriptionsDeleted: '0',
    ...(topic.fifo ? { FifoTopic: 'true', ContentBasedDeduplication: 'false' } : {}),
    ...topic.attributes,
  };
}

/** What AWS gives every topic: the owner may do all. */
function defaultPolicy(arn: string, account: string): string {
  const actions = [
    'GetTopicAttributes',
    'SetTopicAttributes',
    'AddPermission',
    'RemovePermission',
    'DeleteTopic',
    'Subscribe',
    'ListSubscriptionsByTopic',
    'Publish',
  ];
  const statement = {
    Sid: '__default_statement_ID',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: actions.map((action) => `SNS:${action}`),
    Resource: arn,
    Condition: { StringEquals: { 'AWS:SourceOwner': account } },
  };
  return JSON.stringify({ Version: '2008-10-17', Id: '__default_policy_ID', Statement: [statement] });
}

/** How AWS would try HTTP endpoints, which local Lambda has none of. */
const defaultDelivery = JSON.stringify({
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  },
});
