// What of a tsconfig.json matters when its files run.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { noteSource } from './sources.mjs';

const none = { paths: [], compilerOptions: {} };
const byFolder = new Map();

/**
 * The nearest tsconfig.json's `compilerOptions`, with what it extends; `baseUrl` and the targets of `paths` absolute. One
 * that can't be read is told of in the log, and as good as none.
 */
export function tsconfigOf(folder) {
  let config = byFolder.get(folder);
  if (config === undefined) {
    config = find(folder);
    byFolder.set(folder, config);
  }
  return config;
}

function find(folder) {
  const file = join(folder, 'tsconfig.json');
  if (existsSync(file)) {
    try {
      return read(file, new Set());
    } catch (error) {
      console.warn(`${file} can't be read, so its paths are not used: ${error.message}`);
      return none;
    }
  }
  const parent = dirname(folder);
  return parent === folder ? none : tsconfigOf(parent);
}

function read(file, seen) {
  if (seen.has(file)) throw new Error(`${file} extends itself`);
  seen.add(file);
  noteSource(file);
  const folder = dirname(file);
  const { extends: bases = [], compilerOptions: own = {} } =
    JSON.parse(withoutComments(readFileSync(file, 'utf8'))) ?? {};
  let config = none;
  for (const base of [bases].flat()) {
    const inherited = read(extended(base, file), new Set(seen));
    config = { ...config, ...inherited, compilerOptions: { ...config.compilerOptions, ...inherited.compilerOptions } };
  }
  const inFolder = (path) => resolve(folder, path.replace(/^\$\{configDir\}/, '.'));
  const baseUrl = own.baseUrl === undefined ? config.baseUrl : inFolder(own.baseUrl);
  const pathsFrom = baseUrl ?? folder;
  const paths =
    own.paths === undefined
      ? config.paths
      : Object.entries(own.paths).map(([pattern, targets]) => ({
          pattern,
          targets: targets.map((target) => (target.startsWith('${') ? inFolder(target) : resolve(pathsFrom, target))),
        }));
  return { baseUrl, paths, compilerOptions: { ...config.compilerOptions, ...own } };
}

function extended(base, file) {
  if (base.startsWith('.') || isAbsolute(base)) {
    const path = resolve(dirname(file), base);
    return existsSync(path) || path.endsWith('.json') ? path : `${path}.json`;
  }
  const require = createRequire(file);
  for (const name of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      const found = require.resolve(name);
      if (found.endsWith('.json')) return found;
    } catch {
      // The next spelling.
    }
  }
  throw new Error(`it extends "${base}", which is not installed`);
}

/** JSON as tsconfig.json has it, without its comments and trailing commas. */
function withoutComments(text) {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_match, string) => string ?? ' ')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_match, string) => string ?? '');
}
