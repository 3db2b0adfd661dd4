import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Where debugpy is looked for. */
export interface DebugpySearch {
  /** The Python that runs the function. */
  readonly python: string;
  /** The function may bring one along. */
  readonly codeDir: string;
  /** Used when neither has one: of VS Code's extension. */
  readonly debugpyDir?: string | undefined;
  /** The server's own environment. */
  readonly parent: Readonly<Record<string, string | undefined>>;
}

const probeTimeoutMs = 10_000;
/** As `import_debugpy` of the Python bootstrap. It is imported, because one of VS Code's may be for newer Pythons only. */
const probe = `
import sys
for folder in [None] + sys.argv[1:]:
    if folder:
        sys.path.append(folder)
    try:
        import debugpy
        sys.exit(0)
    except ImportError:
        if folder:
            sys.path.remove(folder)
sys.exit(1)
`;

/** Whether a function's process can wait for debugpy. */
export async function hasDebugpy({ python, codeDir, debugpyDir, parent }: DebugpySearch): Promise<boolean> {
  try {
    const folders = [codeDir, ...(debugpyDir === undefined ? [] : [debugpyDir])];
    await promisify(execFile)(python, ['-E', '-X', 'frozen_modules=off', '-c', probe, ...folders], {
      env: { ...parent, VIRTUAL_ENV: undefined, PYTHONHOME: undefined } as NodeJS.ProcessEnv,
      // What it takes for its modules must not lie where it is started.
      cwd: '/',
      timeout: probeTimeoutMs,
      windowsHide: true,
    });
    return true;
  } catch {
    return false;
  }
}
