import { LambdaError } from './lambdaError.ts';

/** Collects what a request breaks of its model, and tells all of it at once (spec 5.3, "ValidationException grammar"). */
export class Validation {
  readonly #errors: string[] = [];

  /** `pattern` is what is printed; `matches` what is checked. */
  pattern(path: string, value: string, pattern: string, matches: RegExp): void {
    if (!matches.test(value)) this.#fail(path, value, `satisfy regular expression pattern: ${pattern}`);
  }

  /** It was not given and has to be. */
  missing(path: string): void {
    this.#errors.push(`Value null at '${path}' failed to satisfy constraint: Member must not be null`);
  }

  length(path: string, value: string, minimum: number, maximum: number): void {
    if (value.length < minimum) this.#fail(path, value, `have length greater than or equal to ${minimum}`);
    if (value.length > maximum) this.#fail(path, value, `have length less than or equal to ${maximum}`);
  }

  range(path: string, value: number, minimum: number, maximum: number): void {
    if (value < minimum) this.#fail(path, String(value), `have value greater than or equal to ${minimum}`);
    if (value > maximum) this.#fail(path, String(value), `have value less than or equal to ${maximum}`);
  }

  oneOf(path: string, value: string, allowed: readonly string[]): void {
    if (!allowed.includes(value)) this.#fail(path, value, `satisfy enum value set: [${allowed.join(', ')}]`);
  }

  /** @throws LambdaError `ValidationException`, if anything was wrong. */
  throwIfFailed(): void {
    const count = this.#errors.length;
    if (count === 0) return;
    const noun = count === 1 ? 'error' : 'errors';
    throw new LambdaError(
      400,
      'ValidationException',
      `${count} validation ${noun} detected: ${this.#errors.join('; ')}`,
    );
  }

  #fail(path: string, value: string, constraint: string): void {
    this.#errors.push(`Value '${value}' at '${path}' failed to satisfy constraint: Member must ${constraint}`);
  }
}
