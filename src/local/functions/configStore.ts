import type { DatabaseSync } from 'node:sqlite';
import type { EventInvokeConfig } from '../../model/eventInvokeConfig.ts';
import { transaction } from '../state/database.ts';

/** What is set in a config, without whose it is and since when. */
export type ConfigSettings = Omit<EventInvokeConfig, 'functionArn' | 'lastModified'>;

/** A config that a template declares. */
export interface DeclaredConfig {
  readonly functionName: string;
  readonly qualifier: string;
  readonly settings: ConfigSettings;
}

/** A config as it is kept. `lastModified` is epoch ms. */
export interface StoredConfig {
  readonly functionName: string;
  readonly qualifier: string;
  readonly settings: ConfigSettings;
  readonly lastModified: number;
}

interface Row {
  readonly declared: string | undefined;
  /** Absent: deleted through the API, while the template still declares it. */
  readonly stored: StoredConfig | undefined;
}

/**
 * The event invoke configs, in the database: what the API sets wins over the template until the template's own
 * declaration of that config changes (docs/decisions, "Configs set through the API…"). All of it is kept in memory, too.
 */
export class ConfigStore {
  readonly #db: DatabaseSync;
  readonly #now: () => number;
  readonly #rows = new Map<string, Row>();

  constructor(db: DatabaseSync, now: () => number = Date.now) {
    this.#db = db;
    this.#now = now;
    db.exec(`CREATE TABLE IF NOT EXISTS event_invoke_configs (
      function_name TEXT NOT NULL, qualifier TEXT NOT NULL,
      declared TEXT, settings TEXT, last_modified INTEGER NOT NULL,
      PRIMARY KEY (function_name, qualifier)) WITHOUT ROWID`);
    const rows = db.prepare('SELECT * FROM event_invoke_configs').all();
    for (const row of rows) {
      const functionName = String(row['function_name']);
      const qualifier = String(row['qualifier']);
      const settings = row['settings'];
      this.#rows.set(keyOf(functionName, qualifier), {
        declared: typeof row['declared'] === 'string' ? row['declared'] : undefined,
        stored:
          typeof settings === 'string'
            ? {
                functionName,
                qualifier,
                settings: JSON.parse(settings) as ConfigSettings,
                lastModified: Number(row['last_modified']),
              }
            : undefined,
      });
    }
  }

  /** The config stored under exactly that qualifier. */
  get(functionName: string, qualifier: string): StoredConfig | undefined {
    return this.#rows.get(keyOf(functionName, qualifier))?.stored;
  }

  /** A function's configs, by qualifier. */
  list(functionName: string): readonly StoredConfig[] {
    return [...this.#rows.values()]
      .flatMap(({ stored }) => (stored?.functionName === functionName ? [stored] : []))
      .toSorted((a, b) => (a.qualifier < b.qualifier ? -1 : 1));
  }

  /** All configs of all functions. */
  all(): readonly StoredConfig[] {
    return [...this.#rows.values()].flatMap(({ stored }) => stored ?? []);
  }

  /** Sets a config through the API. */
  put(functionName: string, qualifier: string, settings: ConfigSettings): StoredConfig {
    const stored = { functionName, qualifier, settings, lastModified: this.#now() };
    this.#write(functionName, qualifier, { declared: this.#declared(functionName, qualifier), stored });
    return stored;
  }

  /** Deletes a config through the API; `false` when there is none. */
  delete(functionName: string, qualifier: string): boolean {
    if (!this.get(functionName, qualifier)) return false;
    this.#write(functionName, qualifier, { declared: this.#declared(functionName, qualifier), stored: undefined });
    return true;
  }

  /** Takes what the template declares now: a declaration that is new or another one wins, one that is gone takes its config along. */
  reconcile(declarations: readonly DeclaredConfig[]): void {
    transaction(this.#db, () => {
      const seen = new Set<string>();
      for (const { functionName, qualifier, settings } of declarations) {
        const key = keyOf(functionName, qualifier);
        seen.add(key);
        const declared = canonical(settings);
        if (this.#rows.get(key)?.declared === declared) continue;
        const stored = { functionName, qualifier, settings, lastModified: this.#now() };
        this.#write(functionName, qualifier, { declared, stored });
      }
      for (const [key, { declared }] of this.#rows) {
        if (declared === undefined || seen.has(key)) continue;
        const [functionName = '', qualifier = ''] = JSON.parse(key) as string[];
        this.#write(functionName, qualifier, { declared: undefined, stored: undefined });
      }
    });
  }

  #declared(functionName: string, qualifier: string): string | undefined {
    return this.#rows.get(keyOf(functionName, qualifier))?.declared;
  }

  #write(functionName: string, qualifier: string, row: Row): void {
    const { declared, stored } = row;
    if (declared === undefined && stored === undefined) {
      this.#db
        .prepare('DELETE FROM event_invoke_configs WHERE function_name = ? AND qualifier = ?')
        .run(functionName, qualifier);
      this.#rows.delete(keyOf(functionName, qualifier));
      return;
    }
    this.#db
      .prepare('INSERT OR REPLACE INTO event_invoke_configs VALUES (?, ?, ?, ?, ?)')
      .run(
        functionName,
        qualifier,
        declared ?? null,
        stored ? canonical(stored.settings) : null,
        stored?.lastModified ?? 0,
      );
    this.#rows.set(keyOf(functionName, qualifier), row);
  }
}

function keyOf(functionName: string, qualifier: string): string {
  return JSON.stringify([functionName, qualifier]);
}

/** The same text for the same settings, whatever the order of their keys. */
function canonical({ maximumRetryAttempts, maximumEventAgeInSeconds, onSuccess, onFailure }: ConfigSettings): string {
  return JSON.stringify({ maximumRetryAttempts, maximumEventAgeInSeconds, onSuccess, onFailure });
}
