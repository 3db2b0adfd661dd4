import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** A tag, as the API has it. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Tags of buses and rules, by ARN, kept in local Lambda's database. */
export class TagTable {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS events_tags (
        arn TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (arn, key)
      ) STRICT;
    `);
    this.#sql = prepare(db);
  }

  list(arn: string): readonly Tag[] {
    return this.#sql.list.all(arn) as never as readonly Tag[];
  }

  set(arn: string, tags: readonly Tag[]): void {
    for (const { Key, Value } of tags) this.#sql.set.run(arn, Key, Value);
  }

  remove(arn: string, keys: readonly string[]): void {
    for (const key of keys) this.#sql.remove.run(arn, key);
  }

  /** When its owner goes. */
  removeAll(arn: string): void {
    this.#sql.removeAll.run(arn);
  }
}

function prepare(db: DatabaseSync) {
  return {
    list: db.prepare('SELECT key AS Key, value AS Value FROM events_tags WHERE arn = ? ORDER BY key'),
    set: db.prepare('INSERT OR REPLACE INTO events_tags VALUES (?, ?, ?)'),
    remove: db.prepare('DELETE FROM events_tags WHERE arn = ? AND key = ?'),
    removeAll: db.prepare('DELETE FROM events_tags WHERE arn = ?'),
  } as const satisfies Record<string, StatementSync>;
}
