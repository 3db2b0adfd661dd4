import { ServiceError } from './serviceError.ts';

/** The parameters of an action, as a form flattens them: `Attributes.entry.1.key`, `Tags.member.1.Key`. */
export class QueryInput {
  readonly #form: ReadonlyMap<string, string>;
  readonly #prefix: string;

  constructor(form: Iterable<readonly [string, string]>, prefix = '') {
    this.#form = new Map(form);
    this.#prefix = prefix;
  }

  text(name: string): string | undefined {
    return this.#form.get(this.#prefix + name);
  }

  /** @throws ServiceError `InvalidParameter` when absent, in SNS's words. */
  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined) return value;
    throw new ServiceError({
      type: 'InvalidParameter',
      message: `Invalid parameter: ${name} Reason: no value for required parameter`,
    });
  }

  /** The structures `NAME.member.1.…`, `NAME.member.2.…`. `item` may be another word than `member`. */
  inputs(name: string, item = 'member'): readonly QueryInput[] {
    const found: QueryInput[] = [];
    for (let index = 1; ; index += 1) {
      const prefix = `${this.#prefix}${name}.${item}.${index}`;
      if (!this.#has(prefix)) return found;
      found.push(new QueryInput(this.#form, `${prefix}.`));
    }
  }

  /** The map `NAME.entry.1.key`, `NAME.entry.1.value`. */
  textMap(name: string): Readonly<Record<string, string>> {
    const pairs = this.inputs(name, 'entry').map(
      (entry) => [entry.text('key') ?? '', entry.text('value') ?? ''] as const,
    );
    return Object.fromEntries(pairs);
  }

  #has(prefix: string): boolean {
    for (const key of this.#form.keys()) if (key.startsWith(`${prefix}.`)) return true;
    return false;
  }
}
