import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './database.ts';
import { Statements } from './statements.ts';
import type { Writer } from './writer.ts';

/** How much is kept. */
export interface RetentionLimits {
  readonly rows: number;
  readonly bytes: number;
  /** Rows that were started longer ago go; absent: none for that. */
  readonly ageMs?: number;
}

/** So many rows go at once, about 20 ms: a long cut would hold up who waits for the store. */
const cutSize = 100;

/** When the file is too big it is cut to this part of the limit, so that this is rarely so. */
const sizeAfterCut = 0.9;

/** What is open is never cut, and what a person keeps. */
const cuttable = "pinned = 0 AND status NOT IN ('sending', 'queued', 'running', 'waiting')";

/** Keeps the store within its limits. */
export class Retention {
  readonly #db: DatabaseSync;
  readonly #writer: Writer;
  readonly #statements: Statements;
  #limits: RetentionLimits;
  /** Rows still to cut before it is looked again. */
  #remaining = 0;

  constructor(db: DatabaseSync, writer: Writer, limits: RetentionLimits) {
    this.#db = db;
    this.#writer = writer;
    this.#statements = new Statements(db);
    this.#limits = limits;
  }

  /** Other limits from the next cut on. */
  limit(limits: RetentionLimits): void {
    this.#limits = limits;
    this.#remaining = 0;
  }

  /**
   * Cuts some of the oldest closed rows beyond the limits, in a transaction of its own. Returns the ids that are gone;
   * none: it is done.
   */
  cut(now: number): readonly number[] {
    if (this.#remaining === 0) this.#remaining = this.#surplus(1);
    if (this.#remaining === 0 && this.#tooOld(now).length === 0) return [];
    // Chosen in the transaction: other windows cut, too, pin what was to go, or learn that it goes on.
    const gone = transaction(this.#db, () => {
      const tooOld = this.#tooOld(now);
      if (tooOld.length > 0) return this.#writer.remove(tooOld);
      this.#remaining = Math.min(this.#remaining, this.#surplus(sizeAfterCut));
      const removed = this.#writer.remove(this.#oldest(Math.min(cutSize, this.#remaining)));
      this.#remaining = removed.length === 0 ? 0 : this.#remaining - removed.length;
      return removed;
    });
    this.#db.exec('PRAGMA incremental_vacuum(500)');
    // The index of a text that is gone is only marked so; merging gives its space back. Once a round: it takes longer.
    if (this.#remaining === 0) this.#db.exec("INSERT INTO words (words, rank) VALUES ('merge', -500)");
    return gone;
  }

  #tooOld(now: number): readonly number[] {
    const { ageMs } = this.#limits;
    if (ageMs === undefined) return [];
    return this.#ids(
      `SELECT id FROM invocations WHERE connection IN (SELECT id FROM connections) AND started_at < ? AND ${cuttable} LIMIT ?`,
      now - ageMs,
      cutSize,
    );
  }

  #oldest(limit: number): readonly number[] {
    return this.#ids(`SELECT id FROM invocations WHERE ${cuttable} ORDER BY id LIMIT ?`, limit);
  }

  #ids(sql: string, ...values: readonly (number | string)[]): readonly number[] {
    return this.#statements.all(sql, ...values).map(({ id }) => Number(id));
  }

  /** How many rows are beyond the limits, of the size's the given part. */
  #surplus(part: number): number {
    const { rows, bytes } = this.#limits;
    const all = this.#statements.number("SELECT sum(number) FROM facets WHERE facet = 'status'");
    const pages = this.#statements.number('PRAGMA page_count') - this.#statements.number('PRAGMA freelist_count');
    const used = pages * this.#statements.number('PRAGMA page_size');
    const bySize = used <= bytes * part ? 0 : Math.ceil(((used - bytes * sizeAfterCut) / used) * all);
    return Math.max(0, bySize, all - rows);
  }
}
