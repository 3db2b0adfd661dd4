import { ServiceError } from './serviceError.ts';

/** One segment of the names of a form's fields: `Attribute` in `Attribute.1.Name`. */
interface FormNode {
  text?: string;
  readonly children: Map<string, FormNode>;
}

/** The parameters of an action, as a form flattens them: `Attributes.entry.1.key`, `Tags.member.1.Key`, `Attribute.1.Name`. */
export class QueryInput {
  readonly #node: FormNode;

  private constructor(node: FormNode) {
    this.#node = node;
  }

  /** Of a name given twice the last counts. */
  static parse(form: Iterable<readonly [name: string, value: string]>): QueryInput {
    const root: FormNode = { children: new Map() };
    for (const [name, value] of form) {
      let node = root;
      for (const segment of name.split('.')) {
        let child = node.children.get(segment);
        if (!child) {
          child = { children: new Map() };
          node.children.set(segment, child);
        }
        node = child;
      }
      node.text = value;
    }
    return new QueryInput(root);
  }

  text(name: string): string | undefined {
    return this.#find(name)?.text;
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

  /** The structure `NAME.…`; `undefined` when the form has nothing of it. */
  structure(name: string): QueryInput | undefined {
    const node = this.#find(name);
    return node && node.children.size > 0 ? new QueryInput(node) : undefined;
  }

  /** The structures `NAME.member.1.…`, `NAME.member.2.…`. `item` may be another word than `member`. */
  inputs(name: string, item = 'member'): readonly QueryInput[] {
    return this.flatInputs(`${name}.${item}`);
  }

  /** The map `NAME.entry.1.key`, `NAME.entry.1.value`. */
  textMap(name: string): Readonly<Record<string, string>> {
    const pairs = this.inputs(name, 'entry').map(
      (entry) => [entry.text('key') ?? '', entry.text('value') ?? ''] as const,
    );
    return Object.fromEntries(pairs);
  }

  /** The structures of a flattened list: `NAME.1.…`, `NAME.2.…`; without numbers, `NAME.…`, it is a list of one. */
  flatInputs(name: string): readonly QueryInput[] {
    return this.#items(name, ({ children }) => children.size > 0).map((node) => new QueryInput(node));
  }

  /** The texts of a flattened list: `NAME.1`, `NAME.2`; or one, `NAME`. */
  flatTexts(name: string): readonly string[] {
    return this.#items(name, ({ text }) => text !== undefined).map(({ text = '' }) => text);
  }

  #items(name: string, isItem: (node: FormNode) => boolean): readonly FormNode[] {
    const list = this.#find(name);
    if (!list) return [];
    const first = list.children.get('1');
    if (!first) return isItem(list) ? [list] : [];
    const found: FormNode[] = [];
    for (let node: FormNode | undefined = first; node; node = list.children.get(String(found.length + 1))) {
      found.push(node);
    }
    return found;
  }

  #find(name: string): FormNode | undefined {
    let node: FormNode | undefined = this.#node;
    for (const segment of name.split('.')) node = node?.children.get(segment);
    return node;
  }
}
