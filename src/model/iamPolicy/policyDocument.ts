import { isConditionOperator, type PolicyCondition } from './conditions.ts';

/** `Action` or `NotAction`, `Resource` or `NotResource`: the patterns, and whether it is all but them. */
export interface PolicyElement {
  readonly not: boolean;
  readonly patterns: readonly string[];
}

/** A statement of an identity-based policy. */
export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: PolicyElement;
  readonly resources: PolicyElement;
  readonly conditions: readonly PolicyCondition[];
  /** Whether `${…}` is a variable: in policies of version 2012-10-17. */
  readonly hasVariables: boolean;
}

/** Why IAM refuses a document. `message` is IAM's. */
export class MalformedPolicy extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedPolicy';
  }

  /** Whether `error` is such a refusal. */
  static is(error: unknown): error is MalformedPolicy {
    return error instanceof MalformedPolicy;
  }
}

/** Reads an identity-based policy: what may be in it, and what must (IAM JSON policy reference). @throws MalformedPolicy */
export function readPolicy(text: string): readonly PolicyStatement[] {
  const document = parse(text);
  const { Version: version = '2008-10-17', Statement: statements, Id: id, ...rest } = document;
  if (version !== '2012-10-17' && version !== '2008-10-17') throw syntaxErrors();
  if (statements === undefined || (id !== undefined && typeof id !== 'string') || Object.keys(rest).length > 0) {
    throw syntaxErrors();
  }
  return listOf(statements).map((statement) => readStatement(statement, version === '2012-10-17'));
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(text);
    if (isObject(document)) return document;
  } catch {
    // Not JSON at all.
  }
  throw syntaxErrors();
}

const elements: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

function readStatement(statement: unknown, hasVariables: boolean): PolicyStatement {
  if (!isObject(statement)) throw syntaxErrors();
  const { Sid: sid = '', Effect: effect } = statement;
  if ('Principal' in statement || 'NotPrincipal' in statement) {
    throw new MalformedPolicy('Policy document should not specify a principal.');
  }
  if (!Object.keys(statement).every((name) => elements.has(name))) throw syntaxErrors();
  if (effect !== 'Allow' && effect !== 'Deny') throw syntaxErrors();
  if (typeof sid !== 'string' || !/^[A-Za-z\d]*$/.test(sid)) throw syntaxErrors();
  const actions = readElement(statement, 'Action', 'Policy statement must contain actions.');
  const resources = readElement(statement, 'Resource', 'Policy statement must contain resources.');
  for (const action of actions.patterns) checkAction(action);
  for (const resource of resources.patterns) checkResource(resource);
  return { effect, actions, resources, conditions: readConditions(statement['Condition']), hasVariables };
}

function readElement(
  statement: Readonly<Record<string, unknown>>,
  name: 'Action' | 'Resource',
  missing: string,
): PolicyElement {
  const [plain, not] = [statement[name], statement[`Not${name}`]];
  if (plain !== undefined && not !== undefined) throw syntaxErrors();
  const patterns = textsOf(plain ?? not ?? []);
  if (patterns.length === 0) throw new MalformedPolicy(missing);
  return { not: not !== undefined, patterns };
}

function checkAction(action: string): void {
  if (action === '*') return;
  const [vendor, name, ...more] = action.split(':');
  if (vendor === undefined || vendor === '' || name === undefined) {
    throw new MalformedPolicy('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  }
  if (more.length > 0) throw new MalformedPolicy('Actions/Condition can contain only one colon.');
  if (!/^[\w-]+$/.test(vendor)) throw new MalformedPolicy(`Vendor ${vendor} is not valid`);
}

function checkResource(resource: string): void {
  if (/^(?:arn:|\$\{)/.test(resource) || /^[*]+$/.test(resource)) return;
  throw new MalformedPolicy(`Resource ${resource} must be in ARN format or "*".`);
}

function readConditions(condition: unknown = {}): readonly PolicyCondition[] {
  if (!isObject(condition)) throw syntaxErrors();
  return Object.entries(condition).flatMap(([operator, keys]) => {
    if (!isConditionOperator(operator)) throw new MalformedPolicy(`Invalid Condition type : ${operator}.`);
    if (!isObject(keys)) throw syntaxErrors();
    return Object.entries(keys).map(([key, values]) => ({ operator, key, values: textsOf(values) }));
  });
}

/** One text or several; numbers and truth values count as they are written. */
function textsOf(value: unknown): readonly string[] {
  return listOf(value).map((item) => {
    if (typeof item === 'string') return item;
    if (typeof item === 'number' || typeof item === 'boolean') return String(item);
    throw syntaxErrors();
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function syntaxErrors(): MalformedPolicy {
  return new MalformedPolicy('Syntax errors in policy.');
}
