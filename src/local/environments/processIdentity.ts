import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * A text that no other process has had or will have under the same id: when it started, and on Linux in which run of
 * the system. `undefined`: there is no such process, or this system doesn't tell.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') {
      const [stat, boot] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'latin1'),
        readFile('/proc/sys/kernel/random/boot_id', 'latin1'),
      ]);
      // Field 22; the second field, the name in brackets, may hold anything.
      const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
      return startTicks === undefined ? undefined : `${boot.trim()}:${startTicks}`;
    }
    if (process.platform === 'win32') return undefined;
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() === '' ? undefined : stdout.trim().replace(/\s+/g, '-');
  } catch {
    return undefined;
  }
}

/** The most memory a process has held, in MB, rounded up; `undefined` where the system doesn't tell (only Linux does). */
export async function peakMemoryMB(pid: number): Promise<number | undefined> {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'latin1')) ?? [];
    return kilobytes === undefined ? undefined : Math.ceil(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}

/**
 * The memory that a process holds for itself, in MB: not the program and its libraries, of which the system holds one copy
 * for all and can let go. `undefined` where the system doesn't tell (only Linux does).
 */
export async function ownMemoryMB(pid: number): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'latin1');
    const parts = [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+)/gm)].map(([, kilobytes]) => Number(kilobytes));
    return parts.length === 0 ? undefined : parts.reduce((sum, part) => sum + part, 0) / 1024;
  } catch {
    return undefined;
  }
}
