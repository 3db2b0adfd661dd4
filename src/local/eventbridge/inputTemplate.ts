import { compactExactJson, type JsonNode, parseExactJson } from '../../model/exactJson.ts';

/** What a placeholder stands for; `undefined`: the event has no such value. */
export type ValueOf = (name: string) => JsonNode | undefined;

/**
 * Fills an input template: `<name>` becomes the value as JSON, within a text of the template the value's own text; there
 * objects and arrays lose their quotes. A value that is not there becomes an empty text.
 */
export function fillTemplate(template: string, valueOf: ValueOf): string {
  return piecesOf(template)
    .map((piece) => {
      if ('text' in piece) return piece.text;
      const value = valueOf(piece.name);
      if (!piece.quoted) return value ? compactExactJson(value) : '""';
      if (!value) return '';
      const text = value.kind === 'string' ? value.value : compactExactJson(value).replaceAll('"', '');
      return JSON.stringify(text).slice(1, -1);
    })
    .join('');
}

/** The names that a template has in `<>`. */
export function placeholdersOf(template: string): readonly string[] {
  return piecesOf(template).flatMap((piece) => ('name' in piece ? piece.name : []));
}

/** Whether a template gives JSON: one value, or several of them in lines. */
export function isTemplate(template: string): boolean {
  const sample = fillTemplate(template, () => undefined);
  // Texts hold no line breaks, so that a line that is not JSON is a part of a larger value.
  return parseExactJson(sample) !== undefined || sample.split('\n').every((line) => isBlankOrJson(line));
}

function isBlankOrJson(line: string): boolean {
  return line.trim() === '' || parseExactJson(line) !== undefined;
}

type Piece = { readonly text: string } | { readonly name: string; readonly quoted: boolean };

function piecesOf(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let quoted = false;
  for (const [token] of template.matchAll(/<[\w.-]+>|\\[\s\S]|"|[^<"\\]+|[\s\S]/g)) {
    if (token.length > 2 && token.startsWith('<')) {
      pieces.push({ name: token.slice(1, -1), quoted });
      continue;
    }
    if (token === '"') quoted = !quoted;
    pieces.push({ text: token });
  }
  return pieces;
}
