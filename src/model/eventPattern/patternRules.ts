import type { JsonNode } from '../exactJson.ts';
import { InvalidPattern } from './invalidPattern.ts';
import { type Matcher, readMatcher } from './matchers.ts';

/** What one way to fulfil a pattern asks of each path: any of its matchers. */
export type PatternRule = ReadonlyMap<string, readonly Matcher[]>;

/** AWS's limit of combinations that the `$or` of one pattern come to. */
const maximumRules = 1000;

/** Names that `$or` takes for operators written in the wrong place. */
const reservedInOr: ReadonlySet<string> = new Set([
  ...['exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard', 'numeric', 'cidr'],
  ...['=', '<', '<=', '>', '>='],
  ...['regex', 'not-wildcard', 'not-equals-ignore-case'],
  ...['date-after', 'date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range'],
  ...['ip-address-in-range', 'ip-address-not-in-range'],
]);

/** The rules of a pattern: it is fulfilled when one of them is. `$or` is multiplied out. @throws InvalidPattern */
export function readPatternRules(pattern: JsonNode): readonly PatternRule[] {
  if (pattern.kind !== 'object') throw new InvalidPattern('Filter is not an object');
  return readObject(pattern, [], [new Map()], false);
}

type ObjectNode = Extract<JsonNode, { readonly kind: 'object' }>;

function readObject(
  node: ObjectNode,
  path: readonly string[],
  before: readonly PatternRule[],
  inOr: boolean,
): readonly PatternRule[] {
  if (node.entries.length === 0) throw new InvalidPattern('Empty objects are not allowed');
  let rules = before;
  for (const [key, value] of node.entries) {
    if (key === '$or') {
      rules = readOr(value, path, rules);
      continue;
    }
    if (inOr && reservedInOr.has(key)) {
      throw new InvalidPattern(`${key} is Ruler reserved fieldName which cannot be used inside $or.`);
    }
    const here = [...path, key];
    if (value.kind === 'object') rules = readObject(value, here, rules, inOr);
    else if (value.kind === 'array') {
      if (value.items.length === 0) throw new InvalidPattern('Empty arrays are not allowed');
      const matchers = value.items.map(readMatcher);
      rules = rules.map((rule) => new Map([...rule, [here.join('.'), matchers]]));
    } else throw new InvalidPattern(`"${key}" must be an object or an array`);
  }
  return rules;
}

function readOr(node: JsonNode, path: readonly string[], before: readonly PatternRule[]): readonly PatternRule[] {
  if (node.kind !== 'array') throw new InvalidPattern('It must be an Array followed with $or.');
  const rules = node.items.flatMap((item) => {
    if (item.kind !== 'object') throw new InvalidPattern('Only JSON object is allowed in array of $or relationship.');
    return readObject(item, path, before, true);
  });
  if (node.items.length < 2) throw new InvalidPattern('There must have at least 2 Objects in $or relationship.');
  if (rules.length > maximumRules) {
    throw new InvalidPattern(`Its $or come to more than ${maximumRules} combinations: use fewer alternatives.`);
  }
  return rules;
}
