import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** An event bus. Times epoch ms. */
export interface EventBus {
  readonly name: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly description?: string;
  /** A policy document in JSON. */
  readonly policy?: string;
}

/** The bus that is always there. */
export const defaultBus = 'default';

/** Buses, kept in local Lambda's database. */
export class BusTable {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync, now: number) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS events_buses (
        name TEXT PRIMARY KEY,
        created_at INTEGER NOT NULL,
        modified_at INTEGER NOT NULL,
        description TEXT,
        policy TEXT
      ) STRICT;
    `);
    this.#sql = prepare(db);
    this.create(defaultBus, undefined, now);
  }

  find(name: string): EventBus | undefined {
    const row = this.#sql.find.get(name) as BusRow | undefined;
    return row && toBus(row);
  }

  /** Buses after a name, by name. */
  list(filter: { readonly prefix: string; readonly after: string; readonly limit: number }): readonly EventBus[] {
    return (this.#sql.list.all(filter) as never as readonly BusRow[]).map(toBus);
  }

  /** `false`: it is there already, and stays as it is. */
  create(name: string, description: string | undefined, now: number): boolean {
    return this.#sql.create.run(name, now, now, description ?? null).changes === 1;
  }

  remove(name: string): void {
    this.#sql.remove.run(name);
  }

  setPolicy(name: string, policy: string | undefined, now: number): void {
    this.#sql.setPolicy.run(policy ?? null, now, name);
  }
}

interface BusRow {
  readonly name: string;
  readonly created_at: number;
  readonly modified_at: number;
  readonly description: string | null;
  readonly policy: string | null;
}

function prepare(db: DatabaseSync) {
  return {
    find: db.prepare('SELECT * FROM events_buses WHERE name = ?'),
    list: db.prepare(`SELECT * FROM events_buses
      WHERE name > :after AND substr(name, 1, length(:prefix)) = :prefix ORDER BY name LIMIT :limit`),
    create: db.prepare(`INSERT OR IGNORE INTO events_buses (name, created_at, modified_at, description)
      VALUES (?, ?, ?, ?)`),
    remove: db.prepare('DELETE FROM events_buses WHERE name = ?'),
    setPolicy: db.prepare('UPDATE events_buses SET policy = ?, modified_at = ? WHERE name = ?'),
  } as const satisfies Record<string, StatementSync>;
}

function toBus({ name, created_at: createdAt, modified_at: modifiedAt, description, policy }: BusRow): EventBus {
  return {
    name,
    createdAt,
    modifiedAt,
    ...(description === null ? {} : { description }),
    ...(policy === null ? {} : { policy }),
  };
}
