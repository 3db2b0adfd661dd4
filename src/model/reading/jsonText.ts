import type { TextSpan } from '../invocation.ts';

/** An object as `JSON.parse` gives it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that a text is; `undefined` where it is none, or not JSON. Any depth: V8 parses without recursion. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is an object and no array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of an object's own. */
export function member(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A text that is a member. */
export function textMember(object: JsonObject, key: string): string | undefined {
  const value = member(object, key);
  return typeof value === 'string' ? value : undefined;
}

/**
 * Where the values of an object's members stand in its text: all that is between colon and comma, blanks included. Of a key
 * that is there twice the last, as `JSON.parse`. `text` has to be JSON.
 */
export function memberSpans(text: string): ReadonlyMap<string, TextSpan> {
  const spans = new Map<string, TextSpan>();
  let at = text.indexOf('{') + 1;
  for (;;) {
    const keyStart = text.indexOf('"', at);
    if (keyStart < 0) return spans;
    const keyEnd = stringEnd(text, keyStart);
    const colon = text.indexOf(':', keyEnd);
    if (colon < 0) return spans;
    const start = colon + 1;
    const end = memberEnd(text, start);
    spans.set(keyText(text.slice(keyStart, keyEnd)), [start, end]);
    if (text[end] !== ',') return spans;
    at = end + 1;
  }
}

/** A span without the blanks around the value. */
export function withoutBlanks(text: string, [from, to]: TextSpan): TextSpan {
  let [start, end] = [from, to];
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return [start, end];
}

/** The end of the object that begins at `start`, by its braces and quotes only; `undefined` where it has none. */
export function objectEnd(text: string, start: number): number | undefined {
  // What follows the opening brace ends at its closing one, or at a comma on the way.
  let at = start + 1;
  for (;;) {
    at = memberEnd(text, at);
    if (at >= text.length) return undefined;
    if (text[at] !== ',') return at + 1;
    at++;
  }
}

/** Up to the comma or bracket that ends a member, outside of strings. */
function memberEnd(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = stringEnd(text, at);
        continue;
      case 0x7b: // {
      case 0x5b: // [
        depth++;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (depth === 0) return at;
        depth--;
        break;
      case 0x2c: // ,
        if (depth === 0) return at;
        break;
    }
    at++;
  }
  return at;
}

/** After the quote that ends the string. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let backslashes = 0;
    while (quote - backslashes - 1 > start && text.charCodeAt(quote - backslashes - 1) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function keyText(quoted: string): string {
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
