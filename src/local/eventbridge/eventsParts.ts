import type { DatabaseSync } from 'node:sqlite';
import { type AccountScope, formatArn, parseArn } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import type { DeliveryTarget } from '../deliveryTargets.ts';
import type { LogWriter } from '../logs/logWriter.ts';
import type { JsonInput } from '../server/jsonInput.ts';
import { type BusTable, defaultBus, type EventBus } from './busTable.ts';
import { noSuchBus, noSuchRule } from './eventsErrors.ts';
import type { Rule, RuleTable } from './ruleTable.ts';
import type { TagTable } from './tagTable.ts';

/** What EventBridge works with. */
export interface EventsParts {
  readonly db: DatabaseSync;
  readonly scope: AccountScope;
  readonly buses: BusTable;
  readonly rules: RuleTable;
  readonly tags: TagTable;
  readonly queues: DeliveryTarget;
  readonly topics: DeliveryTarget;
  readonly invokeAsync: (functionArn: string, payload: string, traceHeader?: string) => void;
  readonly logs: LogWriter;
  readonly log: Logger;
  readonly now: () => number;
}

/** The ARN of a rule: one of the default bus has no bus in it. */
export function ruleArn(scope: AccountScope, { bus, name }: Pick<Rule, 'bus' | 'name'>): string {
  return formatArn({ service: 'events', ...scope, resource: `rule/${bus === defaultBus ? '' : `${bus}/`}${name}` });
}

/** The name of a bus given by name or ARN; the ARN itself where it is of another account or region. */
export function busName(scope: AccountScope, nameOrArn = defaultBus): string {
  const arn = parseArn(nameOrArn);
  const here = arn?.service === 'events' && arn.region === scope.region && arn.account === scope.account;
  return here && arn.resource.startsWith('event-bus/') ? arn.resource.slice('event-bus/'.length) : nameOrArn;
}

/** The bus that a request names. @throws ServiceError `ResourceNotFoundException` */
export function requireBus({ buses, scope }: EventsParts, nameOrArn: string | undefined): EventBus {
  const name = busName(scope, nameOrArn);
  const bus = buses.find(name);
  if (!bus) throw noSuchBus(name);
  return bus;
}

/** The rule that a request names. @throws ServiceError `ResourceNotFoundException` */
export function requireRule(parts: EventsParts, input: JsonInput, name: string): Rule {
  const bus = requireBus(parts, input.text('EventBusName')).name;
  const rule = parts.rules.find(bus, name);
  if (!rule) throw noSuchRule(name, bus);
  return rule;
}
