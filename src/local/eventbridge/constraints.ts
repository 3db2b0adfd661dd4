import type { JsonInput } from '../server/jsonInput.ts';
import { validationError } from './eventsErrors.ts';

/** What a text may be, as the API's model says. */
export interface TextRule {
  readonly most: number;
  /** As it is printed; the whole text must match. Default: anything. */
  readonly pattern?: string;
}

/** Names of rules and ids of targets. */
export const nameRule: TextRule = { most: 64, pattern: String.raw`[\.\-_A-Za-z0-9]+` };
/** Names of buses. */
export const busNameRule: TextRule = { most: 256, pattern: String.raw`[/\.\-_A-Za-z0-9]+` };

/** Reads members, collects what breaks the API's model, and tells all of it at once. */
export class Constraints {
  readonly #errors: string[] = [];

  required(input: JsonInput, name: string, rule: TextRule, path = memberName(name)): string {
    const value = input.text(name);
    if (value !== undefined) return this.#check(value, rule, path);
    this.#errors.push(`Value null at '${path}' failed to satisfy constraint: Member must not be null`);
    return '';
  }

  optional(input: JsonInput, name: string, rule: TextRule, path = memberName(name)): string | undefined {
    const value = input.text(name);
    return value === undefined ? undefined : this.#check(value, rule, path);
  }

  oneOf(value: string, allowed: readonly string[], path: string): void {
    if (!allowed.includes(value)) this.#fail(value, path, `satisfy enum value set: [${allowed.join(', ')}]`);
  }

  range(value: number, least: number, most: number, path: string): void {
    if (value < least) this.#fail(String(value), path, `have value greater than or equal to ${least}`);
    if (value > most) this.#fail(String(value), path, `have value less than or equal to ${most}`);
  }

  /** `shown`: the list as AWS prints it. */
  length(count: number, shown: string, least: number, most: number, path: string): void {
    if (count < least) this.#fail(shown, path, `have length greater than or equal to ${least}`);
    if (count > most) this.#fail(shown, path, `have length less than or equal to ${most}`);
  }

  /** @throws ServiceError `ValidationException`, if anything was wrong. */
  throwIfBroken(): void {
    const count = this.#errors.length;
    if (count === 0) return;
    throw validationError(
      `${count} validation ${count === 1 ? 'error' : 'errors'} detected: ${this.#errors.join('; ')}`,
    );
  }

  #check(value: string, { most, pattern }: TextRule, path: string): string {
    if (pattern !== undefined && value === '') this.#fail(value, path, 'have length greater than or equal to 1');
    if (value.length > most) this.#fail(value, path, `have length less than or equal to ${most}`);
    if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value)) {
      this.#fail(value, path, `satisfy regular expression pattern: ${pattern}`);
    }
    return value;
  }

  #fail(value: string, path: string, constraint: string): void {
    this.#errors.push(`Value '${value}' at '${path}' failed to satisfy constraint: Member must ${constraint}`);
  }
}

/** `EventBusName` as messages have it: `eventBusName`. */
function memberName(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}
