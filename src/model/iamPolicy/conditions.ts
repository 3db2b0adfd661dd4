import { cidrTest } from '../eventPattern/ipAddress.ts';
import { InvalidPattern } from '../eventPattern/invalidPattern.ts';
import { matchesPattern, type VariableValue } from './wildcards.ts';

/** What is known of a request beside action and resource: values by context key, keys in lower case. */
export type PolicyContext = ReadonlyMap<string, readonly string[]>;

/** One key under one operator. */
export interface PolicyCondition {
  /** As it is written: `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Whether a value of the request agrees with one of the policy. */
type Comparison = (actual: string, wanted: string, variables: VariableValue | undefined) => boolean;

interface Operator {
  readonly compare: Comparison;
  readonly negated: boolean;
}

/** Splits `ForAnyValue:StringLikeIfExists`. */
const operatorParts = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;

/** Whether IAM has a condition operator of that name (IAM JSON policy elements: Condition operators). */
export function isConditionOperator(name: string): boolean {
  const [, quantifier, base = '', ifExists] = operatorParts.exec(name) ?? [];
  if (base === 'Null') return quantifier === undefined && ifExists === undefined;
  return Object.hasOwn(operators, base);
}

/**
 * Whether a condition holds. A key that the request has no value for holds for `…IfExists`, for negated operators and for
 * `ForAllValues`, and for nothing else. What can't be compared (no number, no date) does not match.
 */
export function holds(
  { operator, key, values }: PolicyCondition,
  context: PolicyContext,
  variables: VariableValue | undefined,
): boolean {
  const actual = context.get(key.toLowerCase()) ?? [];
  const [, quantifier, base = '', ifExists] = operatorParts.exec(operator) ?? [];
  if (base === 'Null') return values.some((value) => (value.toLowerCase() === 'true') === (actual.length === 0));
  const known = Object.hasOwn(operators, base) ? operators[base] : undefined;
  if (!known) return false;
  const { compare, negated } = known;
  if (actual.length === 0) {
    if (ifExists !== undefined || quantifier === 'ForAllValues') return true;
    return negated && quantifier === undefined;
  }
  const fits = (value: string): boolean => values.some((wanted) => compare(value, wanted, variables)) !== negated;
  if (quantifier === 'ForAllValues') return actual.every(fits);
  if (quantifier === 'ForAnyValue') return actual.some(fits);
  // More values than the operator is meant for: none may agree with a negated one.
  return negated ? actual.every(fits) : actual.some(fits);
}

function text(literal: boolean, ignoresCase = false): Comparison {
  return (actual, wanted, variables) => {
    const [left, right] = ignoresCase ? [actual.toLowerCase(), wanted.toLowerCase()] : [actual, wanted];
    return matchesPattern(right, left, { kind: 'text', literal, ...(variables ? { variables } : {}) });
  };
}

const arn: Comparison = (actual, wanted, variables) =>
  matchesPattern(wanted, actual, { kind: wanted === '*' ? 'text' : 'arn', ...(variables ? { variables } : {}) });

function numeric(compare: (actual: number, wanted: number) => boolean, read = numberOf): Comparison {
  return (actual, wanted) => {
    const [left, right] = [read(actual), read(wanted)];
    return !Number.isNaN(left) && !Number.isNaN(right) && compare(left, right);
  };
}

function numberOf(value: string): number {
  return value.trim() === '' ? Number.NaN : Number(value);
}

/** ISO 8601, or seconds since 1970. */
function dateOf(value: string): number {
  return /^\d+(?:\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value);
}

const ipAddress: Comparison = (actual, wanted) => {
  try {
    return wanted.includes('/') && !/\/(?:32|128)$/.test(wanted)
      ? cidrTest(wanted)(actual)
      : wanted.replace(/\/\d+$/, '') === actual;
  } catch (error) {
    if (InvalidPattern.is(error)) return false;
    throw error;
  }
};

const isEqual = (left: number, right: number): boolean => left === right;
const isLess = (left: number, right: number): boolean => left < right;
const isAtMost = (left: number, right: number): boolean => left <= right;
const isMore = (left: number, right: number): boolean => left > right;
const isAtLeast = (left: number, right: number): boolean => left >= right;

const plain = (compare: Comparison): Operator => ({ compare, negated: false });
const not = (compare: Comparison): Operator => ({ compare, negated: true });

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: plain(text(true)),
  StringNotEquals: not(text(true)),
  StringEqualsIgnoreCase: plain(text(true, true)),
  StringNotEqualsIgnoreCase: not(text(true, true)),
  StringLike: plain(text(false)),
  StringNotLike: not(text(false)),
  ArnEquals: plain(arn),
  ArnLike: plain(arn),
  ArnNotEquals: not(arn),
  ArnNotLike: not(arn),
  Bool: plain((actual, wanted) => actual.toLowerCase() === wanted.toLowerCase()),
  BinaryEquals: plain((actual, wanted) => actual === wanted),
  NumericEquals: plain(numeric(isEqual)),
  NumericNotEquals: not(numeric(isEqual)),
  NumericLessThan: plain(numeric(isLess)),
  NumericLessThanEquals: plain(numeric(isAtMost)),
  NumericGreaterThan: plain(numeric(isMore)),
  NumericGreaterThanEquals: plain(numeric(isAtLeast)),
  DateEquals: plain(numeric(isEqual, dateOf)),
  DateNotEquals: not(numeric(isEqual, dateOf)),
  DateLessThan: plain(numeric(isLess, dateOf)),
  DateLessThanEquals: plain(numeric(isAtMost, dateOf)),
  DateGreaterThan: plain(numeric(isMore, dateOf)),
  DateGreaterThanEquals: plain(numeric(isAtLeast, dateOf)),
  IpAddress: plain(ipAddress),
  NotIpAddress: not(ipAddress),
};
