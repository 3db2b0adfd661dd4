import type { JsonBody } from './jsonBody.ts';
import { invalidParameter } from './lambdaError.ts';
import { Validation } from './validation.ts';

/** A statement of a function's policy, its keys in AWS's order. */
export interface PermissionStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: string | Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const statementIdPattern = '([a-zA-Z0-9-_]+)';
const actionPattern = '(lambda:[*]|lambda:[a-zA-Z]+|[*])';

/** What is wrong with a statement id by its spelling. */
export function validateStatementId(validation: Validation, id: string): void {
  validation.length('statementId', id, 1, 100);
  validation.pattern('statementId', id, statementIdPattern, /^[\w-]+$/);
}

/**
 * The statement that AddPermission's input means, on `resource` (an ARN).
 * @throws LambdaError when the input is not as the API reference has it
 */
export function permissionStatement(input: JsonBody, resource: string): PermissionStatement {
  const validation = new Validation();
  const [id, action, principal] = ['StatementId', 'Action', 'Principal'].map((name) => {
    const value = input.text(name);
    if (value === undefined) validation.missing(name.charAt(0).toLowerCase() + name.slice(1));
    return value;
  });
  if (id !== undefined) validateStatementId(validation, id);
  if (action !== undefined) validation.pattern('action', action, actionPattern, /^(?:lambda:(?:\*|[a-zA-Z]+)|\*)$/);
  if (principal !== undefined) validation.pattern('principal', principal, '[^\\s]+', /^\S+$/);
  validation.throwIfFailed();
  const condition = conditionOf(input);
  return {
    Sid: id ?? '',
    Effect: 'Allow',
    Principal: principalOf(principal ?? ''),
    Action: action ?? '',
    Resource: resource,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

/** @throws LambdaError when it is neither everybody, an account, an ARN of IAM or STS nor a service */
function principalOf(principal: string): PermissionStatement['Principal'] {
  if (principal === '*') return '*';
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  if (/^arn:aws[a-zA-Z-]*:(?:iam|sts)::\d{12}:.+$/.test(principal)) return { AWS: principal };
  if (/^[\w.-]+\.amazonaws\.com(?:\.cn)?$/.test(principal)) return { Service: principal };
  throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
}

function conditionOf(input: JsonBody): NonNullable<PermissionStatement['Condition']> {
  const equals = compact({
    'lambda:FunctionUrlAuthType': input.text('FunctionUrlAuthType'),
    'aws:PrincipalOrgID': input.text('PrincipalOrgID'),
    'AWS:SourceAccount': input.text('SourceAccount'),
    'lambda:EventSourceToken': input.text('EventSourceToken'),
  });
  const like = compact({ 'AWS:SourceArn': input.text('SourceArn') });
  return {
    ...(Object.keys(equals).length === 0 ? {} : { StringEquals: equals }),
    ...(Object.keys(like).length === 0 ? {} : { ArnLike: like }),
  };
}

function compact(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
}
