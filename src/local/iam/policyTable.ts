import type { DatabaseSync } from 'node:sqlite';

/** A version of a policy; `createdAt` is epoch ms, the document JSON text as it came. */
export interface PolicyVersion {
  /** `v1`. */
  readonly id: string;
  readonly document: string;
  readonly createdAt: number;
}

/** A managed policy of the account's own. */
export interface ManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Oldest first. */
  readonly versions: readonly PolicyVersion[];
  readonly defaultVersion: string;
  /** Numbers are not given again. */
  readonly nextVersion: number;
  /** What the template declared, when it made it. */
  readonly declared?: string;
}

/** Managed policies, in local Lambda's database. */
export class PolicyTable {
  readonly #db: DatabaseSync;
  #revision = 0;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec('CREATE TABLE IF NOT EXISTS iam_policies (arn TEXT PRIMARY KEY, policy TEXT NOT NULL) WITHOUT ROWID');
  }

  /** Another after every change. */
  get revision(): number {
    return this.#revision;
  }

  find(arn: string): ManagedPolicy | undefined {
    const row = this.#db.prepare('SELECT policy FROM iam_policies WHERE arn = ?').get(arn);
    return row && (JSON.parse(String(row['policy'])) as ManagedPolicy);
  }

  /** By ARN. */
  list(): readonly ManagedPolicy[] {
    const rows = this.#db.prepare('SELECT policy FROM iam_policies ORDER BY arn').all();
    return rows.map((row) => JSON.parse(String(row['policy'])) as ManagedPolicy);
  }

  put(policy: ManagedPolicy): void {
    this.#revision += 1;
    this.#db.prepare('INSERT OR REPLACE INTO iam_policies VALUES (?, ?)').run(policy.arn, JSON.stringify(policy));
  }

  remove(arn: string): void {
    this.#revision += 1;
    this.#db.prepare('DELETE FROM iam_policies WHERE arn = ?').run(arn);
  }
}

/** The document of a policy's default version. */
export function defaultDocument({ versions, defaultVersion }: ManagedPolicy): string {
  return versions.find(({ id }) => id === defaultVersion)?.document ?? '';
}
