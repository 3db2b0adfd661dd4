import type { DatabaseSync } from 'node:sqlite';
import type { AccountScope } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import type { DeliveryTarget } from '../deliveryTargets.ts';
import type { ApiService } from '../server/apiRequest.ts';
import { declareSubscriptions } from './declaredSubscriptions.ts';
import { publishActions } from './publishActions.ts';
import { createTopicDelivery, type PublishParts } from './publishing.ts';
import { createAwsQueryService } from '../server/awsQuery.ts';
import { subscriptionActions } from './subscriptionActions.ts';
import { tagActions } from './tagActions.ts';
import { topicActions } from './topicActions.ts';
import { type SubscriptionDeclaration, TopicTable } from './topicTable.ts';

/** Local SNS. */
export interface SnsService {
  /** AWS Query: form in, XML out. */
  readonly service: ApiService;
  readonly target: DeliveryTarget;
  /** Makes a topic that a template or a destination names, if there is none. `fifo`: its name must end in `.fifo`. */
  ensureTopic(name: string, fifo: boolean): void;
  /**
   * Subscribes what a template subscribes and sets attributes, where that declaration is new or another one than last time;
   * unsubscribes what it subscribes no more. What SNS refuses (no such topic, a protocol or an endpoint that is not
   * offered, a filter that is not valid) is told on the log.
   */
  declareSubscriptions(subscriptions: readonly SubscriptionDeclaration[]): void;
}

/**
 * Makes local SNS on the shared database. `invokeAsync` puts an event into the queue of a function, inside the open
 * transaction; it throws `DeliveryRefused` when it can't, which drops that one delivery. `now` is epoch ms.
 */
export function createSnsService(options: {
  readonly db: DatabaseSync;
  readonly scope: AccountScope;
  readonly queues: DeliveryTarget;
  readonly invokeAsync: (functionArn: string, payload: string, traceHeader?: string) => void;
  readonly log?: Logger;
  readonly now?: () => number;
}): SnsService {
  const { db, scope, queues, invokeAsync, log, now = Date.now } = options;
  const topics = new TopicTable(db, scope);
  const parts: PublishParts = { db, scope, topics, queues, invokeAsync, log, now };
  return {
    service: createAwsQueryService(
      { xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/', serviceName: 'Amazon SNS' },
      { ...topicActions(parts), ...subscriptionActions(parts), ...publishActions(parts), ...tagActions(parts) },
    ),
    target: createTopicDelivery(parts),
    ensureTopic(name, fifo) {
      topics.create(fifo && !name.endsWith('.fifo') ? `${name}.fifo` : name, {});
    },
    declareSubscriptions: (declared) => declareSubscriptions(parts, declared),
  };
}
