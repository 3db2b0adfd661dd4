import type { DatabaseSync } from 'node:sqlite';
import type { DeclaredRule } from '../../iac/declarations.ts';
import type { AccountScope } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import type { DeliveryTarget } from '../deliveryTargets.ts';
import type { LogWriter } from '../logs/logWriter.ts';
import type { ApiService } from '../server/apiRequest.ts';
import { createAwsJsonService } from '../server/awsJson.ts';
import { busOperations } from './busOperations.ts';
import { BusTable } from './busTable.ts';
import { declareRules } from './declaredRules.ts';
import { createEventDelivery } from './eventDelivery.ts';
import type { EventsParts } from './eventsParts.ts';
import { putEventsOperation } from './putEvents.ts';
import { ruleOperations } from './ruleOperations.ts';
import { RuleTable } from './ruleTable.ts';
import { tagOperations } from './tagOperations.ts';
import { TagTable } from './tagTable.ts';
import { targetOperations } from './targetOperations.ts';

/** Local EventBridge: buses, rules and targets; no archives, replays, pipes, schedules or connections. */
export interface EventsService {
  /** AWS JSON 1.1. */
  readonly service: ApiService;
  /** Buses as Lambda's destination. */
  readonly target: DeliveryTarget;
  /** Makes a bus that a template or a destination names, if there is none. */
  ensureBus(name: string): void;
  /** Makes the rules of the template as it is now, and removes those that it has no more. */
  declareRules(rules: readonly DeclaredRule[]): void;
}

/**
 * Makes local EventBridge on the shared database. Events reach their targets inside the transaction that takes them.
 * `invokeAsync` puts an event into the queue of a function; it throws `DeliveryRefused` when it can't. `now` is epoch ms.
 */
export function createEventsService(options: {
  readonly db: DatabaseSync;
  readonly scope: AccountScope;
  readonly queues: DeliveryTarget;
  readonly topics: DeliveryTarget;
  readonly invokeAsync: (functionArn: string, payload: string, traceHeader?: string) => void;
  readonly logs: LogWriter;
  readonly log: Logger;
  readonly now?: () => number;
}): EventsService {
  const { db, now = Date.now } = options;
  const buses = new BusTable(db, now());
  const parts: EventsParts = { ...options, now, buses, rules: new RuleTable(db), tags: new TagTable(db) };
  return {
    service: createAwsJsonService(
      { version: '1.1', targetPrefix: 'AWSEvents', serviceName: 'Amazon EventBridge', queryErrors: false },
      {
        ...busOperations(parts),
        ...ruleOperations(parts),
        ...targetOperations(parts),
        ...tagOperations(parts),
        PutEvents: putEventsOperation(parts),
      },
    ),
    target: createEventDelivery(parts),
    ensureBus(name) {
      buses.create(name, undefined, now());
    },
    declareRules: (rules) => declareRules(parts, rules),
  };
}
