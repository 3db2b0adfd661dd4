import { access, lstat, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../model/logger.ts';
import { isLocked, takeDataLock, type DataLock } from './dataLock.ts';

const prefix = 'lambda-destinations-local-';
/** Says that a folder is a temporary one of ours. */
const markerName = 'temporary';

/** A data folder that goes with the process. */
export interface TemporaryData {
  readonly dataDir: string;
  readonly lock: DataLock;
  remove(): Promise<void>;
}

/** Makes a data folder among the system's temporary files. */
export async function createTemporaryData(parent = tmpdir()): Promise<TemporaryData> {
  const dataDir = await mkdtemp(join(parent, prefix));
  const lock = await takeDataLock(dataDir);
  if (!lock) throw new Error(`Somebody else uses ${dataDir}, which was made just now`);
  // Marked only now that it is locked, so that nobody sweeps it.
  await writeFile(join(dataDir, markerName), `${process.pid}\n`);
  return {
    dataDir,
    lock,
    async remove() {
      await lock.release();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Removes what processes that were killed have left. */
export async function sweepTemporaryData(log: Logger, parent = tmpdir()): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const dir = join(parent, name);
    try {
      const { uid } = await lstat(dir);
      if (process.getuid && uid !== process.getuid()) continue;
      await access(join(dir, markerName));
      if (isLocked(dir)) continue;
      await rm(dir, { recursive: true, force: true });
      log.debug(`Temporary data of an earlier run removed: ${dir}`);
    } catch (error) {
      log.debug(`${dir} is left as it is: ${String(error)}`);
    }
  }
}
