import type { InvocationQuery } from './invocationStore.ts';
import type { RowSearch } from './rowSearch.ts';

/** So many searches' results are kept at hand. */
const kept = 6;

/** What a search found up to now; it goes on when more is wanted. */
export interface RowResults {
  readonly ids: number[];
  readonly search: RowSearch;
}

/** Results of searches, as long as nothing changes: lists ask for one window after another. */
export class RowResultsCache {
  readonly #results = new Map<string, RowResults>();
  #stamp = '';

  /** The results of the query; `stamp` is another one after every change. */
  of(query: InvocationQuery, stamp: string, search: () => RowSearch): RowResults {
    if (stamp !== this.#stamp) this.#results.clear();
    this.#stamp = stamp;
    const key = JSON.stringify(query);
    const known = this.#results.get(key);
    const results = known ?? { ids: [], search: search() };
    this.#results.delete(key);
    this.#results.set(key, results);
    for (const oldest of this.#results.keys()) {
      if (this.#results.size <= kept) break;
      this.#results.delete(oldest);
    }
    return results;
  }
}
