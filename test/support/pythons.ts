import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { skip } from './skip.ts';

/** The Python of a version (`3.8`) on this machine; `undefined` when there is none. */
export function pythonOf(version: string): string | undefined {
  const versions = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const names = existsSync(versions) ? readdirSync(versions) : [];
  const installed = names
    .filter((name) => name.startsWith(`${version}.`))
    .map((name) => join(versions, name, 'bin', 'python'));
  return [...installed, `python${version}`].find((python) => runs(python));
}

/** Any Python that handlers run with; skips the test or suite where there is none. */
export function anyPython(context: Mocha.Context): string {
  const versions = ['3.13', '3.12', '3.11', '3.10', '3.9', '3.8'];
  const found = versions.map(pythonOf).find((python) => python !== undefined);
  return found ?? skip(context, 'there is no Python 3.8 to 3.13 on this machine');
}

/** Whether a Python can import a module; `folder`: also from there. */
export function hasModule(python: string, name: string, folder?: string): boolean {
  return runs(python, `import ${name}`, folder === undefined ? {} : { PYTHONPATH: folder });
}

function runs(python: string, code = '', variables: Readonly<Record<string, string>> = {}): boolean {
  try {
    execFileSync(python, ['-c', code], { stdio: 'ignore', env: { ...process.env, ...variables } });
    return true;
  } catch {
    return false;
  }
}
