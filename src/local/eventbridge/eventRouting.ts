import { randomUUID } from 'node:crypto';
import { parseArn } from '../../model/arn.ts';
import { compileEventPattern, type EventPattern } from '../../model/eventPattern/eventPattern.ts';
import { DeliveryRefused, type DeliveryOrigin, type MessageAttributes } from '../deliveryTargets.ts';
import type { BusEvent } from './busEvent.ts';
import { busName, type EventsParts, ruleArn } from './eventsParts.ts';
import type { Rule, RuleTarget } from './ruleTable.ts';
import { targetInput } from './targetInput.ts';
import { targetKind } from './targetKinds.ts';

/** Where the log events of one run of local Lambda go, in each group. */
const logStream = randomUUID();

/**
 * Hands an event to the targets of every rule of a bus whose pattern it fulfils, inside the open transaction. What a
 * target does not take goes to its dead-letter queue, or is told on the log; the others get theirs. `hops`: the buses
 * that the event has come through.
 */
export function routeEvent(parts: EventsParts, bus: string, event: BusEvent, hops = 0): void {
  for (const rule of parts.rules.enabled(bus)) {
    if (!patternOf(parts, rule)?.matches(event.node)) continue;
    for (const target of parts.rules.targets(rule)) handTo(parts, rule, target, event, hops);
  }
}

/** A pattern is checked before it is kept; one that isn't one any more must not hold up the others. */
function patternOf({ log }: EventsParts, rule: Rule): EventPattern | undefined {
  try {
    return compileEventPattern(rule.eventPattern);
  } catch (error) {
    log.warn(`The event pattern of rule ${rule.name} can't be applied: ${String(error)}`);
    return undefined;
  }
}

function handTo(parts: EventsParts, rule: Rule, target: RuleTarget, event: BusEvent, hops: number): void {
  try {
    deliver(parts, rule, target, event, hops);
  } catch (error) {
    if (!DeliveryRefused.is(error)) throw error;
    refused(parts, rule, target, event, error);
  }
}

function deliver(parts: EventsParts, rule: Rule, target: RuleTarget, event: BusEvent, hops: number): void {
  const { scope, queues, topics, invokeAsync, logs, now } = parts;
  const { Arn: arn } = target;
  const input = targetInput(target, event, { arn: ruleArn(scope, rule), name: rule.name });
  const groupId = target.SqsParameters?.MessageGroupId;
  const origin = originOf(event);
  switch (targetKind(arn)) {
    case 'SQS':
      queues.deliver(arn, input, {}, groupId === undefined ? origin : { ...origin, messageGroupId: groupId });
      return;
    case 'SNS':
      topics.deliver(arn, input, {}, origin);
      return;
    case 'Lambda':
      invokeAsync(arn, input, event.traceHeader);
      return;
    case 'Logs': {
      const { region, account, resource = '' } = parseArn(arn) ?? {};
      if (region !== scope.region || account !== scope.account) throw elsewhere('log group', arn);
      const group = resource.replace(/^log-group:/, '').replace(/:\*$/, '');
      logs.append(group, logStream, [{ at: now(), message: input }]);
      return;
    }
    case 'EventBus': {
      const bus = busName(scope, arn);
      if (hops > 0) throw new DeliveryRefused('An event goes from one bus to another only once (AWS: no third bus).');
      if (!parts.buses.find(bus)) throw new DeliveryRefused(`The event bus ${arn} does not exist.`);
      routeEvent(parts, bus, event, hops + 1);
      return;
    }
    case undefined:
      throw new DeliveryRefused(`Local Lambda can't hand events to ${arn}.`);
  }
}

/** EventBridge tries again for a day; whatever is refused here would be refused every time. */
function refused(
  { scope, queues, log }: EventsParts,
  rule: Rule,
  { Arn: arn, DeadLetterConfig }: RuleTarget,
  event: BusEvent,
  { message }: DeliveryRefused,
): void {
  log.warn(`Rule ${rule.name} of event bus ${rule.bus} could not deliver an event to ${arn}: ${message}`);
  const deadLetterArn = DeadLetterConfig?.Arn;
  if (deadLetterArn === undefined) return;
  const attributes: MessageAttributes = {
    ERROR_CODE: { dataType: 'String', stringValue: 'NO_RESOURCE' },
    ERROR_MESSAGE: { dataType: 'String', stringValue: message },
    RULE_ARN: { dataType: 'String', stringValue: ruleArn(scope, rule) },
    TARGET_ARN: { dataType: 'String', stringValue: arn },
  };
  try {
    queues.deliver(deadLetterArn, event.text, attributes, originOf(event));
  } catch (error) {
    if (!DeliveryRefused.is(error)) throw error;
    log.warn(`The dead-letter queue of that target did not take the event either: ${error.message}`);
  }
}

function originOf({ traceHeader }: BusEvent): DeliveryOrigin {
  return { service: 'events', ...(traceHeader === undefined ? {} : { traceHeader }) };
}

function elsewhere(what: string, arn: string): DeliveryRefused {
  return new DeliveryRefused(`The ${what} ${arn} is in another region or account than local Lambda.`);
}
