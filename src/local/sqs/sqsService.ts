import type { DatabaseSync } from 'node:sqlite';
import type { DeclaredQueue } from '../../iac/declarations.ts';
import type { AccountScope } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import type { DeliveryTarget } from '../deliveryTargets.ts';
import type { ApiRequest, ApiService } from '../server/apiRequest.ts';
import { createAwsJsonService } from '../server/awsJson.ts';
import { createAwsQueryService } from '../server/awsQuery.ts';
import { declareQueues, ensureQueue } from './declaredQueues.ts';
import { LongPolls } from './longPolls.ts';
import { messageOperations } from './messageOperations.ts';
import type { MessageParts } from './messageParts.ts';
import { MessageTable } from './messageTable.ts';
import { moveTaskOperations } from './moveTaskOperations.ts';
import { MoveTasks } from './moveTasks.ts';
import { permissionOperations } from './permissionOperations.ts';
import { createQueueDelivery } from './queueDelivery.ts';
import { queueOperations } from './queueOperations.ts';
import { queryActions } from './queryProtocol.ts';
import { QueueTable } from './queueTable.ts';
import { tagOperations } from './tagOperations.ts';

/** Local SQS. */
export interface SqsService {
  /** AWS JSON 1.0 and AWS Query; queue URLs are `ENDPOINT/ACCOUNT/NAME`. */
  readonly service: ApiService;
  readonly target: DeliveryTarget;
  /**
   * Makes a queue that a template or a destination names, if there is none; an existing one stays as it is. A name that
   * ends in `.fifo` makes a FIFO queue. @throws ServiceError when SQS would refuse name or attributes.
   */
  ensureQueue(name: string, attributes?: Readonly<Record<string, string>>): void;
  /**
   * Makes the queues of a template, and sets attributes whose declaration is new or another one than last time. What SQS
   * refuses is told on the log.
   */
  declareQueues(queues: readonly Pick<DeclaredQueue, 'name' | 'attributes'>[]): void;
  /** Answers the receivers that wait, and waits no more; tasks that move messages go on at the next start. */
  dispose(): void;
}

/** Makes local SQS on the shared database. `now` is epoch ms. */
export function createSqsService(options: {
  readonly db: DatabaseSync;
  readonly scope: AccountScope;
  readonly log?: Logger;
  readonly now?: () => number;
}): SqsService {
  const { db, scope, log, now = Date.now } = options;
  const queues = new QueueTable(db, scope);
  const polls = new LongPolls();
  const parts: MessageParts = { db, scope, queues, messages: new MessageTable(db, queues), polls, now };
  const moves = new MoveTasks(parts);
  return {
    service: createService(parts, moves),
    target: createQueueDelivery(parts),
    ensureQueue: (name, attributes = {}) => ensureQueue(parts, name, attributes),
    declareQueues: (declared) => declareQueues(parts, declared, log),
    dispose() {
      moves.dispose();
      polls.dispose();
    },
  };
}

/** Both protocols of SQS: AWS JSON, and Query, which clients before November 2023 speak. */
function createService(parts: MessageParts, moves: MoveTasks): ApiService {
  const serviceName = 'Amazon SQS';
  const operations = {
    ...queueOperations(parts),
    ...tagOperations(parts),
    ...permissionOperations(parts),
    ...messageOperations(parts),
    ...moveTaskOperations(parts, moves),
  };
  const json = createAwsJsonService(
    { version: '1.0', targetPrefix: 'AmazonSQS', serviceName, queryErrors: true },
    operations,
  );
  const query = createAwsQueryService(
    { xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/', serviceName, errorDetail: true },
    queryActions(operations),
  );
  return {
    handle: (request) => (speaksQuery(request) ? query.handle(request) : json.handle(request)),
  };
}

function speaksQuery({ method, headers, query }: ApiRequest): boolean {
  if (headers['x-amz-target'] !== undefined) return false;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm || method === 'GET' || query.has('Action');
}
