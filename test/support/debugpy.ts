import { execFile } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasModule } from './pythons.ts';
import { skip } from './skip.ts';

/** A Python, and a folder with a debugpy for it. */
export interface DebugpyForTests {
  readonly python: string;
  readonly debugpyDir: string;
}

/** Microsoft's debugpy in the cache of the project, for the `python3` of the PATH; skips the suite where pip gets none. */
export async function realDebugpy(
  context: Mocha.Context,
  root = join(import.meta.dirname, '..', '..'),
): Promise<DebugpyForTests> {
  const cache = join(root, '.cache', 'debugpy');
  try {
    const run = promisify(execFile);
    const { stdout } = await run('python3', [
      '-c',
      'import sys; print(sys.executable); print("%d.%d" % sys.version_info[:2])',
    ]);
    const [python = '', version = ''] = stdout.split(/\r?\n/);
    const debugpyDir = join(cache, version);
    if (hasModule(python, 'debugpy', debugpyDir)) return { python, debugpyDir };
    await mkdir(cache, { recursive: true });
    const made = `${debugpyDir}.${process.pid}`;
    await run(python, ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', '--target', made, 'debugpy']);
    await rm(debugpyDir, { recursive: true, force: true });
    await rename(made, debugpyDir);
    if (hasModule(python, 'debugpy', debugpyDir)) return { python, debugpyDir };
  } catch {
    // No Python, no pip, or no registry.
  }
  return skip(context, 'there is no debugpy: python3 -m pip install debugpy does not work here');
}
