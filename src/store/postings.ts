import { piecesPerRow } from './rowState.ts';
import type { Statements } from './statements.ts';

/** So many documents are asked for at once. */
const batchSize = 500;

/** The rows that have a document for a full-text query, newest first. */
class PostingList {
  readonly #statements: Statements;
  readonly #query: string;
  #ids: readonly number[] = [];
  #at = 0;
  /** Documents below this one were not asked for yet. */
  #below = Number.MAX_SAFE_INTEGER;
  #ended = false;

  constructor(statements: Statements, query: string) {
    this.#statements = statements;
    this.#query = query;
  }

  /** The newest row that is no newer than the given one; `undefined`: there is none. */
  seek(id: number): number | undefined {
    for (;;) {
      for (; this.#at < this.#ids.length; this.#at++) {
        const found = this.#ids[this.#at] ?? 0;
        if (found <= id) return found;
      }
      if (this.#ended) return undefined;
      this.#below = Math.min(this.#below, (id + 1) * piecesPerRow);
      const rows = this.#statements.all(
        'SELECT rowid AS id FROM words WHERE words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?',
        this.#query,
        this.#below,
        batchSize,
      );
      this.#ended = rows.length < batchSize;
      this.#below = Number(rows.at(-1)?.['id'] ?? 0);
      this.#ids = rows.map((row) => Math.floor(Number(row['id']) / piecesPerRow));
      this.#at = 0;
    }
  }
}

/** The rows that have a document for each of several full-text queries, newest first. */
export class Postings {
  readonly #lists: readonly PostingList[];
  #next: number | undefined;

  constructor(statements: Statements, queries: readonly string[], maxId: number) {
    this.#lists = queries.map((query) => new PostingList(statements, query));
    this.#next = maxId;
  }

  /** Some more of them, until the time is up; `undefined`: there are no more. */
  take(limit: number, ended: () => boolean): readonly number[] | undefined {
    if (this.#next === undefined) return undefined;
    const found: number[] = [];
    let id: number | undefined = this.#next;
    while (found.length < limit && !ended()) {
      let all = true;
      for (const list of this.#lists) {
        const next: number | undefined = list.seek(id);
        if (next === undefined) {
          this.#next = undefined;
          return found;
        }
        if (next !== id) all = false;
        id = next;
      }
      if (!all) continue;
      found.push(id);
      id--;
    }
    this.#next = id;
    return found;
  }
}
