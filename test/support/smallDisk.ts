import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { skip } from './skip.ts';

const run = promisify(execFile);

/** A file system of a few megabytes, until it is disposed. */
export interface SmallDisk extends AsyncDisposable {
  readonly folder: string;
  /** Nothing can be written to it any more; what is open for writing included. */
  makeReadOnly(): Promise<void>;
}

/** Mounts one at `folder`, which is made. Skips the test where this user may not mount. */
export async function mountSmallDisk(context: Mocha.Context, folder: string, megabytes: number): Promise<SmallDisk> {
  if (process.platform !== 'linux') skip(context, 'A small file system is made by Linux’s tmpfs');
  await mkdir(folder, { recursive: true });
  const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const sudo = uid === 0 ? [] : ['sudo', '-n'];
  const asRoot = async (...args: string[]): Promise<void> => {
    const [program = '', ...rest] = [...sudo, ...args];
    await run(program, rest);
  };
  try {
    await asRoot('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,uid=${uid},gid=${gid}`, 'tmpfs', folder);
  } catch {
    skip(context, 'This user may not mount a file system');
  }
  return {
    folder,
    makeReadOnly: () => asRoot('mount', '-o', 'remount,ro', folder),
    [Symbol.asyncDispose]: () => asRoot('umount', '-l', folder),
  };
}
