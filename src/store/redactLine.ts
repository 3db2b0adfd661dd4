import { objectEnd } from '../model/reading/jsonText.ts';
import { redactedValue } from '../model/replay.ts';
import { isNamed, mayHold, mayName, redactJson, type InText, type RedactionRule } from './redactText.ts';

/** JSON in a text in JSON, and so on: deeper ones stay. */
const maximumLevels = 5;
/** So many braces and brackets of a line are tried as the beginning of JSON. */
const maximumCandidates = 64;

/** A payload, response or record with what the rules name replaced: JSON, or any text. */
export function redactBody(text: string, rules: readonly RedactionRule[], level = 0): string {
  const inText = (inner: string): string => redactInner(inner, rules, level);
  return redactJson(text, rules, inText) ?? redactJsonText(text, inText) ?? redactLine(text, rules, level);
}

/** A JSON text that is a text and nothing else. */
function redactJsonText(text: string, inText: InText): string | undefined {
  if (!/^\s*"/.test(text)) return undefined;
  try {
    const inner: unknown = JSON.parse(text);
    if (typeof inner !== 'string') return undefined;
    const redacted = inText(inner);
    return redacted === inner ? text : JSON.stringify(redacted);
  } catch {
    return undefined;
  }
}

/**
 * A line of text with the values of `key=value`, `key: value`, `"key":"value"` and the like replaced, whatever quotes and
 * escapes there are; JSON in it is taken for that.
 */
export function redactLine(text: string, rules: readonly RedactionRule[], level = 0): string {
  if (!mayHold(text, rules)) return text;
  const parts: string[] = [];
  let from = 0;
  let start = nextBracket(text, 0);
  for (let tried = 0; start !== -1 && tried < maximumCandidates; tried++) {
    const end = objectEnd(text, start);
    if (isValueOfNamed(text.slice(from, start), rules)) {
      // It is replaced as a whole.
      start = nextBracket(text, end ?? text.length);
      continue;
    }
    if (end === undefined || !isJson(text.slice(start, end))) {
      start = nextBracket(text, start + 1);
      continue;
    }
    const json = redactJson(text.slice(start, end), rules, (inner) => redactInner(inner, rules, level));
    // Too deep: the parts are, too, or not worth the time.
    if (json === undefined) break;
    parts.push(redactPlain(text.slice(from, start), rules), json);
    from = end;
    start = nextBracket(text, end);
  }
  return parts.join('') + redactPlain(text.slice(from), rules);
}

function redactInner(text: string, rules: readonly RedactionRule[], level: number): string {
  return level < maximumLevels ? redactBody(text, rules, level + 1) : text;
}

/** Known before its texts are looked into: what fails late would be looked into again and again. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function nextBracket(text: string, from: number): number {
  const [brace, bracket] = [text.indexOf('{', from), text.indexOf('[', from)];
  return brace === -1 || bracket === -1 ? Math.max(brace, bracket) : Math.min(brace, bracket);
}

/** A key in quotes (which may be escaped) or without, and what stands between it and its value. */
const keyPattern =
  /(?:(\\{0,16}["'`])([^"'`\\\n]{1,64})\1|(?<![\p{L}\p{N}_$-])([\p{L}\p{N}_$-]{1,64}))[ \t]{0,8}(?:=>|[=:])[ \t]{0,8}/gu;
const schemePattern = /(?:bearer|basic|digest|negotiate|token|apikey)[ \t]+(?=\S)|aws4-hmac-sha256[ \t][^\n]*/iy;
const barePattern = /[^\s,;&"'`{}[\]\\]+/y;
const openingPattern = /\\{0,16}["'`]/y;

function isValueOfNamed(before: string, rules: readonly RedactionRule[]): boolean {
  const tail = before.slice(-100);
  return [...tail.matchAll(keyPattern)].some(
    ({ 0: whole, 2: quoted, 3: bare, index }) =>
      index + whole.length === tail.length && isNamed(quoted ?? bare ?? '', rules),
  );
}

function redactPlain(text: string, rules: readonly RedactionRule[]): string {
  if (!mayName(text, rules)) return text;
  const parts: string[] = [];
  let from = 0;
  keyPattern.lastIndex = 0;
  for (;;) {
    const found = keyPattern.exec(text);
    if (!found) break;
    const [whole, , quoted, bare] = found;
    const start = found.index + whole.length;
    if (!isNamed(quoted ?? bare ?? '', rules)) continue;
    const { end, quote } = valueAt(text, start);
    if (end <= start) continue;
    parts.push(text.slice(from, start), quote, redactedValue, quote);
    from = end;
    keyPattern.lastIndex = end;
  }
  return parts.join('') + text.slice(from);
}

/** Where the value that begins there ends, and the quotes for what is put in its place. What was cut off ends with the text. */
function valueAt(text: string, start: number): { readonly end: number; readonly quote: string } {
  const quote = '"';
  if (text[start] === '{' || text[start] === '[') return { end: objectEnd(text, start) ?? text.length, quote };
  const opening = matchAt(openingPattern, text, start);
  if (opening.length > 1) {
    const close = text.indexOf(opening, start + opening.length);
    return { end: close === -1 ? text.length : close + opening.length, quote: opening };
  }
  if (opening !== '') {
    let end = start + 1;
    while (end < text.length && text[end] !== opening) end += text[end] === '\\' ? 2 : 1;
    return { end: Math.min(text.length, end + 1), quote };
  }
  const at = start + matchAt(schemePattern, text, start).length;
  return { end: at + matchAt(barePattern, text, at).length, quote };
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
