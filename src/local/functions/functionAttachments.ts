import type { DatabaseSync } from 'node:sqlite';

/** What AWS does with a function that runs itself in a loop (spec 4.6). */
export type RecursiveLoop = 'Terminate' | 'Allow';

/** Who may invoke a function or a version or alias of it. `statements`: in the order in which they were added. */
export interface FunctionPolicy {
  readonly statements: readonly { readonly Sid: string }[];
  readonly revisionId: string;
}

/** What is attached to functions by name and is no part of their configuration: in the database, gone with the function. */
export class FunctionAttachments {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(`CREATE TABLE IF NOT EXISTS function_attachments (
      function_name TEXT NOT NULL, kind TEXT NOT NULL, qualifier TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (function_name, kind, qualifier)) WITHOUT ROWID`);
  }

  /** `Terminate` unless set. */
  recursiveLoop(functionName: string): RecursiveLoop {
    return this.#read(functionName, 'recursion') === 'Allow' ? 'Allow' : 'Terminate';
  }

  setRecursiveLoop(functionName: string, value: RecursiveLoop): void {
    this.#write(functionName, 'recursion', '', value);
  }

  /** In the order in which they were given. */
  tags(functionName: string): Readonly<Record<string, string>> {
    return (this.#read(functionName, 'tags') ?? {}) as Readonly<Record<string, string>>;
  }

  setTags(functionName: string, tags: Readonly<Record<string, string>>): void {
    this.#write(functionName, 'tags', '', Object.keys(tags).length === 0 ? undefined : tags);
  }

  /** `qualifier`: a version or an alias, `''` of the function itself. */
  policy(functionName: string, qualifier: string): FunctionPolicy | undefined {
    return this.#read(functionName, 'policy', qualifier) as FunctionPolicy | undefined;
  }

  setPolicy(functionName: string, qualifier: string, policy: FunctionPolicy | undefined): void {
    this.#write(functionName, 'policy', qualifier, policy);
  }

  /** The function went away. */
  deleteAll(functionName: string): void {
    this.#db.prepare('DELETE FROM function_attachments WHERE function_name = ?').run(functionName);
  }

  #read(functionName: string, kind: string, qualifier = ''): unknown {
    const row = this.#db
      .prepare('SELECT value FROM function_attachments WHERE function_name = ? AND kind = ? AND qualifier = ?')
      .get(functionName, kind, qualifier);
    return row && (JSON.parse(String(row['value'])) as unknown);
  }

  #write(functionName: string, kind: string, qualifier: string, value: unknown): void {
    if (value === undefined) {
      this.#db
        .prepare('DELETE FROM function_attachments WHERE function_name = ? AND kind = ? AND qualifier = ?')
        .run(functionName, kind, qualifier);
      return;
    }
    this.#db
      .prepare('INSERT OR REPLACE INTO function_attachments VALUES (?, ?, ?, ?)')
      .run(functionName, kind, qualifier, JSON.stringify(value));
  }
}
