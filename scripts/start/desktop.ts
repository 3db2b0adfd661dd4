import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstLookSettings } from './settings.ts';
import { endGroup, run, runQuietly } from '../process.ts';

/** The desktop VS Code's command, if it is on the PATH and there is a display to open it on. It is asked for its version. */
export async function desktopCommand(profile: string): Promise<string | undefined> {
  const display = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  if (!display) return undefined;
  const { code } = await run('code', ['--version', ...asRoot(join(profile, 'user'))]);
  return code === 0 ? 'code' : undefined;
}

/** A window of the desktop VS Code on a folder, with a profile and extensions of its own. */
export async function openDesktop(options: {
  readonly command: string;
  readonly profile: string;
  readonly vsix: string;
  readonly folder: string;
}): Promise<{ readonly closed: Promise<void>; close(): Promise<void> }> {
  const { command, profile, vsix, folder } = options;
  const userData = join(profile, 'user');
  const own = ['--user-data-dir', userData, '--extensions-dir', join(profile, 'extensions'), ...asRoot()];
  await mkdir(join(userData, 'User'), { recursive: true });
  await writeFile(join(userData, 'User', 'settings.json'), JSON.stringify(firstLookSettings));
  await runQuietly(command, ['--install-extension', vsix, ...own]);
  const child = spawn(command, ['--new-window', '--wait', ...own, folder], {
    stdio: 'ignore',
    detached: process.platform !== 'win32',
    shell: process.platform === 'win32',
  });
  const closed = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
  return {
    closed,
    async close() {
      // The command starts VS Code in a group of its own; its lock file in the profile names the process.
      const pid = Number(await readFile(join(userData, 'code.lock'), 'utf8').catch(() => ''));
      if (pid > 0) end(pid);
      await endGroup(child);
    },
  };
}

/** As root VS Code wants a profile named, and no sandbox. */
function asRoot(userData?: string): string[] {
  if (process.getuid?.() !== 0) return [];
  return ['--no-sandbox', ...(userData === undefined ? [] : ['--user-data-dir', userData])];
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}
