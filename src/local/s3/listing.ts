import { afterAllOf, compareKeys, justAfter } from './keyOrder.ts';
import type { ObjectTable, StoredObject } from './objectTable.ts';

/** What to list. */
export interface ListingQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** `''`: none. */
  readonly delimiter: string;
  /** The first key that may be listed. */
  readonly from: string;
  readonly maxKeys: number;
}

/** One page. */
export interface Listing {
  readonly objects: readonly StoredObject[];
  /** What keys have in common up to the delimiter after the prefix; each counts as one of the page. */
  readonly commonPrefixes: readonly string[];
  /** Where the next page begins; absent after the last. */
  readonly next?: string;
  /** The last key or common prefix of the page. */
  readonly last?: string;
}

/** One page of a bucket's objects (S3 user guide, "Organizing objects using prefixes"). */
export function listObjects(table: ObjectTable, query: ListingQuery): Listing {
  const { bucket, prefix, delimiter, maxKeys } = query;
  if (maxKeys === 0) return { objects: [], commonPrefixes: [] };
  const before = prefix === '' ? undefined : afterAllOf(prefix);
  const objects: StoredObject[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  let from: string | undefined = compareKeys(query.from, prefix) > 0 ? query.from : prefix;
  while (from !== undefined) {
    const limit = delimiter === '' ? maxKeys - objects.length + 1 : 100;
    const rows: readonly StoredObject[] = table.list(bucket, from, before, limit);
    for (const row of rows) {
      // Rolled up already.
      if (from === undefined || compareKeys(row.key, from) < 0) continue;
      const common = commonPrefixOf(row.key, prefix, delimiter);
      if (objects.length + commonPrefixes.length === maxKeys) {
        return { objects, commonPrefixes, next: row.key, ...(last === undefined ? {} : { last }) };
      }
      last = common ?? row.key;
      if (common === undefined) objects.push(row);
      else commonPrefixes.push(common);
      from = common === undefined ? justAfter(row.key) : afterAllOf(common);
    }
    if (rows.length < limit) break;
  }
  return { objects, commonPrefixes, ...(last === undefined ? {} : { last }) };
}

/** A key up to the first delimiter after the prefix; `undefined` when there is none. */
export function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}
