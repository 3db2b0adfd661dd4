import { execFile } from 'node:child_process';
import { access, readdir } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import type { Logger } from '../../model/logger.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import type { NoLaunch } from './runtimes.ts';

/** What Python is looked for with. `parent`: the server's own environment. */
export interface PythonFinderOptions {
  /** The setting `local.pythonPath`; empty: not set. */
  readonly configured: string;
  readonly projectDir: string | undefined;
  readonly parent: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

/** A Python that was run: what it calls itself. */
export interface FoundPython {
  readonly command: string;
  readonly version: Version;
}

type Version = readonly [major: number, minor: number, patch: number];
type Candidate = readonly [command: string, ...args: string[]];

const windows = process.platform === 'win32';
/** The bootstrap's oldest. */
const oldestMinor = 8;
const probeTimeoutMs = 10_000;
const probe = 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])';

/**
 * Finds the Python for a function, in this order: the one of the settings, the project's virtual environment (its
 * packages were installed for that one), the declared version on the PATH or in pyenv, any other Python 3.
 */
export class PythonFinder {
  readonly #options: PythonFinderOptions;
  /** What was found, by where it was looked for; what was not found is looked for again. */
  readonly #found = new Map<string, Promise<FoundPython | NoLaunch>>();
  readonly #told = new Set<string>();

  constructor(options: PythonFinderOptions) {
    this.#options = options;
  }

  /** The Python for a function of the runtime `python3.N`, or why there is none. */
  async find({ runtime, codeDir, functionName }: FunctionDefinition): Promise<FoundPython | NoLaunch> {
    const declared = /^python(\d+\.\d+)$/.exec(runtime)?.[1] ?? '3';
    const { configured } = this.#options;
    const environments = configured === '' ? await this.#virtualEnvironments(codeDir) : [];
    const key = [declared, ...environments].join(delimiter);
    const known = this.#found.get(key);
    if (known !== undefined) {
      const before = await known;
      if ('command' in before && (await exists(before.command))) return before;
      if (this.#found.get(key) === known) this.#found.delete(key);
    }
    // Of a burst of cold starts one looks, and the others wait for it.
    const looking = this.#found.get(key) ?? this.#look(declared, environments);
    this.#found.set(key, looking);
    const found = await looking;
    if ('command' in found) this.#tell(found, declared, functionName);
    return found;
  }

  async #look(declared: string, environments: readonly string[]): Promise<FoundPython | NoLaunch> {
    const { configured } = this.#options;
    if (configured !== '') {
      const found = await this.#run([configured]);
      if (found === undefined) {
        return {
          why:
            `The setting lambdaDestinations.local.pythonPath (--python without VS Code) names no Python that runs: "${configured}". ` +
            'Correct it, or leave it out to use the one that is found, then restart local Lambda.',
        };
      }
      if (isUsable(found)) return found;
      return {
        why:
          `Local Lambda needs Python 3.${oldestMinor} or newer, and the setting lambdaDestinations.local.pythonPath ` +
          `(--python without VS Code) names ${found.version.join('.')}: "${configured}". ` +
          'Set it to a newer one, or leave it out, then restart local Lambda.',
      };
    }
    const tooOld: FoundPython[] = [];
    for await (const candidate of this.#candidates(declared, environments)) {
      const found = await this.#run(candidate);
      if (found === undefined) {
        if (environments.includes(candidate[0])) this.#tellBroken(candidate[0]);
        continue;
      }
      if (isUsable(found)) return found;
      tooOld.push(found);
    }
    const [old] = tooOld;
    const what =
      old === undefined
        ? 'no Python was found: not in a .venv of the project, not on the PATH, not in pyenv'
        : `only Python ${old.version.join('.')} was found (${old.command}), which is too old`;
    const wanted = declared === '3' ? `Python 3.${oldestMinor} or newer` : `Python ${declared}`;
    return {
      why:
        `This function runs on ${wanted}, and ${what}. Install ${wanted} (https://www.python.org/downloads), ` +
        'or set lambdaDestinations.local.pythonPath to a Python and restart local Lambda.',
    };
  }

  async *#candidates(declared: string, environments: readonly string[]): AsyncGenerator<Candidate> {
    for (const command of environments) yield [command];
    if (windows) yield ['py', `-${declared}`];
    const exact = declared === '3' ? [] : [declared];
    for (const version of exact) yield [`python${version}`];
    const installed = await this.#pyenv();
    for (const python of installed) if (exact.includes(minorOf(python.name))) yield [python.command];
    yield ['python3'];
    yield ['python'];
    if (windows) yield ['py', '-3'];
    for (const python of installed) if (/^3\.\d/.test(python.name)) yield [python.command];
  }

  /** pyenv's Pythons, the newest first: its own commands only start the ones that are switched on. */
  async #pyenv(): Promise<readonly { readonly name: string; readonly command: string }[]> {
    const { parent } = this.#options;
    const home = parent['HOME'] ?? parent['USERPROFILE'];
    const root = parent['PYENV_ROOT'] ?? (home === undefined ? undefined : join(home, '.pyenv'));
    if (root === undefined) return [];
    const names = await readdir(join(root, 'versions')).catch(() => []);
    return names
      .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((name) => ({
        name,
        command: windows ? join(root, 'versions', name, 'python.exe') : join(root, 'versions', name, 'bin', 'python'),
      }));
  }

  /** The Pythons of virtual environments from the code folder up to the project's, then of the one that is active. */
  async #virtualEnvironments(codeDir: string): Promise<readonly string[]> {
    const { projectDir, parent } = this.#options;
    const folders = foldersBetween(codeDir, projectDir).flatMap((folder) => [
      join(folder, '.venv'),
      join(folder, 'venv'),
    ]);
    const active = parent['VIRTUAL_ENV'];
    if (active !== undefined) folders.push(active);
    const found = await Promise.all(
      folders.map(async (folder) => {
        const command = windows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
        return (await exists(command)) ? [command] : [];
      }),
    );
    return found.flat();
  }

  async #run([command, ...args]: Candidate): Promise<FoundPython | undefined> {
    try {
      const { stdout } = await promisify(execFile)(command, [...args, '-I', '-c', probe], {
        // As much as handlers get, and what pyenv's and Windows' starters need.
        env: { ...this.#options.parent, VIRTUAL_ENV: undefined, PYTHONHOME: undefined } as NodeJS.ProcessEnv,
        timeout: probeTimeoutMs,
        windowsHide: true,
      });
      // Whatever a `sitecustomize` prints comes before.
      const [executable = '', text = ''] = stdout.trimEnd().split(/\r?\n/).slice(-2);
      const [major = 0, minor = 0, patch = 0] = text.split('.').map(Number);
      return executable === '' || major === 0 ? undefined : { command: executable, version: [major, minor, patch] };
    } catch {
      return undefined;
    }
  }

  /** The packages that the function needs are in there, and the Python that is taken instead has others. */
  #tellBroken(command: string): void {
    if (this.#told.has(command)) return;
    this.#told.add(command);
    this.#options.log.warn(
      `The Python of a virtual environment does not run, so another one is taken, without its packages: ${command}. ` +
        'Make the environment anew, then restart local Lambda.',
    );
  }

  #tell({ command, version }: FoundPython, declared: string, functionName: string): void {
    const actual = version.slice(0, 2).join('.');
    const told = `${declared} ${command}`;
    if (declared === '3' || actual === declared || this.#told.has(told)) return;
    this.#told.add(told);
    this.#options.log.warn(
      `"${functionName}" declares Python ${declared}, and Python ${version.join('.')} runs it here: ${command}. ` +
        `Install Python ${declared}, or set lambdaDestinations.local.pythonPath, to run it as on AWS.`,
    );
  }
}

function isUsable({ version: [major, minor] }: FoundPython): boolean {
  return major === 3 && minor >= oldestMinor;
}

/** `3.12` of `3.12.1` */
function minorOf(name: string): string {
  return name.split('.').slice(0, 2).join('.');
}

/** `inner` and the folders above it up to `outer`; both alone when `inner` is not in `outer`. */
function foldersBetween(inner: string, outer: string | undefined): readonly string[] {
  if (outer === undefined) return [inner];
  const path = relative(outer, inner);
  if (isAbsolute(path) || path.split(sep)[0] === '..') return [inner, outer];
  const folders: string[] = [];
  for (let folder = inner; folder.length > outer.length; folder = dirname(folder)) folders.push(folder);
  return [...folders, outer];
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
