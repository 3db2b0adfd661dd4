import { compileEventPattern } from '../../model/eventPattern/eventPattern.ts';
import { InvalidPattern } from '../../model/eventPattern/invalidPattern.ts';
import { parseExactJson } from '../../model/exactJson.ts';
import type { JsonOperation } from '../server/awsJson.ts';
import { ServiceError } from '../server/serviceError.ts';
import { transaction } from '../state/database.ts';
import { Constraints, nameRule } from './constraints.ts';
import { validationError } from './eventsErrors.ts';
import { busName, type EventsParts, requireBus, requireRule, ruleArn } from './eventsParts.ts';
import { pageOf } from './pages.ts';
import { type Rule, ruleStates } from './ruleTable.ts';
import { readTags } from './tagOperations.ts';

/** Operations on rules, and on patterns by themselves. */
export function ruleOperations(parts: EventsParts): Readonly<Record<string, JsonOperation>> {
  const { rules, tags, scope, db } = parts;
  return {
    PutRule: (input) => {
      const constraints = new Constraints();
      const name = constraints.required(input, 'Name', nameRule);
      const eventPattern = constraints.optional(input, 'EventPattern', { most: 4096 });
      const description = constraints.optional(input, 'Description', { most: 512 });
      const roleArn = constraints.optional(input, 'RoleArn', { most: 1600 });
      const state = input.text('State') ?? 'ENABLED';
      constraints.oneOf(state, ruleStates, 'state');
      constraints.throwIfBroken();
      const given = readTags(input);
      if (input.text('ScheduleExpression') !== undefined) {
        throw validationError(
          'Local Lambda has no schedules: a rule with a ScheduleExpression would never fire. Give it an EventPattern.',
        );
      }
      if (eventPattern === undefined) {
        throw validationError('Parameter(s) EventPattern or ScheduleExpression must be specified.');
      }
      checkPattern(eventPattern);
      const bus = requireBus(parts, input.text('EventBusName')).name;
      return transaction(db, () => {
        const rule = rules.put({
          ...{ bus, name, eventPattern, state },
          ...(description === undefined ? {} : { description }),
          ...(roleArn === undefined ? {} : { roleArn }),
        });
        const arn = ruleArn(scope, rule);
        tags.set(arn, given);
        return { RuleArn: arn };
      });
    },
    DeleteRule: (input) => {
      const rule = rules.find(busName(scope, input.text('EventBusName')), requireName(input.text('Name')));
      if (!rule) return;
      if (rules.targets(rule, { after: '', limit: 1 }).length > 0) {
        throw validationError("Rule can't be deleted since it has targets.");
      }
      rules.remove(rule);
      tags.removeAll(ruleArn(scope, rule));
    },
    DescribeRule: (input) => {
      const rule = requireRule(parts, input, requireName(input.text('Name')));
      return { ...showRule(rule), CreatedBy: scope.account };
    },
    ListRules: (input) => {
      const bus = requireBus(parts, input.text('EventBusName')).name;
      const prefix = input.text('NamePrefix') ?? '';
      const { page, next } = pageOf(
        input,
        (span) => rules.list(bus, { prefix, ...span }),
        ({ name }) => name,
      );
      return { Rules: page.map(showRule), ...next };
    },
    EnableRule: (input) => {
      rules.setState(requireRule(parts, input, requireName(input.text('Name'))), 'ENABLED');
    },
    DisableRule: (input) => {
      rules.setState(requireRule(parts, input, requireName(input.text('Name'))), 'DISABLED');
    },
    TestEventPattern: (input) => {
      const pattern = checkPattern(input.text('EventPattern') ?? '');
      const event = parseExactJson(input.text('Event') ?? '');
      const keys = event?.kind === 'object' ? event.entries.map(([key]) => key) : [];
      if (!event || !requiredOfEvents.every((key) => keys.includes(key))) {
        throw validationError('Parameter Event is not valid.');
      }
      return { Result: pattern.matches(event) };
    },
  };

  function showRule(rule: Rule): Readonly<Record<string, unknown>> {
    return {
      Name: rule.name,
      Arn: ruleArn(scope, rule),
      EventPattern: rule.eventPattern,
      State: rule.state,
      Description: rule.description,
      RoleArn: rule.roleArn,
      EventBusName: rule.bus,
    };
  }
}

/** What an event must have to be tested (TestEventPattern, "Event"). */
const requiredOfEvents = ['id', 'account', 'source', 'time', 'region', 'detail-type'] as const;

function checkPattern(text: string): ReturnType<typeof compileEventPattern> {
  try {
    return compileEventPattern(text);
  } catch (error) {
    if (!InvalidPattern.is(error)) throw error;
    const message = `Event pattern is not valid. Reason: ${error.message}`;
    throw new ServiceError({ type: 'InvalidEventPatternException', message });
  }
}

function requireName(name: string | undefined): string {
  if (name !== undefined) return name;
  throw validationError(
    "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
  );
}
