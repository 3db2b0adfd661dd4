import { compileEventPattern } from '../../model/eventPattern/eventPattern.ts';
import { InvalidPattern } from '../../model/eventPattern/invalidPattern.ts';
import type { LeafValue, Matcher } from '../../model/eventPattern/matchers.ts';
import { type PatternRule, readPatternRules } from '../../model/eventPattern/patternRules.ts';
import { type JsonNode, parseExactJson } from '../../model/exactJson.ts';
import type { MessageAttribute, MessageAttributes } from '../deliveryTargets.ts';
import { invalidParameter } from './snsErrors.ts';

/** A filter policy, parsed and known to be one that local Lambda can apply. */
export interface FilterPolicy {
  /** Whether a message with these goes to the subscription. */
  matches(message: string, attributes: MessageAttributes): boolean;
}

/**
 * Parses a filter policy (SNS developer guide, "filter policies"): the language of event patterns without wildcards, and
 * nested only where the scope is the message body. @throws ServiceError `InvalidParameter` for anything else: it is not ignored.
 */
export function parseFilterPolicy(text: string, scope: string): FilterPolicy {
  const policy = parseExactJson(text);
  if (policy?.kind !== 'object') throw invalidParameter('FilterPolicy: failed to parse JSON.');
  if (scope !== 'MessageAttributes' && scope !== 'MessageBody') {
    throw invalidParameter(
      `FilterPolicyScope: Invalid value [${scope}]. Please use either MessageBody or MessageAttributes`,
    );
  }
  // SNS takes an empty policy for none.
  if (policy.entries.length === 0) return { matches: () => true };
  try {
    refuseWildcards(policy);
    return scope === 'MessageBody' ? bodyPolicy(text) : attributePolicy(policy);
  } catch (error) {
    if (!InvalidPattern.is(error)) throw error;
    throw invalidParameter(`FilterPolicy: ${error.message}`);
  }
}

function bodyPolicy(text: string): FilterPolicy {
  const pattern = compileEventPattern(text);
  return {
    matches(message) {
      const body = parseExactJson(message);
      return body?.kind === 'object' && pattern.matches(body);
    },
  };
}

function attributePolicy(policy: Extract<JsonNode, { readonly kind: 'object' }>): FilterPolicy {
  refuseNested(policy);
  const rules = readPatternRules(policy);
  return {
    matches: (_message, attributes) => rules.some((rule) => attributesFulfil(rule, attributes)),
  };
}

function attributesFulfil(rule: PatternRule, attributes: MessageAttributes): boolean {
  return [...rule].every(([name, matchers]) => {
    const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    const values = attribute && valuesOf(attribute);
    return matchers.some((matcher) => attributeMatches(matcher, values));
  });
}

/** `anything-but` is for all elements of a `String.Array`; any other condition for one of them. */
function attributeMatches(matcher: Matcher, values: readonly LeafValue[] | undefined): boolean {
  if (!values) return matcher.kind === 'absent';
  if (matcher.kind === 'absent') return false;
  const test = (value: LeafValue): boolean => matcher.test(value);
  return matcher.negative ? values.length > 0 && values.every(test) : values.some(test);
}

/** `undefined`: SNS compares no binary attributes. */
function valuesOf({ dataType, stringValue }: MessageAttribute): readonly LeafValue[] | undefined {
  if (dataType.startsWith('Binary')) return undefined;
  if (dataType === 'Number') {
    const number = parseExactJson(stringValue);
    return [number?.kind === 'number' ? number : { kind: 'number', text: String(Number(stringValue)) }];
  }
  const list = dataType === 'String.Array' ? parseExactJson(stringValue) : undefined;
  const items = list?.kind === 'array' ? list.items : [{ kind: 'string', value: stringValue } as const];
  return items.filter((item) => item.kind !== 'array' && item.kind !== 'object');
}

function refuseNested(policy: Extract<JsonNode, { readonly kind: 'object' }>): void {
  for (const [key, value] of policy.entries) {
    if (value.kind === 'object') {
      throw new InvalidPattern(
        `Filter policy scope MessageAttributes does not support nested filter policy ("${key}" must be an array)`,
      );
    }
    if (key !== '$or' || value.kind !== 'array') continue;
    for (const item of value.items) if (item.kind === 'object') refuseNested(item);
  }
}

/** An object in a list is a condition, or an alternative of `$or`, whose keys can't be named like an operator. */
function refuseWildcards(node: JsonNode, inList = false): void {
  if (node.kind === 'array') for (const item of node.items) refuseWildcards(item, true);
  if (node.kind !== 'object') return;
  for (const [key, value] of node.entries) {
    if (inList && key === 'wildcard') throw new InvalidPattern('"wildcard" is not offered by SNS.');
    refuseWildcards(value, inList && key === 'anything-but');
  }
}
