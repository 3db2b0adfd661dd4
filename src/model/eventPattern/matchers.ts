import type { JsonNode } from '../exactJson.ts';
import { cidrTest, ipAddress } from './ipAddress.ts';
import { InvalidPattern } from './invalidPattern.ts';
import { comparableNumber } from './comparableNumber.ts';
import { wildcardTest } from './wildcard.ts';

/** A value at the end of a path. */
export type LeafValue = Exclude<JsonNode, { readonly kind: 'object' | 'array' }>;

/** One entry of the list that a pattern has for a key. */
export type Matcher =
  /** `{"exists": false}` */
  | { readonly kind: 'absent' }
  /** `negative`: an `anything-but`. */
  | { readonly kind: 'value'; readonly negative: boolean; test(value: LeafValue): boolean };

type Test = (value: LeafValue) => boolean;

/** Reads one entry: a plain value or `{"operator": operand}`. @throws InvalidPattern */
export function readMatcher(node: JsonNode): Matcher {
  if (node.kind === 'array') throw new InvalidPattern('Match value must be String, number, true, false, or null');
  if (node.kind !== 'object') return positive(exactly(node));
  const [entry, ...more] = node.entries;
  if (!entry) throw new InvalidPattern('Match expression name not found');
  const matcher = readOperator(...entry);
  if (more.length > 0) throw new InvalidPattern('Only one key allowed in match expression');
  return matcher;
}

function readOperator(name: string, operand: JsonNode): Matcher {
  switch (name) {
    case 'exactly': {
      const wanted = textOf(operand, 'exact');
      return positive(textTest((text) => text === wanted));
    }
    case 'exists':
      if (operand.kind !== 'boolean') {
        throw new InvalidPattern('exists match pattern must be either true or false.');
      }
      return operand.text === 'true' ? positive(() => true) : { kind: 'absent' };
    case 'prefix':
    case 'suffix':
      return positive(readAffix(name, operand));
    case 'equals-ignore-case':
      return positive(ignoringCase('equal', textOf(operand, name)));
    case 'wildcard':
      return positive(textTest(wildcardTest(textOf(operand, name))));
    case 'numeric':
      return positive(readNumeric(operand));
    case 'cidr':
      // The name in the message is event-ruler's.
      return positive(textTest(cidrTest(textOf(operand, 'prefix'))));
    case 'anything-but':
      return { kind: 'value', negative: true, test: readAnythingBut(operand) };
    default:
      throw new InvalidPattern(`Unrecognized match type ${name}`);
  }
}

function positive(test: Test): Matcher {
  return { kind: 'value', negative: false, test };
}

function textTest(test: (text: string) => boolean): Test {
  return (value) => value.kind === 'string' && test(value.value);
}

function textOf(operand: JsonNode, name: string): string {
  if (operand.kind !== 'string') throw new InvalidPattern(`${name} match pattern must be a string`);
  return operand.value;
}

/** Numbers are equal as numbers or as they are written; addresses in whatever spelling. */
function exactly(wanted: LeafValue): Test {
  if (wanted.kind === 'string') {
    const address = ipAddress(wanted.value);
    return textTest((text) => text === wanted.value || (address !== undefined && ipAddress(text) === address));
  }
  const number = wanted.kind === 'number' ? comparableNumber(wanted.text) : undefined;
  return (value) =>
    value.kind === wanted.kind &&
    (value.text === wanted.text || (number !== undefined && comparableNumber(value.text) === number));
}

function ignoringCase(place: 'equal' | 'prefix' | 'suffix', wanted: string): Test {
  const lower = wanted.toLowerCase();
  return textTest((text) => {
    const other = text.toLowerCase();
    if (place === 'equal') return other === lower;
    return place === 'prefix' ? other.startsWith(lower) : other.endsWith(lower);
  });
}

function readAffix(name: 'prefix' | 'suffix', operand: JsonNode): Test {
  if (operand.kind === 'object') {
    const [entry, ...more] = operand.entries;
    if (entry?.[0] !== 'equals-ignore-case') {
      throw new InvalidPattern(
        entry ? `Unsupported ${name} pattern: ${entry[0]}` : `${capital(name)} expression name not found`,
      );
    }
    if (more.length > 0) throw new InvalidPattern('Only one key allowed in match expression');
    return ignoringCase(name, textOf(entry[1], 'equals-ignore-case'));
  }
  return affix(name, textOf(operand, name));
}

function affix(name: 'prefix' | 'suffix', wanted: string): Test {
  return textTest((text) => (name === 'prefix' ? text.startsWith(wanted) : text.endsWith(wanted)));
}

/** Whatever is there and is none of these, of whatever type. */
function readAnythingBut(operand: JsonNode): Test {
  const [inner, ...more] = operand.kind === 'object' ? operand.entries : [];
  if (operand.kind === 'object' && !inner) throw new InvalidPattern('Anything-But expression name not found');
  if (more.length > 0) throw new InvalidPattern('Too many elements in numeric expression');
  const [name, excluded] = inner ?? ['', operand];
  if (inner && !isAnythingButOperator(name)) throw new InvalidPattern(`Unsupported anything-but pattern: ${name}`);
  if (excluded.kind !== 'array' && excluded.kind !== 'string' && excluded.kind !== 'number') {
    throw new InvalidPattern('Value of anything-but must be an array or single string/number value.');
  }
  const items = excluded.kind === 'array' ? excluded.items : [excluded];
  const tests = isAnythingButOperator(name) ? items.map((item) => excludedText(name, item)) : excludedValues(items);
  return (value) => !tests.some((test) => test(value));
}

const anythingButOperators = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'] as const;
type AnythingButOperator = (typeof anythingButOperators)[number];

function isAnythingButOperator(name: string): name is AnythingButOperator {
  return anythingButOperators.some((operator) => operator === name);
}

function excludedText(name: AnythingButOperator, item: JsonNode): Test {
  if (name === 'equals-ignore-case') {
    if (item.kind === 'string') return ignoringCase('equal', item.value);
    throw new InvalidPattern(
      'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
    );
  }
  if (name === 'wildcard') return textTest(wildcardTest(textOf(item, name)));
  const text = textOf(item, 'prefix/suffix');
  if (text === '') throw new InvalidPattern('Null prefix/suffix not allowed');
  return affix(name, text);
}

function excludedValues(items: readonly JsonNode[]): readonly Test[] {
  const values = items.filter((item): item is LeafValue => item.kind === 'string' || item.kind === 'number');
  if (values.length < items.length) {
    throw new InvalidPattern('Inside anything but list, start|null|boolean is not supported.');
  }
  if (new Set(values.map(({ kind }) => kind)).size !== 1) {
    throw new InvalidPattern(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    );
  }
  return values.map((value) => {
    if (value.kind === 'number') requireComparable(value.text);
    return value.kind === 'string' ? textTest((text) => text === value.value) : exactly(value);
  });
}

const comparisons = {
  '=': (value: number, bound: number) => value === bound,
  '<': (value: number, bound: number) => value < bound,
  '<=': (value: number, bound: number) => value <= bound,
  '>': (value: number, bound: number) => value > bound,
  '>=': (value: number, bound: number) => value >= bound,
};
type Comparison = keyof typeof comparisons;

/** `[">", 0, "<=", 5]`: one comparison, or a lower and then an upper bound. */
function readNumeric(operand: JsonNode): Test {
  if (operand.kind !== 'array') throw new InvalidPattern('Value of numeric must be an array.');
  const [firstSign, firstBound, secondSign, secondBound, ...more] = operand.items;
  if (firstSign?.kind !== 'string') {
    throw new InvalidPattern(`Invalid member in numeric match: ${spelling(firstSign)}`);
  }
  const sign = firstSign.value;
  if (!isComparison(sign)) throw new InvalidPattern(`Unrecognized numeric range operator: ${sign}`);
  const bound = boundOf(sign, firstBound);
  const lower = (value: number): boolean => comparisons[sign](value, bound);
  if (!secondSign) return numberTest(lower);
  if (sign !== '>' && sign !== '>=') throw new InvalidPattern('Too many elements in numeric expression');
  if (secondSign.kind !== 'string') {
    throw new InvalidPattern(`Bad value in numeric range: ${spelling(secondSign)}`);
  }
  const upperSign = secondSign.value;
  if (upperSign !== '<' && upperSign !== '<=') throw new InvalidPattern(`Bad numeric range operator: ${upperSign}`);
  const top = boundOf(upperSign, secondBound);
  if (more.length > 0) throw new InvalidPattern('Too many terms in numeric range expression');
  if (top <= bound) throw new InvalidPattern('Bottom must be less than top');
  return numberTest((value) => lower(value) && comparisons[upperSign](value, top));
}

function numberTest(test: (value: number) => boolean): Test {
  return (value) => {
    const number = value.kind === 'number' ? comparableNumber(value.text) : undefined;
    return number !== undefined && test(number);
  };
}

function boundOf(sign: Comparison, node: JsonNode | undefined): number {
  if (node?.kind !== 'number') {
    throw new InvalidPattern(`Value of ${sign === '=' ? 'equals' : sign} must be numeric`);
  }
  return requireComparable(node.text);
}

function requireComparable(text: string): number {
  const number = comparableNumber(text);
  if (number === undefined) throw new InvalidPattern(`Cannot compare number : ${text}`);
  return number;
}

function isComparison(sign: string): sign is Comparison {
  return Object.hasOwn(comparisons, sign);
}

function spelling(node: JsonNode | undefined): string {
  if (!node || node.kind === 'array') return node ? '[' : ']';
  if (node.kind === 'object') return '{';
  return node.kind === 'string' ? node.value : node.text;
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
