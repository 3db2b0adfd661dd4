import type { BodyComparison, BodyTerm, FilterTerm, TextTerm } from '../model/query/filter.ts';
import { cutWord, isOfLetters, longWord, valueWords, wordsOf } from './searchText.ts';
import type { Statements } from './statements.ts';
import { wordsWith } from './vocabulary.ts';

/** With more words than these that have a part, rows are looked through instead: there are many, so some are found soon. */
const maximumAlternatives = 200;

/** So many words are asked of the index, each of which may have to look through the vocabulary; others are looked for in what is left. */
const maximumIndexed = 8;

/** What a query asks of texts. */
export interface TextConditions {
  /** Full-text queries: a row has a document for each of them. None: the index does not help. */
  readonly postings: readonly string[];
  /** What has to be looked at in each row that is left. */
  readonly verify: readonly OnText[];
  /** What has to be looked at where the index is not asked. */
  readonly all: readonly OnText[];
}

/** A term that is about a row's texts. */
export type OnText = TextTerm | BodyTerm | BodyComparison;

/** Turns terms on texts into what the index is asked, and what has to be looked at. */
export function textConditions(statements: Statements, terms: readonly FilterTerm[]): TextConditions {
  const postings: string[] = [];
  const verify: OnText[] = [];
  const all: OnText[] = [];
  let texts = 0;
  for (const term of terms) {
    if (term.kind !== 'text' && term.kind !== 'body' && term.kind !== 'bodyComparison') continue;
    all.push(term);
    if (term.negated || (term.kind === 'text' && ++texts > maximumIndexed)) {
      verify.push(term);
      continue;
    }
    const found = term.kind === 'text' ? textPostings(statements, term) : bodyPostings(term);
    postings.push(...found.postings);
    if (found.verify) verify.push(term);
  }
  return { postings, verify, all };
}

/** Words that must all be found; where each is, does not matter. */
export function textTerms(text: string | undefined): readonly TextTerm[] {
  const words = (text ?? '').split(/\s+/).filter((word) => word !== '');
  return [...new Set(words)].slice(0, 16).map((word) => ({ kind: 'text', negated: false, text: word }));
}

interface Postings {
  readonly postings: readonly string[];
  readonly verify: boolean;
}

function textPostings(statements: Statements, { text }: TextTerm): Postings {
  const words = wordsOf(text);
  const [only] = words;
  if (only === undefined) return { postings: [], verify: true };
  if (words.length === 1 && only.length === text.length) {
    const query = partQuery(statements, only, { begins: false, ends: false });
    if (query === undefined) return { postings: [], verify: true };
    // Most stores have no text that is too long for the index: then what it gives is right.
    const long = statements.number('SELECT 1 FROM words WHERE words MATCH ? LIMIT 1', exactly(longWord)) === 1;
    return { postings: [long ? `${query} OR ${exactly(longWord)}` : query], verify: long };
  }
  // Between two others a word is whole; at an end it may be the part of one.
  const postings = words.flatMap((word, index) => {
    const begins = index > 0 || !/^[\p{L}\p{N}\p{M}]/u.test(text);
    const ends = index < words.length - 1 || !/[\p{L}\p{N}\p{M}]$/u.test(text);
    return partQuery(statements, word, { begins, ends }) ?? [];
  });
  return { postings: postings.map((query) => `${query} OR ${exactly(longWord)}`), verify: true };
}

/** Documents with a word that the part is in; `begins`, `ends`: it is the word's beginning, its end, both: the word. */
function partQuery(
  statements: Statements,
  part: string,
  { begins, ends }: { readonly begins: boolean; readonly ends: boolean },
): string | undefined {
  if (begins && ends) return exactly(part);
  if (!isOfLetters(part) && !/^\p{L}$/u.test(part))
    return ends || part.length < 3 ? exactly(part) : `${exactly(part)} *`;
  const words = wordsWith(statements, part, { atEnd: ends, limit: maximumAlternatives });
  if (!words || words.length > maximumAlternatives) return undefined;
  const found = begins ? words.filter((word) => word.startsWith(part)) : words;
  // Words with digits are in no list; they are found by their beginning.
  const numbered = ends ? [] : Array.from({ length: 10 }, (_, digit) => `${exactly(`${part}${digit}`)} *`);
  return [...new Set([part, ...found])].map(exactly).concat(numbered).join(' OR ');
}

function bodyPostings(term: BodyTerm | BodyComparison): Postings {
  const { root, path } = term;
  if (term.kind === 'body') {
    const words = term.values.map(({ pattern }) =>
      pattern.length === 1 ? valueWords(root, path, pattern[0]) : undefined,
    );
    if (words.every((each) => each !== undefined)) {
      return { postings: [[...words.flat(), cutWord].map(exactly).join(' OR ')], verify: true };
    }
  }
  // Keys of failures are not in the index.
  if (root === 'response') return { postings: [], verify: true };
  const keys = path.flatMap((step) => (typeof step === 'string' ? wordsOf(step) : []));
  return { postings: keys.map((word) => `${exactly(word)} OR ${exactly(longWord)}`), verify: true };
}

function exactly(word: string): string {
  return `"${word}"`;
}
