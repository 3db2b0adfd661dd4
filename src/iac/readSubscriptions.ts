import { functionArn, queueArn, type AccountScope } from '../model/arn.ts';
import type { DeclaredResource, DeclaredSubscription } from './declarations.ts';
import { templateJsonText } from './templateJson.ts';
import type { Report, TemplateNode } from './templateNode.ts';
import type { TemplateResource } from './templateResources.ts';
import type { TemplateValues } from './templateValues.ts';

/** What reading subscriptions needs of its surroundings. */
export interface SubscriptionContext {
  readonly values: TemplateValues;
  readonly scope: AccountScope;
  readonly report: Report;
  /** Takes the queues that SAM makes. */
  addQueue(queue: DeclaredResource): void;
}

/** The subscriptions a resource declares: on its own, within a topic, or as a SAM function's event of type SNS. */
export function readSubscriptions(
  resource: TemplateResource,
  context: SubscriptionContext,
): readonly DeclaredSubscription[] {
  const { values } = context;
  const { properties } = resource;
  switch (resource.type) {
    case 'AWS::SNS::Subscription':
      return subscriptionOf(
        values.text(values.get(properties, 'TopicArn')),
        properties,
        readAttributes(properties, values),
        values,
      );
    case 'AWS::SNS::Topic': {
      const topicArn = values.resources.ref(resource.logicalId);
      return values.list(values.get(properties, 'Subscription')).flatMap((item) => {
        refuseAttributes(item, context);
        return subscriptionOf(topicArn, item, {}, values);
      });
    }
    case 'AWS::Serverless::Function':
      return samEvents(resource, context);
    default:
      return [];
  }
}

function subscriptionOf(
  topicArn: string | undefined,
  node: TemplateNode,
  attributes: DeclaredSubscription['attributes'] | undefined,
  values: TemplateValues,
): readonly DeclaredSubscription[] {
  const protocol = values.text(values.get(node, 'Protocol'));
  const endpoint = values.text(values.get(node, 'Endpoint'));
  if (topicArn === undefined || protocol === undefined || endpoint === undefined || !attributes) return [];
  return [{ topicArn, protocol, endpoint, attributes }];
}

/** CloudFormation takes `Protocol` and `Endpoint` only, within a topic. */
function refuseAttributes(node: TemplateNode, { report }: SubscriptionContext): void {
  for (const [name, { location }] of node.kind === 'map' ? node.entries : []) {
    if (name === 'Protocol' || name === 'Endpoint') continue;
    const message = `Within a topic, a subscription has only Protocol and Endpoint. For ${name}, declare an AWS::SNS::Subscription.`;
    report('error', location, message);
  }
}

/**
 * Attributes as SNS has them. `undefined` when there is a filter that can't be known: without it, the subscriber would
 * get what it must not.
 */
function readAttributes(
  node: TemplateNode | undefined,
  values: TemplateValues,
): DeclaredSubscription['attributes'] | undefined {
  const filter = values.get(node, 'FilterPolicy');
  const filterPolicy = templateJsonText(filter, values);
  if (filter && filterPolicy === undefined) return undefined;
  const filterPolicyScope = values.text(values.get(node, 'FilterPolicyScope'));
  const redrivePolicy = templateJsonText(values.get(node, 'RedrivePolicy'), values);
  return {
    ...(values.boolean(values.get(node, 'RawMessageDelivery')) === true ? { RawMessageDelivery: 'true' } : {}),
    ...(filterPolicy === undefined ? {} : { FilterPolicy: filterPolicy }),
    ...(filterPolicyScope === undefined ? {} : { FilterPolicyScope: filterPolicyScope }),
    ...(redrivePolicy === undefined ? {} : { RedrivePolicy: redrivePolicy }),
  };
}

function samEvents(
  { properties, logicalId }: TemplateResource,
  context: SubscriptionContext,
): readonly DeclaredSubscription[] {
  const { values, scope } = context;
  const events = values.get(properties, 'Events');
  const functionName = values.resources.nameOf(logicalId);
  if (events?.kind !== 'map' || functionName === undefined) return [];
  const alias = values.text(values.get(properties, 'AutoPublishAlias'));
  const found: DeclaredSubscription[] = [];
  for (const [key, { value }] of events.entries) {
    const event = values.resolve(value);
    if (values.text(values.get(event, 'Type')) !== 'SNS') continue;
    const details = values.get(event, 'Properties');
    const topicArn = values.text(values.get(details, 'Topic'));
    const attributes = readAttributes(details, values);
    if (topicArn === undefined || !attributes) continue;
    const viaQueue = values.get(details, 'SqsSubscription');
    if (!viaQueue || (viaQueue.kind === 'scalar' && values.boolean(viaQueue) !== true)) {
      found.push({ topicArn, protocol: 'lambda', endpoint: functionArn(scope, functionName, alias), attributes });
      continue;
    }
    const endpoint = queueBetween(viaQueue, `${logicalId}${key}Queue`, context);
    if (endpoint !== undefined) found.push({ topicArn, protocol: 'sqs', endpoint, attributes });
  }
  return found;
}

/** The queue between topic and function (`SqsSubscription`): its ARN is given, or SAM makes it. */
function queueBetween(
  node: TemplateNode,
  ownName: string,
  { values, scope, report, addQueue }: SubscriptionContext,
): string | undefined {
  const { location } = node;
  const message =
    'Local Lambda does not poll queues: what the topic sends waits in the queue, and invokes no function.';
  report('warning', location, message);
  if (node.kind === 'map') return values.text(values.get(node, 'QueueArn'));
  const arn = queueArn(scope, ownName);
  addQueue({ logicalId: ownName, name: ownName, arn, fifo: false, location });
  return arn;
}
