import { invalidParameter } from './logsErrors.ts';
import type { PatternOperator, PatternValue } from './patternComparison.ts';

/** A condition on what is filtered. */
export type Condition<T> = (subject: T) => boolean;

/** How deep parentheses may go. */
const deepest = 50;

/** Reads the text of a pattern from left to right. */
export class PatternReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether nothing is left but blanks. */
  get atEnd(): boolean {
    this.#skipBlanks();
    return this.#at === this.#text.length;
  }

  /** Takes one of these, the first that is there. */
  take<T extends string>(...wanted: readonly T[]): T | undefined {
    this.#skipBlanks();
    const found = wanted.find((one) => this.#text.startsWith(one, this.#at));
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** Takes what a sticky expression finds here. */
  match(expression: RegExp): RegExpExecArray | undefined {
    this.#skipBlanks();
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text) ?? undefined;
    if (found) this.#at += found[0].length;
    return found;
  }

  /** @throws ServiceError unless it is there */
  expect(wanted: string): void {
    if (this.take(wanted) === undefined) throw this.wrong(`${wanted} is expected`);
  }

  /** The operator that is there. @throws ServiceError */
  operator(): PatternOperator {
    return this.take('!=', '<=', '>=', '=', '<', '>') ?? this.#fail('an operator (=, !=, <, <=, >, >=) is expected');
  }

  /** The value that is there. @throws ServiceError */
  value(): PatternValue {
    const quoted = this.match(/"((?:[^"\\]|\\.)*)"/sy);
    if (quoted) return { kind: 'quoted', text: (quoted[1] ?? '').replace(/\\(.)/gs, '$1') };
    const expression = this.match(/%((?:[^%\\]|\\.)+)%/sy);
    if (expression) return { kind: 'expression', text: expression[1] ?? '' };
    const bare = this.match(/[^\s"(){},&|=<>!\]]+/y);
    if (bare) return { kind: 'bare', text: bare[0] };
    return this.#fail('a value is expected');
  }

  /** Conditions joined by `||` and `&&`, which binds closer, in parentheses or not. @throws ServiceError */
  conditions<T>(readOne: () => Condition<T>, depth = 0): Condition<T> {
    if (depth > deepest) throw this.wrong('parentheses go too deep');
    const readPart = (): Condition<T> => {
      if (this.take('(') === undefined) return readOne();
      const inner = this.conditions(readOne, depth + 1);
      this.expect(')');
      return inner;
    };
    const joined = (operator: '&&' | '||', read: () => Condition<T>): Condition<T> => {
      const parts = [read()];
      while (this.take(operator) !== undefined) parts.push(read());
      const [only] = parts;
      if (only && parts.length === 1) return only;
      return operator === '&&'
        ? (subject) => parts.every((part) => part(subject))
        : (subject) => parts.some((part) => part(subject));
    };
    return joined('||', () => joined('&&', readPart));
  }

  /** What is wrong, and where. */
  wrong(why: string): Error {
    return invalidParameter(`Invalid filter pattern: ${why} at character ${this.#at + 1} of ${this.#text}`);
  }

  #fail(why: string): never {
    throw this.wrong(why);
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }
}
