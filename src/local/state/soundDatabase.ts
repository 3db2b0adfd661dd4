import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Logger } from '../../model/logger.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { databaseName, openDatabase } from './database.ts';
import { databaseTrouble } from './databaseTrouble.ts';

/** Beyond it, in bytes, a look at every page would be felt at each start (0.7 ms a MB). */
const mostChecked = 512 * 1024 * 1024;
/** The first table that a new database of local Lambda gets. */
const ownTable = 'log_groups';
/** What goes with the database: functions' packages are known by its rows, and would be swept without them. */
const alsoSetAside = ['functions'];

/**
 * Opens the database in `dataDir`. One that is damaged, or none at all, is moved into a folder beside it, with what belongs
 * to it, and said: nothing is deleted, and local Lambda begins anew.
 *
 * @throws UserFacingFailure `badArgument` when the folder can't be written, or its disk is full
 */
export async function openSoundDatabase(
  dataDir: string,
  options: { readonly fsync: boolean; readonly log: Logger },
): Promise<DatabaseSync> {
  const why = await damage(dataDir);
  if (why !== undefined) {
    const aside = await setAside(dataDir);
    options.log.error(
      `The database of local Lambda is damaged (${why}), so it was moved to ${aside}, with the packages of functions. ` +
        'Local Lambda begins anew: queued events, queues, logs and what was set through the API are not there. ' +
        'What the template declares is.',
    );
  }
  return openOrExplain(dataDir, options);
}

/** What is wrong with the database. Looked at by a connection that only reads: any other changes the files as it closes. */
async function damage(dataDir: string): Promise<string | undefined> {
  const file = join(dataDir, databaseName);
  const [bytes, walBytes] = await Promise.all([sizeOf(file), sizeOf(`${file}-wal`)]);
  // SQLite would take it for a new database, and delete the log with all that was written.
  if (bytes === 0) return walBytes > 0 ? 'the file is empty, its log is not' : undefined;
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true });
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    // Such as the log of another database, which SQLite takes all the same.
    if (tables.length > 0 && !tables.some((table) => table['name'] === ownTable)) return 'it is one of something else';
    if (bytes > mostChecked) return undefined;
    const [found] = db.prepare('PRAGMA quick_check(1)').all();
    const verdict = String(found?.['quick_check']);
    return verdict === 'ok' ? undefined : verdict.replace(/\s+/g, ' ');
  } catch (error) {
    // What else is wrong is found, and said, by opening it to write.
    return databaseTrouble(error) === 'damaged' ? (error as Error).message : undefined;
  } finally {
    db?.close();
  }
}

function openOrExplain(dataDir: string, options: { readonly fsync: boolean }): DatabaseSync {
  try {
    return openDatabase(dataDir, options);
  } catch (error) {
    const trouble = databaseTrouble(error);
    if (trouble === undefined || trouble === 'damaged') throw error;
    const advice =
      trouble === 'full' ? 'Its disk is full. Make room' : 'Make it and what is in it writable for this user';
    throw new UserFacingFailure(
      'badArgument',
      `The data folder can't be used: ${dataDir} (${(error as Error).message}). ${advice}, or choose another one with --data.`,
      { cause: error },
    );
  }
}

/** Resolves with the folder that all was moved to. */
async function setAside(dataDir: string): Promise<string> {
  const time = new Date()
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replaceAll(':', '-');
  const aside = join(dataDir, `damaged-${time}-${process.pid}`);
  await mkdir(aside, { mode: 0o700 });
  // The log last: without it the database would look whole, but for what was written last.
  for (const name of ['', '-shm', '-wal'].map((end) => `${databaseName}${end}`).concat(alsoSetAside)) {
    try {
      await rename(join(dataDir, name), join(aside, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return aside;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
