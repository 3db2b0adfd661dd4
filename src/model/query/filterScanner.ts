import type { FilterToken, Pattern } from './filter.ts';

/** A value as it was written; spans are offsets into the whole text. */
export interface ScannedValue {
  readonly pattern: Pattern;
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

/** Goes through a filter's text and notes what it passes. */
export class FilterScanner {
  readonly text: string;
  readonly tokens: FilterToken[] = [];
  at = 0;
  /** Where a quote was opened that nothing closes. */
  unclosed: number | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** Whether a word ends here. */
  get atBlank(): boolean {
    return this.ended || /\s/.test(this.text[this.at] ?? '');
  }

  skipBlanks(): void {
    while (!this.ended && this.atBlank) this.at++;
  }

  /** What the expression (sticky) finds here; it is passed and noted. */
  take(pattern: RegExp, kind?: FilterToken['kind']): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text) ?? undefined;
    if (!found) return undefined;
    this.at += found[0].length;
    if (kind) this.note(kind, this.at - found[0].length);
    return found;
  }

  note(kind: FilterToken['kind'], start: number): void {
    if (this.at > start) this.tokens.push({ kind, start, end: this.at });
  }

  /** The text in quotes that begin here; without an end it goes on to the end of all. */
  takeQuoted(): string {
    const start = this.at++;
    const parts: string[] = [];
    for (;;) {
      const found = this.take(/[^"\\]+|\\["\\]|\\/y);
      if (!found) break;
      parts.push(found[0].length === 2 && found[0].startsWith('\\') ? found[0].slice(1) : found[0]);
    }
    if (this.ended) this.unclosed = start;
    else this.at++;
    return parts.join('');
  }

  /** Values up to the next blank, commas between them; those without anything are left out. */
  takeValues(): readonly ScannedValue[] {
    const values: ScannedValue[] = [];
    do {
      const value = this.#takeValue();
      if (value.end > value.start) values.push(value);
    } while (this.take(/,/y, 'operator'));
    return values;
  }

  #takeValue(): ScannedValue {
    const start = this.at;
    const pattern: [string, ...string[]] = [''];
    let quoted = false;
    while (!this.atBlank && this.text[this.at] !== ',') {
      let more = '';
      if (this.text[this.at] === '"') {
        quoted = true;
        more = this.takeQuoted();
      } else if (this.take(/\*+/y)) {
        pattern.push('');
      } else {
        more = this.take(/[^\s",*]+/y)?.[0] ?? '';
      }
      pattern[pattern.length - 1] += more;
    }
    this.note('value', start);
    return { pattern, quoted, start, end: this.at };
  }
}
