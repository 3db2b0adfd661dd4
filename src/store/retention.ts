import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './database.ts';

/** How much is kept. */
export interface RetentionLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** About what a person looks back at, and what a disk does not notice. */
const retentionLimits: RetentionLimits = { rows: 50_000, bytes: 200 * 1024 * 1024 };

/** So many rows go at once, about 20 ms: a long cut would hold up who waits for the store. */
const cutSize = 100;

/** When the file is too big it is cut to this part of the limit, so that this is rarely so. */
const sizeAfterCut = 0.9;

/** What is open is never cut. */
const closed = "status NOT IN ('sending', 'queued', 'running', 'waiting')";

/** Pieces that a text query can find: for others there is nothing to remove, and trying costs as much. */
const searchable =
  "(kind IN ('sent', 'accepted', 'notAccepted') OR (kind = 'attemptEnded' AND piece ->> 'status' <> 'success'))";

/** Keeps the store within its limits. */
export class Retention {
  readonly #db: DatabaseSync;
  readonly #limits: RetentionLimits;
  /** Rows still to cut before it is looked again. */
  #remaining = 0;

  constructor(db: DatabaseSync, limits: RetentionLimits = retentionLimits) {
    this.#db = db;
    this.#limits = limits;
  }

  /**
   * Cuts some of the oldest closed rows beyond the limits, in a transaction of its own. Returns the ids that are gone;
   * none: it is done.
   */
  cut(): readonly number[] {
    const db = this.#db;
    if (this.#remaining === 0) this.#remaining = this.#surplus();
    if (this.#remaining === 0) return [];
    const ids = transaction(db, () => this.#cutRows(Math.min(cutSize, this.#remaining)));
    this.#remaining = ids.length === 0 ? 0 : this.#remaining - ids.length;
    // The index of a text that is gone is only marked so; merging gives its space back. Once a round: it takes longer.
    if (this.#remaining === 0) db.exec("INSERT INTO search (search, rank) VALUES ('merge', -500)");
    db.exec('PRAGMA incremental_vacuum(500)');
    return ids;
  }

  #cutRows(limit: number): readonly number[] {
    const db = this.#db;
    const oldest = db
      .prepare(`SELECT id FROM invocations WHERE ${closed} ORDER BY id LIMIT ?`)
      .all(limit)
      .map(({ id }) => Number(id));
    const removeSearch = db.prepare(
      `DELETE FROM search WHERE rowid IN (SELECT id FROM pieces WHERE invocation_id = ? AND ${searchable})`,
    );
    const remove = db.prepare('DELETE FROM invocations WHERE id = ?');
    for (const id of oldest) {
      removeSearch.run(id);
      remove.run(id);
    }
    return oldest;
  }

  #surplus(): number {
    const { rows, bytes } = this.#limits;
    const all = this.#number('SELECT coalesce(sum(number), 0) FROM counts');
    const pages = this.#number('PRAGMA page_count') - this.#number('PRAGMA freelist_count');
    const used = pages * this.#number('PRAGMA page_size');
    const bySize = used <= bytes ? 0 : Math.ceil(((used - bytes * sizeAfterCut) / used) * all);
    return Math.max(0, bySize, all - rows);
  }

  #number(sql: string): number {
    return Number(Object.values(this.#db.prepare(sql).get() ?? {})[0] ?? 0);
  }
}
