import { rename, rm, stat } from 'node:fs/promises';
import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { migrate } from './schema.ts';

/**
 * Opens the store's file and brings it to the newest version. WAL with synchronous NORMAL: survives the end of a
 * process. @throws UserFacingFailure `sqliteMissing`, `storeTooNew`
 */
export function openDatabase(file: string, now: number): DatabaseSync {
  const sqlite = process.getBuiltinModule('node:sqlite') as typeof Sqlite | undefined;
  if (!sqlite) {
    throw new UserFacingFailure(
      'sqliteMissing',
      `Invocations can't be kept: this VS Code has no SQLite inside (its Node.js is ${process.versions.node}). Update VS Code to 1.115 or newer.`,
    );
  }
  const db = new sqlite.DatabaseSync(file, { timeout: 5_000 });
  try {
    // Before the first table, or it has no effect: space of rows that were cut goes back to the disk.
    db.exec('PRAGMA auto_vacuum = INCREMENTAL');
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = NORMAL');
    db.exec('PRAGMA foreign_keys = ON');
    db.exec('PRAGMA cache_size = -16000');
    // Pages that many transactions write go to the file once: 16 MB of log.
    db.exec('PRAGMA wal_autocheckpoint = 4000');
    migrate(db, now);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Whether an error says that the file is damaged, or no database at all (SQLITE_CORRUPT, SQLITE_NOTADB). */
export function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === 11 || code === 26;
}

/** Renames a damaged file to `NAME.corrupt-TIME` so that a new one can take its place; returns the new path. */
export async function setAside(file: string, now: number): Promise<string> {
  const aside = `${file}.corrupt-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
  await rename(file, aside);
  // The log belongs to the damaged file and would be played into the new one.
  for (const suffix of ['-wal', '-shm']) await rm(`${file}${suffix}`, { force: true });
  return aside;
}

/** Another one than before, however often it is asked: another file is there now, or none. */
export async function fileIdentity(file: string): Promise<string> {
  try {
    const { dev, ino, birthtimeNs } = await stat(file, { bigint: true });
    return `${dev} ${ino} ${birthtimeNs}`;
  } catch {
    return 'none';
  }
}

/** Runs `work` in one write transaction. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** SQLite's own number: another one than before means that another connection has written. */
export function dataVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA data_version').get()?.['data_version'] ?? 0);
}
