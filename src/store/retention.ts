import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './database.ts';

/** How much is kept. */
export interface RetentionLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** About what a person looks back at, and what a disk does not notice. */
export const retentionLimits: RetentionLimits = { rows: 50_000, bytes: 200 * 1024 * 1024 };

/** So many rows go at once: a long cut would hold up who waits for the store. */
const cutSize = 100;

/** What is open is never cut. */
const closed = "status NOT IN ('sending', 'queued', 'running', 'waiting')";

/** Pieces that a text query can find: for others there is nothing to remove, and trying costs as much. */
const searchable =
  "(kind IN ('sent', 'accepted', 'notAccepted') OR (kind = 'attemptEnded' AND piece ->> 'status' <> 'success'))";

/**
 * Cuts the oldest closed rows beyond the limits, at most 100 at a time, in a transaction of its own. Returns the ids that
 * are gone; an empty list: nothing is left to cut.
 */
export function cutOldRows(db: DatabaseSync, limits: RetentionLimits = retentionLimits): readonly number[] {
  const surplus = surplusRows(db, limits);
  if (surplus === 0) return [];
  const ids = transaction(db, () => {
    const oldest = db
      .prepare(`SELECT id FROM invocations WHERE ${closed} ORDER BY id LIMIT ?`)
      .all(Math.min(cutSize, surplus))
      .map(({ id }) => Number(id));
    const removeSearch = db.prepare(
      `DELETE FROM search WHERE rowid IN (SELECT id FROM pieces WHERE invocation_id = ? AND ${searchable})`,
    );
    const remove = db.prepare('DELETE FROM invocations WHERE id = ?');
    for (const id of oldest) {
      removeSearch.run(id);
      remove.run(id);
    }
    // The index of a text that is gone is only marked so; merging gives its space back, a part at a time.
    db.exec("INSERT INTO search (search, rank) VALUES ('merge', -100)");
    return oldest;
  });
  db.exec('PRAGMA incremental_vacuum(500)');
  return ids;
}

function surplusRows(db: DatabaseSync, { rows, bytes }: RetentionLimits): number {
  const number = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0);
  const all = number('SELECT coalesce(sum(number), 0) FROM counts');
  const pages = number('PRAGMA page_count') - number('PRAGMA freelist_count');
  const used = pages * number('PRAGMA page_size');
  if (used <= bytes) return Math.max(0, all - rows);
  // How big a row is varies: a part of the estimate now, and then it is looked at again.
  const estimate = Math.ceil(((used - bytes) / used) * all);
  return Math.max(1, estimate, all - rows);
}
