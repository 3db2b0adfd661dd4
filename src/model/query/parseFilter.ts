import type { InvocationStatus } from '../invocation.ts';
import { printPath, takePath } from './bodyPath.ts';
import { isNumberText } from './exactNumber.ts';
import type {
  BodyRoot,
  Comparison,
  FilterProblem,
  FilterTerm,
  NameField,
  NumberTerm,
  ParsedFilter,
  Pattern,
} from './filter.ts';
import { filterKeys, filterStatuses, findKey, type FilterKeyName } from './filterKeys.ts';
import { FilterScanner, type ScannedValue } from './filterScanner.ts';
import { parseLength, parseTime } from './filterTime.ts';
import { normalizeTerms } from './normalizeFilter.ts';

/** Reads the text of the filter box. It never throws: what can't be read is left out, and said. */
export function parseFilter(text: string): ParsedFilter {
  const parser = new Parser(text);
  parser.run();
  const { scanner, problems, terms } = parser;
  return { filter: { terms: normalizeTerms(terms) }, problems, tokens: scanner.tokens };
}

class Parser {
  readonly scanner: FilterScanner;
  readonly terms: FilterTerm[] = [];
  readonly problems: FilterProblem[] = [];
  /** Where the word began that is being read. */
  #start = 0;

  constructor(text: string) {
    this.scanner = new FilterScanner(text);
  }

  run(): void {
    const { scanner } = this;
    for (;;) {
      scanner.skipBlanks();
      if (scanner.ended) break;
      this.#start = scanner.at;
      const negated = scanner.take(/-(?=\S)/y, 'negation') !== undefined;
      if (!this.#takeKeyed(negated) && !this.#takeBody(negated)) this.#takeText(negated);
    }
    if (scanner.unclosed !== undefined) {
      this.#problem('error', 'A quote (") has to end the value, too.', scanner.unclosed, scanner.text.length);
    }
  }

  #problem(severity: FilterProblem['severity'], message: string, start = this.#start, end = this.scanner.at): void {
    this.problems.push({ severity, start, end, message });
  }

  #takeKeyed(negated: boolean): boolean {
    const { scanner } = this;
    const [, name = '', rest = ''] = matchAt(scanner, /([A-Za-z]+):(\S?)/y) ?? [];
    const key = findKey(name);
    if (key === undefined) {
      this.#hintAtKey(name);
      return false;
    }
    // Text like "Error: …" of a log is no key without its value.
    if (rest === '' && name !== key) return false;
    scanner.take(/[A-Za-z]+/y, 'key');
    scanner.take(/:/y, 'operator');
    this.#takeValuesOf(key, negated);
    return true;
  }

  #hintAtKey(name: string): void {
    if (name.length < 2) return;
    const meant = filterKeys.find(({ key }) => key.length > 2 && distance(name.toLowerCase(), key) === 1)?.key;
    const end = this.scanner.at + name.length;
    if (meant) this.#problem('hint', `Searched as text. For the key, write ${meant}:`, this.#start, end);
  }

  #takeValuesOf(key: FilterKeyName, negated: boolean): void {
    const comparison =
      key === 'attempts' || key === 'duration' ? this.#takeComparison(/>=|<=|[><=]/y) : ('=' as Comparison);
    const values = this.scanner.takeValues();
    if (values.length === 0) {
      this.#problem('error', `${key}: has no value yet.`);
      return;
    }
    switch (key) {
      case 'status':
        this.#addStatus(negated, values);
        return;
      case 'attempts':
      case 'duration':
        this.#addNumber(key, negated, comparison, values);
        return;
      case 'since':
      case 'until':
        this.#addTime(key, negated, values);
        return;
      case 'is':
        this.#addPinned(negated, values);
        return;
      case 'group': {
        const ids = this.#each(values, numberOf, (text) => `${text} is no group: its id is a number.`);
        if (ids.length > 0) this.terms.push({ kind: 'group', negated, values: ids });
        return;
      }
      default:
        this.#addName(key, negated, values);
    }
  }

  #addName(field: NameField, negated: boolean, values: readonly ScannedValue[]): void {
    const [first, ...others] = values.map(({ pattern }) => pattern);
    if (first) this.terms.push({ kind: 'name', field, negated, values: [first, ...others] });
  }

  #addStatus(negated: boolean, values: readonly ScannedValue[]): void {
    const statuses = this.#each(
      values,
      (text) => {
        const lower = text.toLowerCase();
        return statusNames.get(lower) ?? filterStatuses.find((status) => status.toLowerCase() === lower);
      },
      (text) => `${text} is no status. There are ${filterStatuses.join(', ')}.`,
    );
    if (statuses.length > 0) this.terms.push({ kind: 'status', negated, values: statuses });
  }

  #addNumber(
    field: NumberTerm['field'],
    negated: boolean,
    comparison: Comparison,
    values: readonly ScannedValue[],
  ): void {
    const numbers = this.#each(
      values,
      (text) => (field === 'attempts' ? numberOf(text) : parseLength(text, { bare: true })),
      (text) =>
        field === 'attempts' ? `${text} is no number of attempts.` : `${text} is no length: write 2s, 500ms or 1.5m.`,
    );
    if (comparison !== '=' && numbers.length > 1) {
      this.#problem('error', `More or less than several values at once can’t be asked: write ${field}: for each.`);
    } else if (numbers.length > 0) {
      this.terms.push({ kind: 'number', field, negated, comparison, values: numbers });
    }
  }

  #addTime(field: 'since' | 'until', negated: boolean, values: readonly ScannedValue[]): void {
    const times = this.#each(
      values,
      parseTime,
      (text) => `${text} is no time: write 15m, 1h, 2d, 10:30, today, 2026-11-25 or 2026-11-25T10:30.`,
    );
    for (const value of times) this.terms.push({ kind: 'time', field, negated, value });
  }

  #addPinned(negated: boolean, values: readonly ScannedValue[]): void {
    const known = this.#each(
      values,
      (text) => (text.toLowerCase() === 'pinned' ? true : undefined),
      (text) => `is:${text} is not known; there is is:pinned.`,
    );
    if (known.length > 0) this.terms.push({ kind: 'pinned', negated });
  }

  #takeBody(negatedBefore: boolean): boolean {
    const { scanner } = this;
    const start = scanner.at;
    const found = scanner.take(/(payload|response)(?=[.[=!<>])/iy);
    if (!found) return false;
    const root = found[0].toLowerCase() as BodyRoot;
    const path = takePath(scanner);
    scanner.note('key', start);
    const operator = this.#takeComparison(/!=|>=|<=|[><=:]/y, true);
    if (operator === undefined) {
      scanner.take(/\S*/y, 'text');
      const written = `${root}${printPath(path)}`;
      this.#problem('error', `${written} has no value yet: write ${written}=42, or ${written}=* for any.`);
      return true;
    }
    const negated = negatedBefore !== (operator === '!=');
    const values = scanner.takeValues();
    if (values.length === 0) {
      this.#problem('error', `${root}${printPath(path)} has no value yet.`);
    } else if (operator === '=' || operator === '!=') {
      const all = values.map(({ pattern, quoted }) => ({ pattern, quoted }));
      this.terms.push({ kind: 'body', root, path, negated, values: all });
    } else {
      const numbers = this.#each(
        values,
        (text) => (isNumberText(text) ? text : undefined),
        (text) => `${text} is no number; more and less are for numbers.`,
      );
      for (const number of numbers) {
        this.terms.push({ kind: 'bodyComparison', root, path, negated, comparison: operator, number });
      }
    }
    return true;
  }

  #takeComparison(pattern: RegExp): Comparison;
  #takeComparison(pattern: RegExp, needed: true): Comparison | '!=' | undefined;
  #takeComparison(pattern: RegExp, needed = false): Comparison | '!=' | undefined {
    const found = this.scanner.take(pattern, 'operator')?.[0];
    if (found === undefined && needed) return undefined;
    return found === undefined || found === ':' ? '=' : (found as Comparison);
  }

  /** What each value says; for those that say nothing a problem is noted. */
  #each<T>(
    values: readonly ScannedValue[],
    read: (text: string) => T | undefined,
    complain: (text: string) => string,
  ): readonly T[] {
    return values.flatMap(({ pattern, start, end }) => {
      const text = textOf(pattern);
      const value = read(text);
      if (value !== undefined) return [value];
      this.#problem('error', complain(text), start, end);
      return [];
    });
  }

  #takeText(negated: boolean): void {
    const { scanner } = this;
    const start = scanner.at;
    if (scanner.text[start] === '"') {
      const quoted = scanner.takeQuoted();
      if (scanner.atBlank && (scanner.unclosed === undefined || quoted !== '')) {
        this.#addText(negated, quoted, start);
        return;
      }
      // A quote in front of more, as in `"orderId":42`, or on its own, is itself meant.
      scanner.unclosed = undefined;
      scanner.at = start;
    }
    while (!scanner.atBlank) {
      const before = scanner.at;
      if (!scanner.take(/[^\s"]+/y)) {
        scanner.takeQuoted();
        if (scanner.unclosed !== undefined) {
          scanner.unclosed = undefined;
          scanner.at = before + 1;
        }
      }
    }
    this.#addText(negated, scanner.text.slice(start, scanner.at), start);
  }

  #addText(negated: boolean, text: string, start: number): void {
    this.scanner.note('text', start);
    if (text !== '') this.terms.push({ kind: 'text', negated, text });
  }
}

/** Other words for a status. */
const statusNames: ReadonlyMap<string, InvocationStatus> = new Map([
  ['success', 'succeeded'],
  ['ok', 'succeeded'],
  ['failure', 'failed'],
  ['retrying', 'waiting'],
  ['not-accepted', 'notAccepted'],
]);

function textOf(pattern: Pattern): string {
  return pattern.join('*');
}

function numberOf(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function matchAt(scanner: FilterScanner, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = scanner.at;
  return pattern.exec(scanner.text) ?? undefined;
}

/** How many letters have to be added, taken away or changed; more than one is not told apart. */
function distance(a: string, b: string): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > 1) return 2;
  let same = 0;
  while (same < Math.min(a.length, b.length) && a[same] === b[same]) same++;
  const rests = [
    [a.slice(same + 1), b.slice(same + 1)],
    [a.slice(same + 1), b.slice(same)],
    [a.slice(same), b.slice(same + 1)],
  ];
  return rests.some(([left, right]) => left === right) ? 1 : 2;
}
