/**
 * A JSON value that keeps what `JSON.parse` loses: numbers as they were written (`1.0`, `9007199254740993`, `1e400`),
 * the order of keys, and keys that occur twice.
 */
export type JsonNode =
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: string, value: JsonNode])[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly value: string }
  /** `text` is a number, `true`, `false` or `null`, exactly as written. */
  | { readonly kind: 'number' | 'boolean' | 'null'; readonly text: string };

/** Deeper than this is taken as not JSON: the page and the formatter recurse. */
const maximumDepth = 500;

/** Parses JSON text (RFC 8259); `undefined` when it is not JSON or nests deeper than 500 levels. */
export function parseExactJson(text: string): JsonNode | undefined {
  const reader = new Reader(text);
  try {
    const node = reader.value(0);
    return reader.atEnd() ? node : undefined;
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

/** Writes a node over several lines, two spaces a level; numbers are as they were. */
export function formatExactJson(node: JsonNode): string {
  const parts: string[] = [];
  write(node, '\n', parts);
  return parts.join('');
}

/** Writes a node without any blanks; numbers are as they were. */
export function compactExactJson(node: JsonNode): string {
  switch (node.kind) {
    case 'object':
      return `{${node.entries.map(([key, value]) => `${JSON.stringify(key)}:${compactExactJson(value)}`).join(',')}}`;
    case 'array':
      return `[${node.items.map(compactExactJson).join(',')}]`;
    case 'string':
      return JSON.stringify(node.value);
    default:
      return node.text;
  }
}

class NotJson extends Error {}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const stringPattern = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const spacePattern = /[ \t\n\r]*/y;
const literals = { true: 'boolean', false: 'boolean', null: 'null' } as const;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipSpace();
  }

  atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  value(depth: number): JsonNode {
    if (depth > maximumDepth) throw new NotJson();
    switch (this.#text[this.#at] ?? '') {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return { kind: 'string', value: this.#string() };
    }
    for (const [literal, kind] of Object.entries(literals)) {
      if (this.#text.startsWith(literal, this.#at)) {
        this.#advance(literal.length);
        return { kind, text: literal };
      }
    }
    return { kind: 'number', text: this.#match(numberPattern) };
  }

  #object(depth: number): JsonNode {
    const entries: [string, JsonNode][] = [];
    this.#advance(1);
    if (this.#take('}')) return { kind: 'object', entries };
    do {
      const key = this.#string();
      this.#expect(':');
      entries.push([key, this.value(depth + 1)]);
    } while (this.#take(','));
    this.#expect('}');
    return { kind: 'object', entries };
  }

  #array(depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.#advance(1);
    if (this.#take(']')) return { kind: 'array', items };
    do items.push(this.value(depth + 1));
    while (this.#take(','));
    this.#expect(']');
    return { kind: 'array', items };
  }

  #string(): string {
    return JSON.parse(this.#match(stringPattern)) as string;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw new NotJson();
    this.#advance(found.length);
    return found;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#advance(1);
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw new NotJson();
  }

  #advance(length: number): void {
    this.#at += length;
    this.#skipSpace();
  }

  #skipSpace(): void {
    spacePattern.lastIndex = this.#at;
    this.#at += spacePattern.exec(this.#text)?.[0].length ?? 0;
  }
}

function write(node: JsonNode, newline: string, parts: string[]): void {
  const inner = `${newline}  `;
  switch (node.kind) {
    case 'object':
      if (node.entries.length === 0) parts.push('{}');
      node.entries.forEach(([key, value], index) => {
        parts.push(index === 0 ? '{' : ',', inner, JSON.stringify(key), ': ');
        write(value, inner, parts);
      });
      if (node.entries.length > 0) parts.push(newline, '}');
      return;
    case 'array':
      if (node.items.length === 0) parts.push('[]');
      node.items.forEach((item, index) => {
        parts.push(index === 0 ? '[' : ',', inner);
        write(item, inner, parts);
      });
      if (node.items.length > 0) parts.push(newline, ']');
      return;
    case 'string':
      parts.push(JSON.stringify(node.value));
      return;
    default:
      parts.push(node.text);
  }
}
