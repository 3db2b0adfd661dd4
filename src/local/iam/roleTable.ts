import type { DatabaseSync } from 'node:sqlite';

/** A role with what is put into it and attached to it. `createdAt` is epoch ms; documents are JSON text as they came. */
export interface Role {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly trustPolicy: string;
  readonly description?: string;
  readonly maxSessionDuration: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Documents by the name of the policy. */
  readonly policies: Readonly<Record<string, string>>;
  /** ARNs. */
  readonly attached: readonly string[];
  /** The ARN of its permissions boundary. */
  readonly boundary?: string;
  /** What the template declared, when it made the role. */
  readonly declared?: string;
}

/** Roles, in local Lambda's database. */
export class RoleTable {
  readonly #db: DatabaseSync;
  #revision = 0;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec('CREATE TABLE IF NOT EXISTS iam_roles (name TEXT PRIMARY KEY, role TEXT NOT NULL) WITHOUT ROWID');
  }

  /** Another after every change. */
  get revision(): number {
    return this.#revision;
  }

  /** Names differ by more than case, as on AWS. */
  find(name: string): Role | undefined {
    const row =
      this.#db.prepare('SELECT role FROM iam_roles WHERE name = ?').get(name) ??
      this.#db.prepare('SELECT role FROM iam_roles WHERE name = ? COLLATE NOCASE').get(name);
    return row && (JSON.parse(String(row['role'])) as Role);
  }

  /** By name. */
  list(): readonly Role[] {
    const rows = this.#db.prepare('SELECT role FROM iam_roles ORDER BY name').all();
    return rows.map((row) => JSON.parse(String(row['role'])) as Role);
  }

  put(role: Role): void {
    this.#revision += 1;
    this.#db.prepare('INSERT OR REPLACE INTO iam_roles VALUES (?, ?)').run(role.name, JSON.stringify(role));
  }

  remove(name: string): void {
    this.#revision += 1;
    this.#db.prepare('DELETE FROM iam_roles WHERE name = ?').run(name);
  }
}
