import { watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** A function's own env file, read. */
export interface EnvFile {
  /** All of it: environments made from another text are of no use any more. Never to be logged. */
  readonly text: string;
  /** Those that Lambda reserves are left out. */
  readonly variables: Readonly<Record<string, string>>;
  /** What is wrong with it, for the function's log; names, never values. */
  readonly problems: readonly string[];
}

/** What a handler's process gets from Lambda and nobody else. */
const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_EXECUTION_ENV',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
]);
/** Function names as Lambda has them; another one could lead out of the folder. */
const SAFE_NAME = /^[\w-]+$/;

/**
 * The env files of a project, read again only when something beside the template has changed: an attempt asks every time.
 * Where the system's notices come late (not on Linux) every time is a reading.
 */
export class EnvFiles {
  readonly #projectDir: string;
  readonly #known = new Map<string, Promise<EnvFile | undefined>>();
  #watcher: FSWatcher | undefined;

  constructor(projectDir: string) {
    this.#projectDir = projectDir;
  }

  /** `undefined` when there is none. A save has its notice delivered by the end of the turn of the event loop. */
  read(functionName: string): Promise<EnvFile | undefined> {
    if (process.platform !== 'linux' || !this.#watch()) return readEnvFile(this.#projectDir, functionName);
    const known = this.#known.get(functionName) ?? readEnvFile(this.#projectDir, functionName);
    this.#known.set(functionName, known);
    return known;
  }

  dispose(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#known.clear();
  }

  /** Ends with the first notice: the folder itself may be another one then. `false`: it can't be watched. */
  #watch(): boolean {
    try {
      this.#watcher ??= watch(this.#projectDir, { persistent: false }, () => this.dispose()).on('error', () =>
        this.dispose(),
      );
      return true;
    } catch {
      return false;
    }
  }
}

/** Reads `.env.<functionName>` beside the template; `undefined` when there is none. See docs/decisions/0010. */
export async function readEnvFile(projectDir: string, functionName: string): Promise<EnvFile | undefined> {
  if (!SAFE_NAME.test(functionName)) return undefined;
  const name = `.env.${functionName}`;
  let text: string;
  try {
    text = await readFile(join(projectDir, name), 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    return { text: code, variables: {}, problems: [`${name} can't be read (${code}); its variables are not set.`] };
  }
  return { text, ...parse(name, text) };
}

function parse(name: string, text: string): Pick<EnvFile, 'variables' | 'problems'> {
  const variables: Record<string, string> = {};
  const problems = badLines(text).map(
    (line) => `${name}, line ${line}: this is not NAME=value, and the line is left out.`,
  );
  for (const [key, value] of Object.entries(parseEnv(text))) {
    if (value === undefined) continue;
    if (!RESERVED.has(key) && !key.startsWith('AWS_LAMBDA_')) variables[key] = value;
    else problems.push(`${name}: ${key} is set by Lambda and can't be replaced.${regionHint(key)}`);
  }
  return { variables, problems };
}

function regionHint(key: string): string {
  return key.endsWith('REGION') ? ' The region is that of local Lambda: set lambdaDestinations.local.region.' : '';
}

/** Numbers of the lines, from 1, that name no variable; those inside a quoted value are part of it. */
function badLines(text: string): readonly number[] {
  const bad: number[] = [];
  let quote = '';
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (quote !== '') {
      if (line.includes(quote)) quote = '';
      continue;
    }
    const [, value] = /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=\s*(.*)$/.exec(line) ?? [];
    if (value !== undefined) {
      const [first = ''] = value;
      if (/["'`]/.test(first) && !value.slice(1).includes(first)) quote = first;
    } else if (!/^\s*(?:#.*)?$/.test(line)) {
      bad.push(index + 1);
    }
  }
  return bad;
}
