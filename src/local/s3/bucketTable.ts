import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** A bucket. `createdAt` is epoch ms. */
export interface Bucket {
  readonly name: string;
  readonly createdAt: number;
}

/** Buckets, kept in local Lambda's database. */
export class BucketTable {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    db.exec('CREATE TABLE IF NOT EXISTS s3_buckets (name TEXT PRIMARY KEY, created_at INTEGER NOT NULL) STRICT');
    this.#sql = prepare(db);
  }

  find(name: string): Bucket | undefined {
    const row = this.#sql.find.get(name) as { readonly created_at: number } | undefined;
    return row && { name, createdAt: row.created_at };
  }

  /** By name, those after `after` that begin with `prefix`. */
  list(options: { readonly after: string; readonly prefix: string; readonly limit: number }): readonly Bucket[] {
    const { after, prefix, limit } = options;
    const rows = this.#sql.list.all({ after, prefix, limit }) as never as readonly {
      readonly name: string;
      readonly created_at: number;
    }[];
    return rows.map(({ name, created_at: createdAt }) => ({ name, createdAt }));
  }

  /** An existing bucket stays as it is. */
  create(name: string, at: number): void {
    this.#sql.create.run(name, at);
  }

  /** It has to be empty. */
  remove(name: string): void {
    this.#sql.remove.run(name);
  }
}

function prepare(db: DatabaseSync) {
  return {
    find: db.prepare('SELECT created_at FROM s3_buckets WHERE name = ?'),
    list: db.prepare(`SELECT name, created_at FROM s3_buckets
      WHERE name > :after AND substr(name, 1, length(:prefix)) = :prefix ORDER BY name LIMIT :limit`),
    create: db.prepare('INSERT OR IGNORE INTO s3_buckets VALUES (?, ?)'),
    remove: db.prepare('DELETE FROM s3_buckets WHERE name = ?'),
  } as const satisfies Record<string, StatementSync>;
}
