import { eventBusArn } from '../../model/arn.ts';
import type { JsonOperation } from '../server/awsJson.ts';
import { ServiceError } from '../server/serviceError.ts';
import { transaction } from '../state/database.ts';
import { defaultBus, type EventBus } from './busTable.ts';
import { busNameRule, Constraints } from './constraints.ts';
import { validationError } from './eventsErrors.ts';
import { busName, type EventsParts, requireBus } from './eventsParts.ts';
import { pageOf } from './pages.ts';
import { readTags } from './tagOperations.ts';

/** Operations on event buses. */
export function busOperations(parts: EventsParts): Readonly<Record<string, JsonOperation>> {
  const { buses, rules, tags, scope, now, db } = parts;
  return {
    CreateEventBus: (input) => {
      const constraints = new Constraints();
      const name = constraints.required(input, 'Name', busNameRule);
      const description = constraints.optional(input, 'Description', { most: 512 });
      constraints.throwIfBroken();
      if (input.text('EventSourceName') !== undefined) {
        throw validationError('Local Lambda has no partner event sources: leave EventSourceName out.');
      }
      if (name.includes('/')) throw validationError("Event bus name must not contain '/'.");
      const given = readTags(input);
      const arn = eventBusArn(scope, name);
      transaction(db, () => {
        if (!buses.create(name, description, now())) {
          const message = `Event bus ${name} already exists.`;
          throw new ServiceError({ type: 'ResourceAlreadyExistsException', message });
        }
        tags.set(arn, given);
      });
      return { EventBusArn: arn, Description: description };
    },
    DeleteEventBus: (input) => {
      const name = busName(scope, input.text('Name'));
      if (name === defaultBus) throw validationError(`Cannot delete event bus ${name}.`);
      if (rules.list(name, { after: '', limit: 1 }).length > 0) {
        throw validationError("EventBus can't be deleted since it has rules.");
      }
      buses.remove(name);
      tags.removeAll(eventBusArn(scope, name));
    },
    DescribeEventBus: (input) => showBus(requireBus(parts, input.text('Name'))),
    ListEventBuses: (input) => {
      const prefix = input.text('NamePrefix') ?? '';
      const { page, next } = pageOf(
        input,
        (span) => buses.list({ prefix, ...span }),
        ({ name }) => name,
      );
      return { EventBuses: page.map(showBus), ...next };
    },
    PutPermission: (input) => {
      const bus = requireBus(parts, input.text('EventBusName'));
      const whole = input.text('Policy');
      if (whole !== undefined) {
        if (!isDocument(whole)) throw validationError('This policy contains invalid Json');
        buses.setPolicy(bus.name, whole, now());
        return;
      }
      const principal = input.text('Principal');
      const sid = input.text('StatementId');
      if (principal === undefined) throw validationError('Parameter Principal must be specified.');
      if (sid === undefined) throw validationError('Parameter StatementId must be specified.');
      const action = input.text('Action');
      if (action !== 'events:PutEvents') {
        throw validationError("Provided value in parameter 'action' is not supported.");
      }
      const condition = input.input('Condition');
      const statement = {
        Sid: sid,
        Effect: 'Allow',
        Principal: principal === '*' ? '*' : { AWS: `arn:aws:iam::${principal}:root` },
        Action: action,
        Resource: eventBusArn(scope, bus.name),
        ...(condition && {
          Condition: { [condition.text('Type') ?? '']: { [condition.text('Key') ?? '']: condition.text('Value') } },
        }),
      };
      const others = statementsOf(bus).filter(({ Sid }) => Sid !== sid);
      buses.setPolicy(bus.name, policyOf([...others, statement]), now());
    },
    RemovePermission: (input) => {
      const bus = requireBus(parts, input.text('EventBusName'));
      if (input.flag('RemoveAllPermissions') === true) {
        buses.setPolicy(bus.name, undefined, now());
        return;
      }
      const sid = input.text('StatementId');
      const statements = statementsOf(bus);
      const left = statements.filter(({ Sid }) => Sid !== sid);
      if (left.length === statements.length) {
        const message = 'Statement with the provided id does not exist.';
        throw new ServiceError({ type: 'ResourceNotFoundException', message });
      }
      buses.setPolicy(bus.name, left.length === 0 ? undefined : policyOf(left), now());
    },
  };

  function showBus({ name, description, policy, createdAt, modifiedAt }: EventBus): Readonly<Record<string, unknown>> {
    return {
      Name: name,
      Arn: eventBusArn(scope, name),
      Description: description,
      Policy: policy,
      CreationTime: createdAt / 1000,
      LastModifiedTime: modifiedAt / 1000,
    };
  }
}

interface Statement {
  readonly Sid?: string;
}

function statementsOf({ policy }: EventBus): readonly Statement[] {
  if (policy === undefined) return [];
  const { Statement: statements = [] } = JSON.parse(policy) as {
    readonly Statement?: Statement | readonly Statement[];
  };
  return [statements].flat();
}

function policyOf(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function isDocument(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('Statement' in value)) return false;
    return [value.Statement].flat().every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
  } catch {
    return false;
  }
}
