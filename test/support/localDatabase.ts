import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../../src/local/state/database.ts';

/** Local Lambda's database in a folder of its own, which goes with it. */
export interface TemporaryDatabase extends Disposable {
  readonly db: DatabaseSync;
}

/** Opens one. */
export function temporaryDatabase(): TemporaryDatabase {
  const dataDir = mkdtempSync(join(tmpdir(), 'lambda-destinations-'));
  const db = openDatabase(dataDir);
  return {
    db,
    [Symbol.dispose]() {
      db.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
