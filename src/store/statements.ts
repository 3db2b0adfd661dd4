import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

/** A row as SQLite gives it. */
export type SqlRow = Record<string, SQLOutputValue>;

/** Statements of one database, each prepared once. */
export class Statements {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  all(sql: string, ...values: readonly SQLInputValue[]): SqlRow[] {
    return this.of(sql).all(...values);
  }

  get(sql: string, ...values: readonly SQLInputValue[]): SqlRow | undefined {
    return this.of(sql).get(...values);
  }

  /** The first column of the first row; 0 without one. */
  number(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(Object.values(this.get(sql, ...values) ?? {})[0] ?? 0);
  }

  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.of(sql).run(...values).changes);
  }

  of(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (!statement) {
      // Conditions that people write make ever new ones.
      if (this.#prepared.size > 500) this.#prepared.clear();
      statement = this.#db.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}
