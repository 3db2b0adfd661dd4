import type { TemplateLocation } from './declarations.ts';

/** Tells lines and columns (from 1) of offsets in one file. */
export class LineIndex {
  readonly #file: string;
  readonly #length: number;
  readonly #starts: number[] = [0];

  constructor(file: string, text: string) {
    this.#file = file;
    this.#length = text.length;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** From `start` to `end`, both offsets; `end` is exclusive. */
  range(start: number, end: number): TemplateLocation {
    const from = this.#position(start);
    const to = this.#position(Math.max(start, end));
    return { file: this.#file, ...from, endLine: to.line, endColumn: to.column };
  }

  #position(offset: number): { readonly line: number; readonly column: number } {
    const at = Math.min(Math.max(offset, 0), this.#length);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.#starts[low] ?? 0) + 1 };
  }
}
