import type { DatabaseSync } from 'node:sqlite';
import type { FunctionDefinition } from '../functionDefinition.ts';

/** A published version: the function as it was then, its code a copy. */
export interface PublishedVersion {
  /** `1`, `2`, … */
  readonly version: string;
  readonly definition: FunctionDefinition;
}

/** An alias. `weights`: further versions and the share (0 to 1) of invocations that each gets. */
export interface FunctionAlias {
  readonly functionName: string;
  readonly name: string;
  /** `3`, or `$LATEST`. */
  readonly version: string;
  readonly description: string;
  readonly weights?: Readonly<Record<string, number>>;
  readonly revisionId: string;
}

/** Versions and aliases of functions, in the database. A version's number is never given again. */
export class VersionStore {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(`
      CREATE TABLE IF NOT EXISTS function_versions (
        function_name TEXT NOT NULL, version INTEGER NOT NULL, definition TEXT NOT NULL,
        PRIMARY KEY (function_name, version)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS function_version_numbers (
        function_name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS function_aliases (
        function_name TEXT NOT NULL, name TEXT NOT NULL, alias TEXT NOT NULL,
        PRIMARY KEY (function_name, name)) WITHOUT ROWID`);
  }

  /** The number that the next version gets. */
  nextVersion(functionName: string): string {
    const row = this.#db.prepare('SELECT last FROM function_version_numbers WHERE function_name = ?').get(functionName);
    return String(Number(row?.['last'] ?? 0) + 1);
  }

  /** Adds a version under the next number. */
  publish(version: PublishedVersion): void {
    const { functionName } = version.definition;
    this.#db
      .prepare('INSERT INTO function_versions VALUES (?, ?, ?)')
      .run(functionName, Number(version.version), JSON.stringify(version.definition));
    this.#db
      .prepare('INSERT OR REPLACE INTO function_version_numbers VALUES (?, ?)')
      .run(functionName, Number(version.version));
  }

  /** Versions, ascending. */
  versions(functionName: string): readonly PublishedVersion[] {
    return this.#db
      .prepare('SELECT version, definition FROM function_versions WHERE function_name = ? ORDER BY version')
      .all(functionName)
      .map((row) => ({
        version: String(row['version']),
        definition: JSON.parse(String(row['definition'])) as FunctionDefinition,
      }));
  }

  /** The version of that number. */
  version(functionName: string, version: string): PublishedVersion | undefined {
    // "01" is the name of none.
    if (!/^[1-9]\d*$/.test(version)) return undefined;
    const row = this.#db
      .prepare('SELECT definition FROM function_versions WHERE function_name = ? AND version = ?')
      .get(functionName, Number(version));
    return row && { version, definition: JSON.parse(String(row['definition'])) as FunctionDefinition };
  }

  /** Every code folder that a version needs. */
  codeDirs(): readonly string[] {
    return this.#db
      .prepare(`SELECT DISTINCT json_extract(definition, '$.codeDir') AS dir FROM function_versions`)
      .all()
      .map((row) => String(row['dir']));
  }

  deleteVersion(functionName: string, version: string): void {
    this.#db
      .prepare('DELETE FROM function_versions WHERE function_name = ? AND version = ?')
      .run(functionName, Number(version));
  }

  /** Aliases, by name. */
  aliases(functionName: string): readonly FunctionAlias[] {
    return this.#db
      .prepare('SELECT alias FROM function_aliases WHERE function_name = ? ORDER BY name')
      .all(functionName)
      .map((row) => JSON.parse(String(row['alias'])) as FunctionAlias);
  }

  /** The alias of that name. */
  alias(functionName: string, name: string): FunctionAlias | undefined {
    const row = this.#db
      .prepare('SELECT alias FROM function_aliases WHERE function_name = ? AND name = ?')
      .get(functionName, name);
    return row && (JSON.parse(String(row['alias'])) as FunctionAlias);
  }

  putAlias(alias: FunctionAlias): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO function_aliases VALUES (?, ?, ?)')
      .run(alias.functionName, alias.name, JSON.stringify(alias));
  }

  /** `false`: there is none. */
  deleteAlias(functionName: string, name: string): boolean {
    const { changes } = this.#db
      .prepare('DELETE FROM function_aliases WHERE function_name = ? AND name = ?')
      .run(functionName, name);
    return changes > 0;
  }

  /** A function goes with all it has; only its version numbers are not given again. */
  deleteAll(functionName: string): void {
    this.#db.prepare('DELETE FROM function_versions WHERE function_name = ?').run(functionName);
    this.#db.prepare('DELETE FROM function_aliases WHERE function_name = ?').run(functionName);
  }
}
