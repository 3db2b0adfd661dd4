import { parseArn, parseFunctionArn } from '../../model/arn.ts';
import { deadLetterArn } from './deadLetters.ts';
import { parseFilterPolicy } from './filterPolicy.ts';
import { pageOf } from './pages.ts';
import type { PublishParts } from './publishing.ts';
import type { QueryInput } from '../server/queryInput.ts';
import type { QueryAction } from '../server/awsQuery.ts';
import { invalidParameter, notFound } from './snsErrors.ts';
import { requireTopic } from './topicActions.ts';
import type { SnsAttributes, Subscription, TopicTable } from './topicTable.ts';
import { element, entries, members, type Xml } from '../server/xml.ts';

/** What SNS can deliver to and local Lambda can't. */
const notOffered = ['http', 'https', 'email', 'email-json', 'sms', 'application', 'firehose'];

/** Subscribe, ConfirmSubscription, Unsubscribe, the lists of subscriptions, and their attributes. */
export function subscriptionActions(parts: PublishParts): Readonly<Record<string, QueryAction>> {
  const { topics, scope } = parts;
  const show = (subscription: Subscription): readonly Xml[] => [
    element('TopicArn', subscription.topicArn),
    element('Protocol', subscription.protocol),
    element('SubscriptionArn', subscription.arn),
    element('Owner', scope.account),
    element('Endpoint', subscription.endpoint),
  ];
  return {
    Subscribe: (input) => {
      const topic = requireTopic(topics, input);
      const protocol = input.required('Protocol');
      const endpoint = input.text('Endpoint') ?? '';
      return [
        element('SubscriptionArn', subscribe(topics, topic.arn, protocol, endpoint, input.textMap('Attributes'))),
      ];
    },
    ConfirmSubscription: (input) => {
      requireTopic(topics, input);
      // Subscriptions of queues and functions need no confirmation, and there are no others: no token was ever given.
      throw invalidParameter(`Token Reason: no subscription waits for "${input.required('Token')}"`);
    },
    Unsubscribe: (input) => {
      topics.unsubscribe(input.required('SubscriptionArn'));
      return undefined;
    },
    ListSubscriptions: (input) => {
      const { page, next } = pageOf(input, (afterArn, limit) => topics.subscriptions({ afterArn, limit }));
      return [members('Subscriptions', page, show), ...next];
    },
    ListSubscriptionsByTopic: (input) => {
      const topicArn = requireTopic(topics, input).arn;
      const { page, next } = pageOf(input, (afterArn, limit) => topics.subscriptions({ topicArn, afterArn, limit }));
      return [members('Subscriptions', page, show), ...next];
    },
    GetSubscriptionAttributes: (input) => {
      const subscription = requireSubscription(topics, input);
      return [entries('Attributes', subscriptionAttributes(parts, subscription))];
    },
    SetSubscriptionAttributes: (input) => {
      const subscription = requireSubscription(topics, input);
      const change = { [input.required('AttributeName')]: input.text('AttributeValue') ?? '' };
      const attributes = { ...subscription.attributes, ...change };
      topics.setSubscriptionAttributes(subscription.arn, checkAttributes(attributes, subscription.protocol));
      return undefined;
    },
  };
}

/** Subscribes, or finds the same subscription. Returns its ARN. @throws ServiceError for what SNS refuses. */
export function subscribe(
  topics: TopicTable,
  topicArn: string,
  protocol: string,
  endpoint: string,
  given: SnsAttributes,
): string {
  checkEndpoint(protocol, endpoint);
  if (protocol === 'sqs' && endpoint.endsWith('.fifo') && !topicArn.endsWith('.fifo')) {
    throw invalidParameter('Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics');
  }
  const attributes = checkAttributes(given, protocol);
  const existing = topics.sameSubscription(topicArn, protocol, endpoint);
  if (!existing) return topics.subscribe(topicArn, protocol, endpoint, attributes).arn;
  const names = [...Object.keys(attributes), ...Object.keys(existing.attributes)];
  if (Object.keys(given).length > 0 && names.some((name) => attributes[name] !== existing.attributes[name])) {
    throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
  }
  return existing.arn;
}

function checkEndpoint(protocol: string, endpoint: string): void {
  switch (protocol) {
    case 'sqs':
      if (parseArn(endpoint)?.service !== 'sqs') throw invalidParameter('SQS endpoint ARN');
      return;
    case 'lambda':
      if (!parseFunctionArn(endpoint)) throw invalidParameter('Lambda endpoint ARN');
      return;
    default:
      if (!notOffered.includes(protocol)) {
        throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
      }
      throw invalidParameter(
        `Protocol Reason: local Lambda delivers to sqs and lambda, not to ${protocol}: it sends nothing out of this ` +
          'machine. Subscribe a queue or a function instead',
      );
  }
}

/** Checks what a subscription is to be set to, and leaves out what is empty. @throws ServiceError for what SNS refuses */
export function checkAttributes(attributes: SnsAttributes, protocol: string): SnsAttributes {
  for (const [name, value] of Object.entries(attributes)) {
    if (!['RawMessageDelivery', 'FilterPolicy', 'FilterPolicyScope', 'RedrivePolicy'].includes(name)) {
      throw invalidParameter(`AttributeName Reason: local Lambda does not offer ${name}`);
    }
    if (name === 'RawMessageDelivery') checkRaw(value, protocol);
  }
  const { FilterPolicy: policy = '', FilterPolicyScope: scope, RawMessageDelivery: raw } = attributes;
  const { RedrivePolicy: redrive = '' } = attributes;
  if (redrive !== '') checkRedrive(redrive);
  const filters = policy !== '' && policy.replace(/\s/g, '') !== '{}';
  // Parsed even if it filters nothing: the scope may be wrong.
  parseFilterPolicy(filters ? policy : '{}', scope ?? 'MessageAttributes');
  return {
    ...(raw === undefined ? {} : { RawMessageDelivery: raw.toLowerCase() }),
    ...(filters ? { FilterPolicy: policy } : {}),
    ...(scope === undefined ? {} : { FilterPolicyScope: scope }),
    ...(redrive === '' ? {} : { RedrivePolicy: redrive }),
  };
}

function checkRedrive(policy: string): void {
  if (deadLetterArn(policy) !== undefined) return;
  throw invalidParameter('RedrivePolicy: deadLetterTargetArn has to be the ARN of an SQS queue');
}

function checkRaw(value: string, protocol: string): void {
  if (!/^(true|false)$/i.test(value)) {
    throw invalidParameter(`Attributes Reason: RawMessageDelivery: Invalid value [${value}]. Must be true or false.`);
  }
  if (protocol === 'lambda' && value.toLowerCase() === 'true') {
    throw invalidParameter('Attributes Reason: Delivery protocol [lambda] does not support raw message delivery.');
  }
}

function requireSubscription(topics: TopicTable, input: QueryInput): Subscription {
  const subscription = topics.findSubscription(input.required('SubscriptionArn'));
  if (!subscription) throw notFound('Subscription');
  return subscription;
}

function subscriptionAttributes({ scope }: PublishParts, subscription: Subscription): SnsAttributes {
  const { FilterPolicyScope: filterScope, ...attributes } = subscription.attributes;
  const filtered = attributes['FilterPolicy'] !== undefined;
  return {
    SubscriptionArn: subscription.arn,
    TopicArn: subscription.topicArn,
    Owner: scope.account,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    ConfirmationWasAuthenticated: 'true',
    PendingConfirmation: 'false',
    SubscriptionPrincipal: `arn:aws:iam::${scope.account}:user/local`,
    RawMessageDelivery: 'false',
    ...attributes,
    ...(filtered ? { FilterPolicyScope: filterScope ?? 'MessageAttributes' } : {}),
  };
}
