import { chmod, mkdir, readdir } from 'node:fs/promises';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';

/** Files by which a folder is known as one of local Lambda's. */
const ownFiles: ReadonlySet<string> = new Set(['local-lambda.sqlite', 'local-lambda.sqlite-wal', 'lock.sqlite']);

/**
 * Makes the data folder, open to nobody but the user: events and logs are theirs. One that exists has to be empty or local
 * Lambda's own: another's (a project, say) would have its rights changed and its files mixed with ours.
 *
 * @throws UserFacingFailure `badArgument`
 */
export async function makeDataFolder(dataDir: string): Promise<void> {
  let names: readonly string[];
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    names = await readdir(dataDir);
    if (names.length === 0 || names.some((name) => ownFiles.has(name))) {
      await chmod(dataDir, 0o700);
      return;
    }
  } catch (error) {
    throw new UserFacingFailure(
      'badArgument',
      `The data folder can't be used: ${dataDir} (${(error as Error).message}). Choose another one with --data.`,
      { cause: error },
    );
  }
  throw new UserFacingFailure(
    'badArgument',
    `The data folder holds files of something else: ${dataDir} (${names.slice(0, 3).join(', ')}). Choose an empty or a new one with --data.`,
  );
}
