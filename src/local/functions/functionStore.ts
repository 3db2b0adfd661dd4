import type { DatabaseSync } from 'node:sqlite';
import type { FunctionDefinition } from '../functionDefinition.ts';
import { transaction } from '../state/database.ts';

interface Row {
  /** What the template declared when it was read last, as canonical text; absent: it declares no such function. */
  readonly declared: string | undefined;
  /** The function as it is; absent: deleted through the API, while the template still declares it. */
  readonly definition: FunctionDefinition | undefined;
}

/**
 * The functions, in the database: what the API creates, changes or deletes wins over the template until the template's own
 * declaration of that function changes, as with event invoke configs (docs/decisions, 5). All of it is in memory, too.
 */
export class FunctionStore {
  readonly #db: DatabaseSync;
  readonly #rows = new Map<string, Row>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(`CREATE TABLE IF NOT EXISTS functions (
      function_name TEXT PRIMARY KEY, declared TEXT, definition TEXT) WITHOUT ROWID`);
    for (const row of db.prepare('SELECT * FROM functions').all()) {
      const { declared, definition } = row;
      this.#rows.set(String(row['function_name']), {
        declared: typeof declared === 'string' ? declared : undefined,
        definition: typeof definition === 'string' ? (JSON.parse(definition) as FunctionDefinition) : undefined,
      });
    }
  }

  /** By name, ascending. */
  list(): readonly FunctionDefinition[] {
    return [...this.#rows.values()]
      .flatMap(({ definition }) => definition ?? [])
      .toSorted((a, b) => (a.functionName < b.functionName ? -1 : 1));
  }

  /** The function of that name. */
  get(functionName: string): FunctionDefinition | undefined {
    return this.#rows.get(functionName)?.definition;
  }

  /** Creates or changes a function through the API. */
  put(definition: FunctionDefinition): void {
    const declared = this.#rows.get(definition.functionName)?.declared;
    this.#write(definition.functionName, { declared, definition });
  }

  /** Deletes a function through the API. */
  delete(functionName: string): void {
    this.#write(functionName, { declared: this.#rows.get(functionName)?.declared, definition: undefined });
  }

  /**
   * Takes what the template declares now: a declaration that is new or another one wins, one that is gone takes its
   * function along. Of two with one name the first counts. Gives the names of the functions that went away.
   */
  reconcile(declarations: readonly FunctionDefinition[]): readonly string[] {
    return transaction(this.#db, () => {
      const seen = new Set<string>();
      for (const definition of declarations) {
        const { functionName } = definition;
        if (seen.has(functionName)) continue;
        seen.add(functionName);
        const declared = canonical(definition);
        if (this.#rows.get(functionName)?.declared !== declared) this.#write(functionName, { declared, definition });
      }
      const gone = [...this.#rows].flatMap(([functionName, { declared }]) =>
        declared === undefined || seen.has(functionName) ? [] : functionName,
      );
      for (const functionName of gone) this.#write(functionName, { declared: undefined, definition: undefined });
      return gone;
    });
  }

  #write(functionName: string, row: Row): void {
    const { declared, definition } = row;
    if (declared === undefined && definition === undefined) {
      this.#db.prepare('DELETE FROM functions WHERE function_name = ?').run(functionName);
      this.#rows.delete(functionName);
      return;
    }
    this.#db
      .prepare('INSERT OR REPLACE INTO functions VALUES (?, ?, ?)')
      .run(functionName, declared ?? null, definition ? JSON.stringify(definition) : null);
    this.#rows.set(functionName, row);
  }
}

/** The same text for the same declaration: when the template was saved is no part of it. */
function canonical(definition: FunctionDefinition): string {
  const { lastModified: _, ...declared } = definition;
  const sorted = Object.entries(declared).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted));
}
