import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LocalReadyEvent } from '../../protocol/localEvents.ts';
import { databaseTrouble } from '../state/databaseTrouble.ts';

/** The owner's ready event, for those who attach. It holds the control token, so only the user may read it. */
const ownerName = 'local-lambda.lock';
/** Locked by the system for as long as the owner's process lives, however it ends. */
const lockName = 'lock.sqlite';

/** The right to use a data folder. */
export interface DataLock {
  /** Tells those who attach where local Lambda is. */
  publish(ready: LocalReadyEvent): Promise<void>;
  /** Nobody is to attach any more: the owner is about to end. */
  withdraw(): Promise<void>;
  release(): Promise<void>;
}

/** Takes a data folder (it exists); `undefined` while another process has it. */
export async function takeDataLock(dataDir: string): Promise<DataLock | undefined> {
  const release = await lockOrReplace(join(dataDir, lockName));
  if (!release) return undefined;
  const owner = join(dataDir, ownerName);
  // What an owner that was killed has left.
  await rm(owner, { force: true });
  return {
    async publish(ready) {
      const next = `${owner}.next`;
      await rm(next, { force: true });
      const file = await open(next, 'wx', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(ready)}\n`);
      } finally {
        await file.close();
      }
      await rename(next, owner);
    },
    withdraw: () => rm(owner, { force: true }),
    async release() {
      await rm(owner, { force: true });
      release();
    },
  };
}

/** Where the owner's local Lambda is; `undefined` while it starts, or when nobody owns the folder. */
export async function readOwner(dataDir: string): Promise<LocalReadyEvent | undefined> {
  try {
    return JSON.parse(await readFile(join(dataDir, ownerName), 'utf8')) as LocalReadyEvent;
  } catch {
    return undefined;
  }
}

/** Whether a live process owns the folder. */
export function isLocked(dataDir: string): boolean {
  const release = lockFile(join(dataDir, lockName));
  release?.();
  return release === undefined;
}

/** The file itself holds nothing, so that one that is no lock file (any more) is replaced. */
async function lockOrReplace(file: string): Promise<(() => void) | undefined> {
  try {
    return lockFile(file);
  } catch (error) {
    if (databaseTrouble(error) !== 'damaged') throw error;
    await rm(file);
    return lockFile(file);
  }
}

/** SQLite's own file lock: the system lets go of it when the process ends, and pids that come round again don't matter. */
function lockFile(file: string): (() => void) | undefined {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return () => db.close();
}

function isBusy(error: unknown): boolean {
  return (error as { readonly errcode?: number }).errcode === 5;
}
