// Finds what a TypeScript file imports as TypeScript's compiler and bundlers do, where Node.js would not.
import { realpathSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsconfigOf } from './tsconfig.mjs';

const endings = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'];
/** `./x.js` may mean the TypeScript that it is built from. */
const sources = { '.js': ['.ts', '.tsx'], '.jsx': ['.tsx'], '.mjs': ['.mts'], '.cjs': ['.cts'] };

/** Whether a file is in a dependency: those are JavaScript, and resolved by Node.js alone. */
export function isLibrary(file) {
  return /[\\/]node_modules[\\/]/.test(file);
}

/** The file that `specifier` means in `parent`; `undefined`: Node.js knows better, or says that there is none. */
export function resolveAsTypeScript(specifier, parent) {
  if (specifier.startsWith('file:')) return fileFor(fileURLToPath(specifier));
  if (/^\.{0,2}(?:\/|$)/.test(specifier) || isAbsolute(specifier)) return fileFor(resolve(dirname(parent), specifier));
  if (isBuiltin(specifier) || /^(?:[\w+.-]+:|#)/.test(specifier)) return undefined;
  const { paths, baseUrl } = tsconfigOf(dirname(parent));
  for (const candidate of [...substituted(specifier, paths), ...(baseUrl ? [join(baseUrl, specifier)] : [])]) {
    const found = fileFor(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The places that tsconfig's `paths` give a specifier: those of the exact pattern, or of that with the longest prefix. */
function substituted(specifier, paths) {
  const exact = paths.find(({ pattern }) => pattern === specifier);
  if (exact) return exact.targets;
  const [best] = paths
    .filter(({ pattern }) => pattern.includes('*'))
    .map(({ pattern, targets }) => ({ before: pattern.split('*')[0], after: pattern.split('*')[1], targets }))
    .filter(({ before, after }) => specifier.length >= before.length + after.length)
    .filter(({ before, after }) => specifier.startsWith(before) && specifier.endsWith(after))
    .toSorted((a, b) => b.before.length - a.before.length);
  if (!best) return [];
  const rest = specifier.slice(best.before.length, specifier.length - best.after.length);
  return best.targets.map((target) => target.replace('*', () => rest));
}

function fileFor(path) {
  const found = candidates(path).find((candidate) => isFile(candidate));
  return found === undefined ? undefined : realpathSync(found);
}

function candidates(path) {
  const [, stem = '', extension = ''] = /^(.*)(\.[cm]?jsx?)$/s.exec(path) ?? [];
  return [
    path,
    ...(sources[extension] ?? []).map((ending) => stem + ending),
    ...endings.map((ending) => path + ending),
    ...endings.map((ending) => join(path, `index${ending}`)),
  ];
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
