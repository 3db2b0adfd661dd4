import type { PublishParts } from './publishing.ts';
import type { QueryInput } from '../server/queryInput.ts';
import type { QueryAction } from '../server/awsQuery.ts';
import { pageOf } from './pages.ts';
import { invalidParameter, notFound } from './snsErrors.ts';
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

/** CreateTopic (tags are not kept), DeleteTopic, ListTopics, GetTopicAttributes, SetTopicAttributes. */
export function topicActions(parts: PublishParts): Readonly<Record<string, QueryAction>> {
  const { topics } = parts;
  return {
    CreateTopic: (input) => {
      const arn = createTopic(topics, input.required('Name'), input.textMap('Attributes'));
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

function topicAttributes({ topics, scope }: PublishParts, topic: Topic): SnsAttributes {
  return {
    TopicArn: topic.arn,
    Owner: scope.account,
    DisplayName: '',
    SubscriptionsConfirmed: String(topics.subscriptions({ topicArn: topic.arn }).length),
    SubscriptionsPending: '0',
    SubscriptionsDeleted: '0',
    ...(topic.fifo ? { FifoTopic: 'true', ContentBasedDeduplication: 'false' } : {}),
    ...topic.attributes,
  };
}
