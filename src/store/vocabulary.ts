import { isOfLetters, wordsOf } from './searchText.ts';
import type { Statements } from './statements.ts';

/** With more words than these their parts are no longer found by the index, but by looking through the rows. */
const maximumWords = 200_000;
/** So many words are remembered as known. */
const rememberedWords = 50_000;
const maximumKnownLength = 64;

/** The words of letters that the index has: by them parts of words are found. */
export class Vocabulary {
  readonly #statements: Statements;
  readonly #texts = new Set<string>();
  readonly #words = new Set<string>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Adds those of a text. */
  add(text: string): void {
    // Long texts come once; what differs in its digits only has the same words of letters.
    if (text.length <= maximumKnownLength && isKnown(this.#texts, text.replaceAll(/\d+/g, '0'))) return;
    for (const word of wordsOf(text)) {
      if (isOfLetters(word) && !isKnown(this.#words, word)) {
        this.#statements.run('INSERT OR IGNORE INTO vocabulary VALUES (?)', word);
      }
    }
  }

  /** Nothing is taken for known any more: what was added is not there. */
  forget(): void {
    this.#texts.clear();
    this.#words.clear();
  }
}

function isKnown(known: Set<string>, text: string): boolean {
  if (known.has(text)) return true;
  if (known.size >= rememberedWords) known.clear();
  known.add(text);
  return false;
}

/** Words that have the part in them, up to `limit` and one more; `undefined` when there are too many to know all. */
export function wordsWith(
  statements: Statements,
  part: string,
  { atEnd, limit }: { readonly atEnd: boolean; readonly limit: number },
): readonly string[] | undefined {
  if (statements.number('SELECT count(*) FROM (SELECT 1 FROM vocabulary LIMIT ?)', maximumWords + 1) > maximumWords) {
    return undefined;
  }
  const condition = atEnd ? 'substr(word, -length(?1)) = ?1' : 'instr(word, ?1) > 0';
  return statements
    .all(`SELECT word FROM vocabulary WHERE ${condition} LIMIT ?2`, part, limit + 1)
    .map(({ word }) => String(word));
}
