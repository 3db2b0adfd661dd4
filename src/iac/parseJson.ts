import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { LineIndex } from './lineIndex.ts';
import type { MapEntry, Report, TemplateNode } from './templateNode.ts';

/** Reads a JSON template; `undefined` when it does not parse (reported) or is empty. */
export function parseJson(file: string, text: string, report: Report): TemplateNode | undefined {
  const lines = new LineIndex(file, text);
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (text.trim() === '') return undefined;
  // What follows the first error follows from it.
  const [first] = errors;
  if (first) {
    const place = lines.range(first.offset, first.offset + first.length);
    report('error', place, `Not valid JSON: ${inWords(printParseErrorCode(first.error))}`);
  }
  return first || !tree ? undefined : convert(tree, text, lines);
}

function convert(node: Node, text: string, lines: LineIndex): TemplateNode {
  const location = lines.range(node.offset, node.offset + node.length);
  if (node.type === 'array') {
    return { kind: 'list', items: (node.children ?? []).map((item) => convert(item, text, lines)), location };
  }
  if (node.type === 'object') {
    const entries = new Map<string, MapEntry>();
    for (const { children: [key, value] = [] } of node.children ?? []) {
      if (!key || !value) continue;
      const keyLocation = lines.range(key.offset, key.offset + key.length);
      entries.set(String(key.value), { location: keyLocation, value: convert(value, text, lines) });
    }
    return { kind: 'map', entries, location };
  }
  const value = node.value as string | number | boolean | null;
  const written = typeof value === 'string' ? value : text.slice(node.offset, node.offset + node.length);
  return { kind: 'scalar', value, text: written, location };
}

const words: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this word means nothing in JSON. Texts stand in double quotes.',
  InvalidNumberFormat: 'this is not a number.',
  PropertyNameExpected: 'a key in double quotes is missing here.',
  ValueExpected: 'a value is missing here.',
  ColonExpected: 'a : is missing here.',
  CommaExpected: 'a , is missing here.',
  CloseBraceExpected: 'a { is not closed with a }.',
  CloseBracketExpected: 'a [ is not closed with a ].',
  EndOfFileExpected: 'the template has ended, yet something follows.',
  InvalidCommentToken: 'JSON has no comments.',
  UnexpectedEndOfString: 'a text is not closed with a double quote.',
};

function inWords(code: string): string {
  return words[code] ?? `${code}.`;
}
