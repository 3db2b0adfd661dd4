import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node, type YAMLError } from 'yaml';
import type { TemplateLocation } from './declarations.ts';
import { LineIndex } from './lineIndex.ts';
import type { MapEntry, MapNode, Report, TemplateNode } from './templateNode.ts';

/** More than this is no template but an attack with aliases. */
const maximumNodes = 1_000_000;
const maximumDepth = 200;

/** Reads a YAML template; `undefined` when it does not parse (reported) or is empty. The first error is reported, in words for people. */
export function parseYaml(file: string, text: string, report: Report): TemplateNode | undefined {
  const lines = new LineIndex(file, text);
  // The library compares every key of a mapping with every other; the converter looks for those that are there twice.
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error', uniqueKeys: false });
  // What follows the first error follows from it.
  const [error] = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (error) report('error', lines.range(...error.pos), `Not valid YAML: ${inWords(error)}`);
  if (error || !document.contents) return undefined;
  const converter = new Converter(document, lines, report);
  const root = converter.convert(document.contents, 0);
  return converter.repeatsKey ? undefined : root;
}

class Converter {
  readonly #document: Document;
  readonly #lines: LineIndex;
  readonly #report: Report;
  readonly #aliased = new Map<Node, TemplateNode>();
  #nodes = 0;
  /** A mapping has a key twice (reported): not YAML. */
  repeatsKey = false;

  constructor(document: Document, lines: LineIndex, report: Report) {
    this.#document = document;
    this.#lines = lines;
    this.#report = report;
  }

  convert(node: Node | null, depth: number): TemplateNode {
    if (!node) return { kind: 'scalar', value: null, text: '', location: this.#lines.range(0, 0) };
    const location = this.#locationOf(node);
    if (++this.#nodes > maximumNodes || depth > maximumDepth) {
      if (this.#nodes <= maximumNodes + 1) this.#report('error', location, 'This template is too large or too deep.');
      return { kind: 'unresolved', location };
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target) return this.#shared(target, depth + 1);
      this.#report('error', location, `Nothing is anchored as &${node.source}.`);
      return { kind: 'unresolved', location };
    }
    return tagged(node.tag, this.#untagged(node, location, depth));
  }

  /** What is aliased is converted once, however often it is named. */
  #shared(target: Node, depth: number): TemplateNode {
    const known = this.#aliased.get(target);
    if (known) return known;
    const converted = this.convert(target, depth);
    this.#aliased.set(target, converted);
    return converted;
  }

  #untagged(node: Node, location: TemplateLocation, depth: number): TemplateNode {
    if (isSeq(node)) {
      return { kind: 'list', items: node.items.map((item) => this.convert(item as Node | null, depth + 1)), location };
    }
    if (isMap(node)) {
      const own = new Map<string, MapEntry>();
      const merged = new Map<string, MapEntry>();
      for (const pair of node.items) {
        const key = pair.key as Node;
        const name = isScalar(key) ? (key.source ?? String(key.value)) : String(key);
        const keyLocation = this.#locationOf(key);
        const value: TemplateNode = pair.value
          ? this.convert(pair.value as Node, depth + 1)
          : { kind: 'scalar', value: null, text: '', location: keyLocation };
        if (own.has(name)) this.#repeated(keyLocation);
        if (name !== '<<') own.set(name, { location: keyLocation, value });
        else if (value.kind === 'map') for (const [inner, entry] of value.entries) merged.set(inner, entry);
      }
      return { kind: 'map', entries: new Map([...merged, ...own]), location };
    }
    if (!isScalar(node)) return { kind: 'unresolved', location };
    const { value } = node;
    const text = typeof value === 'string' ? value : (node.source ?? String(value));
    const plain = typeof value === 'number' || typeof value === 'boolean' || value === null ? value : text;
    return { kind: 'scalar', value: plain, text, location };
  }

  #repeated(location: TemplateLocation): void {
    const what = 'this key is there twice in one mapping. Keep one of them.';
    if (!this.repeatsKey) this.#report('error', location, `Not valid YAML: ${what}`);
    this.repeatsKey = true;
  }

  #locationOf(node: Node): TemplateLocation {
    const [start = 0, end = 0] = node.range ?? [];
    return this.#lines.range(start, end);
  }
}

/** `!Sub x` as `{ Fn::Sub: x }`; YAML's own tags (`!!str`) change nothing. */
function tagged(tag: string | undefined, node: TemplateNode): TemplateNode {
  const short = tag === undefined ? undefined : /^!([A-Za-z]\w*)$/.exec(tag)?.[1];
  if (short === undefined) return node;
  const name = short === 'Ref' || short === 'Condition' ? short : `Fn::${short}`;
  const { location } = node;
  const entries = new Map([[name, { location, value: node }]]);
  return { kind: 'map', entries, location } satisfies MapNode;
}

function inWords({ code, message }: YAMLError): string {
  if (code === 'TAB_AS_INDENT') return 'a tab indents this line. YAML is indented with spaces.';
  if (code === 'BLOCK_AS_IMPLICIT_KEY') {
    return 'a second “: ” in one line. Put quotes around the value, or start a new line.';
  }
  if (code === 'RESOURCE_EXHAUSTION') return 'this is nested too deeply.';
  if (code === 'MULTIPLE_DOCS') return 'a second document (---) begins here. A template is a single one.';
  if (message.startsWith('Flow map')) return 'a { that was opened before this place is not closed with a }.';
  if (message.startsWith('Flow sequence')) return 'a [ that was opened before this place is not closed with a ].';
  if (message.startsWith('Missing closing')) return 'a quote that was opened before this place is not closed.';
  if (message.startsWith('All mapping items')) {
    return 'this line is indented by another number of spaces than the lines it belongs to.';
  }
  if (message.startsWith('Implicit map keys')) return 'this line has no “:” after its key.';
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}.`;
}
