// Loads TypeScript without a build step: hooks of ours find and compile what handlers import. Loaded with the first
// TypeScript handler only.
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { interopScheme, interopSource, interopUrl } from './commonJsInterop.mjs';
import { compileTypeScript } from './compileTypeScript.mjs';
import { isLibrary, resolveAsTypeScript } from './resolveTypeScript.mjs';
import { noteSource } from './sources.mjs';

const require = nodeModule.createRequire(import.meta.url);
const typescript = /\.(?:[cm]?ts|tsx)$/;
/** Gives a module that is written as one, but used to be built as CommonJS, what only CommonJS has. */
const commonJsScheme = 'lambda-destinations:commonjs?';

/** What a TypeScript handler's file exports. */
export async function loadTypeScript(file) {
  registerHooks();
  if (compileTypeScript(file).format === 'commonjs') return require(file);
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    adviseOnTypes(error);
    throw error;
  }
}

/** A name that another file has as a type only, and that is exported again, or mentioned in a way that hides that. */
function adviseOnTypes(error) {
  const [, name] = /does not provide an export named '(.+)'/.exec(error?.message) ?? [];
  if (name === undefined || !/^file:.*\.(?:[cm]?ts|tsx):\d+\n/.test(error.stack)) return;
  console.warn(
    `If “${name}” is a type, say so: “import type { ${name} }”, or “export type { ${name} }”. Type stripping looks at one file at a time.`,
  );
}

function registerHooks() {
  if (nodeModule.registerHooks === undefined) {
    throw new Error(
      `TypeScript handlers run without a build step on Node.js 22.15 or later; this is ${process.version} (${process.execPath}). ` +
        'Set lambdaDestinations.local.nodePath to a newer one, or build the function and let CodeUri name the built folder.',
    );
  }
  nodeModule.registerHooks({ resolve: resolveModule, load: loadModule });
}

function resolveModule(specifier, context, nextResolve) {
  if (specifier.startsWith(commonJsScheme) || specifier.startsWith(interopScheme))
    return { url: specifier, shortCircuit: true };
  const { parentURL } = context;
  const parent = parentURL?.startsWith('file:') ? fileURLToPath(parentURL) : undefined;
  if (parent === undefined || isLibrary(parent)) return nextResolve(specifier, context);
  const found = resolveAsTypeScript(specifier, parent);
  const resolved =
    found === undefined
      ? resolvePackage(specifier, context, nextResolve)
      : { url: pathToFileURL(found).href, shortCircuit: true, importAttributes: context.importAttributes };
  const names =
    isImport(context) && typescript.test(parent) ? compileTypeScript(parent).imports?.get(specifier) : undefined;
  if (names === undefined || extname(resolved.url) === '.json') return resolved;
  return { ...resolved, url: interopUrl(resolved, names), shortCircuit: true };
}

/** What an import finds; else what `require` would, as after a build: files without extension, folders. */
function resolvePackage(specifier, context, nextResolve) {
  try {
    return nextResolve(specifier, context);
  } catch (error) {
    if (!isImport(context) || !/^ERR_(?:MODULE_NOT_FOUND|UNSUPPORTED_DIR_IMPORT)$/.test(error.code)) throw error;
    let file;
    try {
      file = nodeModule.createRequire(context.parentURL).resolve(specifier);
    } catch {
      throw error;
    }
    return { url: pathToFileURL(file).href, shortCircuit: true };
  }
}

function isImport({ conditions = [] }) {
  return [...conditions].includes('import');
}

function loadModule(url, context, nextLoad) {
  if (url.startsWith(commonJsScheme)) {
    const file = decodeURIComponent(url.slice(commonJsScheme.length));
    return { format: 'module', source: commonJsNames(file), shortCircuit: true };
  }
  if (url.startsWith(interopScheme)) return { format: 'module', source: interopSource(url), shortCircuit: true };
  if (!url.startsWith('file:')) return nextLoad(url, context);
  const file = fileURLToPath(url);
  if (isLibrary(file)) return nextLoad(url, context);
  if (typescript.test(file)) {
    const { source, format, uses } = compileTypeScript(file);
    const names = uses.length === 0 ? '' : `\nimport { ${uses.join(', ')} } from ${commonJsSpecifier(file)};`;
    return { format, source: source + names, shortCircuit: true };
  }
  noteSource(file);
  if (extname(file) === '.json' && isImport(context) && context.importAttributes?.type === undefined) {
    return { format: 'module', source: jsonModule(readFileSync(file, 'utf8'), file), shortCircuit: true };
  }
  return nextLoad(url, context);
}

function commonJsSpecifier(file) {
  return JSON.stringify(commonJsScheme + encodeURIComponent(file));
}

function commonJsNames(file) {
  return [
    "import { createRequire } from 'node:module';",
    `export const __filename = ${JSON.stringify(file)};`,
    `export const __dirname = ${JSON.stringify(dirname(file))};`,
    'export const require = createRequire(__filename);',
  ].join('\n');
}

/** TypeScript's `resolveJsonModule`: no attribute, and the members have names. */
function jsonModule(text, file) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    error.message = `${file}: ${error.message}`;
    throw error;
  }
  const names = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  const named = names.filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
  return [
    `const json = ${JSON.stringify(value)};`,
    'export default json;',
    ...named.map((name, index) => `const _${index} = json[${JSON.stringify(name)}]; export { _${index} as ${name} };`),
  ].join('\n');
}
