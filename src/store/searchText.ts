import type { InvocationPiece } from '../model/invocation.ts';
import type { BodyRoot, PathStep } from '../model/query/filter.ts';
import { parseErrorPayload } from '../model/stack/errorPayload.ts';
import { searchedBodies } from './bodies.ts';

/** Of longer texts only the beginning is in the index; such documents have two marks and are looked through. Characters. */
const maximumLength = 65_536;
/** More values of a body are not in the index; the first mark. */
const maximumValues = 64;
/** So much of a long value is told apart. */
const maximumValueLength = 128;
/** Deeper values are not in the index; the first mark. */
const maximumDepth = 32;

/** Begins words of our own; a character that no text has there. The index takes it for a letter. */
const mark = '\u{e000}';

/** The word of documents that are not in the index with all their values. */
export const cutWord = `${mark}cut`;
/** The word of documents that are not in the index with all their words. */
export const longWord = `${mark}long`;

/** What a piece is found by. */
export interface SearchDocument {
  /** Its words, as `plainWords` gives them. */
  readonly words: string;
  /** Words of our own for the values of its bodies. */
  readonly values: string;
  /** Texts that have all its words of letters, each once or more often. */
  readonly letters: readonly string[];
}

/** What a piece is found by; `undefined`: nothing. */
export function searchDocument(piece: InvocationPiece, payloadKnown: boolean): SearchDocument | undefined {
  const words: string[] = namesOf(piece);
  const letters = [...words];
  const values = new ValueWords();
  for (const { root, text } of searchedBodies(piece)) {
    if (root === 'payload' && payloadKnown) continue;
    if (text.length > maximumLength) values.tooLong();
    const found = withUnescaped(text.length > maximumLength ? text.slice(0, maximumLength) : text);
    const whole = values.add(root, text);
    // A trace has many words, and who looks for an error looks for its message.
    const errors = root === 'response' && isFailure(piece) ? errorWords(piece, text) : undefined;
    words.push(...(errors ?? found));
    if (errors || !whole || found.length > 1) letters.push(...(errors ?? found));
  }
  if (words.length === 0) return undefined;
  return { words: plainWords(words.join(' ')), values: values.join(), letters: [...letters, ...values.letters] };
}

/** JSON in JSON in JSON: escapes of deeper ones stay. */
const maximumLevels = 3;
const escapes = /\\(?:u([\dA-Fa-f]{4})|([^]))/g;

/**
 * A JSON text, and if it has escapes the same with what they stand for: `a\nb` has the word `b`, and `\u00e9` is é. Once more
 * where that has some again: it may be JSON in a text, and else `\` in it is no escape, so that all of these count.
 */
export function withUnescaped(text: string): readonly string[] {
  const texts = [text];
  for (let last = text; texts.length <= maximumLevels && last.includes('\\'); texts.push(last)) {
    last = last.replaceAll(escapes, (_whole, code: string | undefined, letter: string | undefined) => {
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      return letter === undefined ? '' : (blanks[letter] ?? letter);
    });
  }
  return texts;
}

const blanks: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Names and errors that a piece tells beside its bodies. */
export function namesOf(piece: InvocationPiece): string[] {
  switch (piece.kind) {
    case 'sent':
      return [piece.functionName];
    case 'accepted':
      return [piece.functionName, piece.requestId];
    case 'record': {
      const name = /:function:([^:]+)/.exec(piece.functionArn)?.[1] ?? '';
      const error = piece.responsePayload ? '' : `${piece.errorType ?? ''} ${piece.errorMessage ?? ''}`;
      return [`${name} ${piece.requestId} ${error}`];
    }
    case 'deadLetter':
      return [`${piece.functionName ?? ''} ${piece.requestId} ${piece.errorMessage ?? ''}`];
    case 'raw':
      return [piece.functionName ?? ''];
    case 'notAccepted':
      return [piece.errorName, piece.errorMessage];
    case 'logEvents':
      // Often nothing else tells of the invocation.
      return [
        `${piece.functionName} ${piece.requestId}`,
        ...piece.marks.flatMap((each) => (each.type === 'error' ? [each.errorType, each.errorMessage] : [])),
      ];
    default:
      return [];
  }
}

function isFailure(piece: InvocationPiece): boolean {
  return piece.kind === 'record' ? piece.condition !== 'Success' : 'status' in piece && piece.status !== 'success';
}

function errorWords(piece: InvocationPiece, response: string): readonly string[] {
  if (piece.kind === 'record' && piece.errorMessage !== undefined) return [piece.errorType ?? '', piece.errorMessage];
  const { type, message } = parseErrorPayload(response);
  return [type, message.slice(0, maximumLength)];
}

/** Words as the index knows them: letters and digits, in lower case, with anything else between them. */
export function plainWords(text: string): string {
  const lower = text.toLowerCase();
  // What is plain ASCII the index takes apart itself.
  return /^[\u0001-\u007f]*$/.test(lower) ? lower : lower.replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, ' ');
}

/** The words of a text, as the index has them. */
export function wordsOf(text: string): readonly string[] {
  return plainWords(text)
    .split(/[\0-/:-@[-`{-\u007f]+/)
    .filter((word) => word !== '');
}

/** Whether parts of the word are found, not its beginning only. */
export function isOfLetters(word: string): boolean {
  return word.length >= 2 && word.length <= 32 && !/\p{N}/u.test(word);
}

/** The index's words for a value at a place. `undefined`: it has none that can be told. */
export function valueWords(root: BodyRoot, path: readonly PathStep[], value: string): readonly string[] | undefined {
  let hashes = [hashText(root, seed)];
  for (const step of path) {
    // The index knows items by no number, but keys by their name.
    if (step === true || (typeof step === 'string' && unindexed.has(step))) return undefined;
    const item = step === null || /^\d+$/.test(String(step));
    const key = step !== null;
    hashes = hashes.flatMap((hash) => [
      ...(item ? [hashText(itemStep, hash)] : []),
      ...(key ? [hashText(`.${step}`, hash)] : []),
    ]);
    if (hashes.length > 16) return undefined;
  }
  return hashes.map((hash) => wordOf(hash, normalValue(value)));
}

/** Long, and nobody asks for a line by its place. */
const unindexed: ReadonlySet<string> = new Set(['trace', 'stackTrace']);

const seed = 0x811c9dc5;
const itemStep = '[]';

/** FNV-1a over UTF-16 units: values that differ may have the same, so what is found is looked at again. */
function hashText(text: string, from: number): number {
  let hash = from;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

function wordOf(hash: number, value: string): string {
  return mark + (hashText(value, hashText('=', hash)) >>> 0).toString(36);
}

/** Numbers that are equal as doubles are one, and the same as the text that says them. */
function normalValue(text: string): string {
  const code = text.charCodeAt(0);
  if ((code >= 48 && code <= 57) || code === 45) {
    const number = Number(text);
    if (!Number.isNaN(number)) return String(number === 0 ? 0 : number).toLowerCase();
  }
  return text.slice(0, maximumValueLength).toLowerCase();
}

/** Collects a word for each value of bodies. */
class ValueWords {
  readonly #words: string[] = [];
  /** Keys and texts on the way. */
  readonly letters: string[] = [];
  cut = false;

  /** Neither all words nor all values of a text are there. */
  tooLong(): void {
    this.cut = true;
    this.#words.push(longWord);
  }

  /** `false`: not everything in it was met. */
  add(root: BodyRoot, text: string): boolean {
    if (text.length > maximumLength) return false;
    const before = this.cut;
    this.cut = false;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.cut = before;
      return false;
    }
    this.#walk(value, hashText(root, seed), 0);
    const whole = !this.cut;
    this.cut ||= before;
    return whole;
  }

  join(): string {
    if (this.cut) this.#words.push(cutWord);
    return this.#words.join(' ');
  }

  #walk(value: unknown, hash: number, depth: number): void {
    if (this.#words.length >= maximumValues || depth > maximumDepth) {
      this.cut = true;
    } else if (typeof value !== 'object' || value === null) {
      if (typeof value === 'string') this.letters.push(value);
      this.#words.push(wordOf(hash, normalValue(String(value))));
    } else if (Array.isArray(value)) {
      const items = hashText(itemStep, hash);
      for (const item of value) this.#walk(item, items, depth + 1);
    } else {
      for (const key of Object.keys(value)) {
        this.letters.push(key);
        if (!unindexed.has(key))
          this.#walk((value as Record<string, unknown>)[key], hashText(`.${key}`, hash), depth + 1);
      }
    }
  }
}
