import type { JsonOperation } from '../server/awsJson.ts';
import { parseJsonObject } from './jsonObject.ts';
import type { MessageParts } from './messageParts.ts';
import { findQueue } from './queueOperations.ts';
import type { Queue } from './queueTable.ts';
import { invalidParameter, missingParameter, sqsError } from './sqsErrors.ts';

interface Policy extends Readonly<Record<string, unknown>> {
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/** What a permission can be given for. */
const grantable = [
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
];
const maximumActions = 7;

/** AddPermission and RemovePermission: statements of the queue's policy, which is kept and nowhere asked here. */
export function permissionOperations({ queues, now }: MessageParts): Readonly<Record<string, JsonOperation>> {
  const setStatements = (queue: Queue, policy: Policy): void => {
    const { Policy: _, ...others } = queue.attributes;
    const attributes = policy.Statement.length === 0 ? others : { ...others, Policy: JSON.stringify(policy) };
    queues.update(queue, { attributes }, now());
  };
  return {
    AddPermission: (input) => {
      const queue = findQueue(queues, input);
      const label = readLabel(input.text('Label'));
      const actions = input.texts('Actions') ?? [];
      const accounts = input.texts('AWSAccountIds') ?? [];
      checkGrant(actions, accounts);
      const policy = policyOf(queue);
      if (policy.Statement.some(({ Sid }) => Sid === label)) {
        throw invalidParameter(`Value ${label} for parameter Label is invalid. Reason: Already exists.`);
      }
      const statement = {
        Sid: label,
        Effect: 'Allow',
        Principal: { AWS: oneOrAll(accounts.map((account) => `arn:aws:iam::${account}:root`)) },
        Action: oneOrAll(actions.map((action) => `SQS:${action}`)),
        Resource: queue.arn,
      };
      setStatements(queue, { ...policy, Statement: [...policy.Statement, statement] });
    },
    RemovePermission: (input) => {
      const queue = findQueue(queues, input);
      const label = readLabel(input.text('Label'));
      const policy = policyOf(queue);
      const Statement = policy.Statement.filter(({ Sid }) => Sid !== label);
      if (Statement.length === policy.Statement.length) {
        const reason = "can't find label on existing policy.";
        throw invalidParameter(`Value ${label} for parameter Label is invalid. Reason: ${reason}`);
      }
      setStatements(queue, { ...policy, Statement });
    },
  };
}

function readLabel(label = ''): string {
  if (label === '') throw missingParameter('Label');
  if (/^[\w-]{1,80}$/.test(label)) return label;
  const reason = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.';
  throw invalidParameter(`Value ${label} for parameter Label is invalid. Reason: ${reason}`);
}

function checkGrant(actions: readonly string[], accounts: readonly string[]): void {
  if (actions.length === 0) throw missingParameter('Actions');
  if (actions.length > maximumActions) {
    const message = `${actions.length} Actions were found, maximum allowed is ${maximumActions}.`;
    throw sqsError('OverLimit', message, 'OverLimit', 403);
  }
  const unknown = actions.find((action) => !grantable.includes(action));
  if (unknown !== undefined) {
    const reason = 'Please refer to the appropriate WSDL for a list of valid actions.';
    throw invalidParameter(`Value SQS:${unknown} for parameter ActionName is invalid. Reason: ${reason}`);
  }
  if (accounts.length > 0 && accounts.every((account) => /^\d{12}$/.test(account))) return;
  throw invalidParameter(
    `Value [${accounts.join(', ')}] for parameter PrincipalId is invalid. Reason: Unable to verify.`,
  );
}

function policyOf({ arn, attributes }: Queue): Policy {
  const { Statement = [], ...policy } = parseJsonObject(attributes['Policy'] ?? '') ?? {
    Version: '2008-10-17',
    Id: `${arn}/SQSDefaultPolicy`,
  };
  return { ...policy, Statement: (Array.isArray(Statement) ? Statement : [Statement]) as Policy['Statement'] };
}

function oneOrAll(items: readonly string[]): string | readonly string[] {
  return items.length === 1 ? (items[0] ?? '') : items;
}
