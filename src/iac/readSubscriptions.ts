import { functionArn, type AccountScope } from '../model/arn.ts';
import type { DeclaredSubscription } from './declarations.ts';
import type { Report, TemplateNode } from './templateNode.ts';
import type { TemplateResource } from './templateResources.ts';
import type { TemplateValues } from './templateValues.ts';

/** What reading subscriptions needs of its surroundings. */
export interface SubscriptionContext {
  readonly values: TemplateValues;
  readonly scope: AccountScope;
  readonly report: Report;
}

/** The subscriptions a resource declares: on its own, within a topic, or as a SAM function's event of type SNS. */
export function readSubscriptions(
  resource: TemplateResource,
  context: SubscriptionContext,
): readonly DeclaredSubscription[] {
  const { values } = context;
  switch (resource.type) {
    case 'AWS::SNS::Subscription':
      return subscriptionOf(values.text(values.get(resource.properties, 'TopicArn')), resource.properties, values);
    case 'AWS::SNS::Topic': {
      const topicArn = values.resources.ref(resource.logicalId);
      return values
        .list(values.get(resource.properties, 'Subscription'))
        .flatMap((item) => subscriptionOf(topicArn, item, values));
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
  values: TemplateValues,
): readonly DeclaredSubscription[] {
  const protocol = values.text(values.get(node, 'Protocol'));
  const endpoint = values.text(values.get(node, 'Endpoint'));
  if (topicArn === undefined || protocol === undefined || endpoint === undefined) return [];
  const rawMessageDelivery = values.boolean(values.get(node, 'RawMessageDelivery')) ?? false;
  return [{ topicArn, protocol, endpoint, rawMessageDelivery }];
}

function samEvents(
  { properties, logicalId }: TemplateResource,
  { values, scope, report }: SubscriptionContext,
): readonly DeclaredSubscription[] {
  const events = values.get(properties, 'Events');
  const functionName = values.resources.nameOf(logicalId);
  if (events?.kind !== 'map' || functionName === undefined) return [];
  const found: DeclaredSubscription[] = [];
  for (const { value } of events.entries.values()) {
    const event = values.resolve(value);
    if (values.text(values.get(event, 'Type')) !== 'SNS') continue;
    const details = values.get(event, 'Properties');
    const viaQueue = values.get(details, 'SqsSubscription');
    if (viaQueue && (viaQueue.kind !== 'scalar' || values.boolean(viaQueue) === true)) {
      report(
        'warning',
        viaQueue.location,
        'SqsSubscription is not read yet: the function gets nothing from this topic.',
      );
      continue;
    }
    const topicArn = values.text(values.get(details, 'Topic'));
    if (topicArn === undefined) continue;
    found.push({ topicArn, protocol: 'lambda', endpoint: functionArn(scope, functionName), rawMessageDelivery: false });
  }
  return found;
}
