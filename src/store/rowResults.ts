import type { InvocationQuery } from './invocationStore.ts';
import type { RowSearch } from './rowSearch.ts';

/** So many searches' results are kept at hand. */
const kept = 6;

/** What a search found up to now; it goes on when more is wanted. */
export interface RowResults {
  readonly ids: number[];
  readonly search: RowSearch;
  /** What was known before something changed, and was not met again yet: else lists would get short with every change. */
  readonly before: readonly number[];
  /** How often somebody asked for more. */
  asked: number;
}

/** All that is known: what was found, then what was known before. */
export function knownIds({ ids, search, before }: RowResults): readonly number[] {
  if (search.done || before.length === 0) return ids;
  const found = new Set(ids);
  return [...ids, ...before.filter((id) => !found.has(id))];
}

/** Results of searches, as long as nothing changes: lists ask for one window after another. */
export class RowResultsCache {
  readonly #results = new Map<string, RowResults>();
  #before: ReadonlyMap<string, readonly number[]> = new Map();
  #stamp = '';

  /** The results of the query; `stamp` is another one after every change. */
  of(query: InvocationQuery, stamp: string, search: () => RowSearch): RowResults {
    if (stamp !== this.#stamp) {
      this.#before = new Map([...this.#results].map(([key, results]) => [key, knownIds(results)]));
      this.#results.clear();
    }
    this.#stamp = stamp;
    const key = JSON.stringify(query);
    const known = this.#results.get(key);
    const results = known ?? { ids: [], search: search(), before: this.#before.get(key) ?? [], asked: 0 };
    this.#results.delete(key);
    this.#results.set(key, results);
    for (const oldest of this.#results.keys()) {
      if (this.#results.size <= kept) break;
      this.#results.delete(oldest);
    }
    return results;
  }
}
