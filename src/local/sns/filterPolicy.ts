import type { MessageAttributes } from '../deliveryTargets.ts';
import { invalidParameter } from './snsErrors.ts';

/** A filter policy, parsed and known to be one that local Lambda can apply. */
export interface FilterPolicy {
  /** Whether a message with these goes to the subscription. */
  matches(message: string, attributes: MessageAttributes): boolean;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** Whether one value fulfils a condition; `undefined`: the key is absent. */
type Condition = (value: Json | undefined) => boolean;
type Rule = (value: Json | undefined) => boolean;

/**
 * Parses a filter policy (SNS developer guide, "filter policies"). Offered: exact strings, numbers, booleans and null,
 * `prefix`, `suffix`, `equals-ignore-case`, `anything-but` (values, `prefix`, `suffix`), `exists`, `numeric`; nested keys
 * where the scope is the message body. @throws ServiceError `InvalidParameter` for anything else: it is not ignored.
 */
export function parseFilterPolicy(text: string, scope: string): FilterPolicy {
  const policy = parse(text);
  if (policy === undefined || !isObject(policy)) throw invalidParameter('FilterPolicy: failed to parse JSON.');
  if (scope !== 'MessageAttributes' && scope !== 'MessageBody') {
    throw invalidParameter(
      `FilterPolicyScope: Invalid value [${scope}]. Please use either MessageBody or MessageAttributes`,
    );
  }
  const rule = objectRule(policy, scope === 'MessageBody');
  return {
    matches(message, attributes) {
      if (scope === 'MessageAttributes') return rule(attributeValues(attributes));
      const body = parse(message);
      return body !== undefined && isObject(body) && rule(body);
    },
  };
}

function objectRule(policy: { readonly [key: string]: Json }, nested: boolean): Rule {
  const rules = Object.entries(policy).map(([key, value]) => {
    if (key === '$or') throw unsupported('"$or"');
    if (isArray(value)) return [key, valuesRule(value)] as const;
    if (nested && isObject(value)) return [key, objectRule(value, true)] as const;
    throw invalidParameter(`FilterPolicy: "${key}" must be ${nested ? 'an object or ' : ''}an array`);
  });
  return (value) => {
    const object = value !== undefined && isObject(value) ? value : {};
    return rules.every(([key, rule]) => rule(Object.hasOwn(object, key) ? object[key] : undefined));
  };
}

/** Any condition of the list, for any element where the value is an array. */
function valuesRule(items: readonly Json[]): Rule {
  const conditions = items.map(toCondition);
  return (value) => {
    const values = value !== undefined && isArray(value) ? value : [value];
    return values.some((one) => conditions.some((condition) => condition(one)));
  };
}

function toCondition(item: Json): Condition {
  if (!isObject(item)) {
    if (isArray(item)) throw invalidParameter('FilterPolicy: Match value must be String, number, true, false, or null');
    return (value) => value === item;
  }
  const [[name, operand] = ['', null], ...more] = Object.entries(item);
  if (more.length > 0) throw invalidParameter('FilterPolicy: Only one key allowed in match expression');
  switch (name) {
    case 'exists':
      if (typeof operand !== 'boolean')
        throw invalidParameter('FilterPolicy: exists match pattern must be either true or false.');
      return (value) => (value !== undefined) === operand;
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
      return textCondition(name, operand);
    case 'anything-but':
      return anythingBut(operand);
    case 'numeric':
      return numeric(operand);
    default:
      throw unsupported(JSON.stringify(name));
  }
}

function textCondition(name: 'prefix' | 'suffix' | 'equals-ignore-case', operand: Json): Condition {
  if (typeof operand !== 'string') throw invalidParameter(`FilterPolicy: ${name} match pattern must be a string`);
  const wanted = operand.toLowerCase();
  return (value) => {
    if (typeof value !== 'string') return false;
    if (name === 'prefix') return value.startsWith(operand);
    return name === 'suffix' ? value.endsWith(operand) : value.toLowerCase() === wanted;
  };
}

function anythingBut(operand: Json): Condition {
  if (isObject(operand)) {
    const [name = ''] = Object.keys(operand);
    if (name !== 'prefix' && name !== 'suffix') throw unsupported(`"anything-but" with "${name}"`);
    const excluded = textCondition(name, operand[name] ?? null);
    return (value) => value !== undefined && !excluded(value);
  }
  const values = isArray(operand) ? operand : [operand];
  return (value) => value !== undefined && !values.includes(value);
}

function numeric(operand: Json): Condition {
  const checks: ((value: number) => boolean)[] = [];
  const parts = isArray(operand) ? [...operand] : [];
  while (parts.length > 0) {
    const [sign, bound] = parts.splice(0, 2);
    if (typeof sign !== 'string' || !(sign in comparisons) || typeof bound !== 'number') break;
    checks.push((value) => comparisons[sign as keyof typeof comparisons](value, bound));
  }
  if (parts.length > 0 || checks.length === 0)
    throw invalidParameter('FilterPolicy: Value of numeric must be a list of operators and numbers');
  return (value) => typeof value === 'number' && checks.every((check) => check(value));
}

const comparisons = {
  '=': (value: number, bound: number) => value === bound,
  '<': (value: number, bound: number) => value < bound,
  '<=': (value: number, bound: number) => value <= bound,
  '>': (value: number, bound: number) => value > bound,
  '>=': (value: number, bound: number) => value >= bound,
};

function attributeValues(attributes: MessageAttributes): { readonly [key: string]: Json } {
  const entries = Object.entries(attributes).filter(([, { dataType }]) => !dataType.startsWith('Binary'));
  return Object.fromEntries(
    entries.map(([name, { dataType, stringValue }]) => {
      if (dataType === 'Number') return [name, Number(stringValue)];
      return [name, dataType === 'String.Array' ? (parse(stringValue) ?? stringValue) : stringValue];
    }),
  );
}

function unsupported(what: string): Error {
  return invalidParameter(`FilterPolicy: ${what} is not offered by local Lambda.`);
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
