// Handler string → function (spec 7, "Handler string → entry point").
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMissingModule, runtimeError } from './errors.mjs';
import { isModuleFolder } from './packageType.mjs';

const require = createRequire(import.meta.url);
const taskRoot = process.env.LAMBDA_TASK_ROOT;

/** Node.js 24 of Lambda has no callback handlers, and takes what a plain function returns. */
export const promisesOnly = Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? '')?.[1] ?? 0) >= 24;

const scripts = /\.[cm]?[jt]sx?$/;
const typescript = /\.(?:[cm]?ts|tsx)$/;

async function loadModule(folder, name, sources) {
  for (const source of sources) {
    const file = resolve(taskRoot, source);
    if (scripts.test(file) && existsSync(file)) return loadFile(file);
  }
  const base = resolve(taskRoot, folder, name);
  // Lambda's order; then what only a build turns into something that Lambda looks for.
  const endings = [...(isLoadable(base) ? [''] : []), '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];
  for (const ending of endings) if (existsSync(base + ending)) return loadFile(base + ending);
  let found;
  try {
    found = require.resolve(name, { paths: [taskRoot, folder] });
  } catch (error) {
    const others = ['/index.ts', '/index.mts', '/index.cts', '.tsx', '/index.tsx'];
    const other = others.find((ending) => existsSync(base + ending));
    if (other === undefined) throw error;
    return loadFile(base + other);
  }
  return require(found);
}

/** A folder is what Node.js finds in it, if it finds something. */
function isLoadable(path) {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return existsSync(path);
  try {
    require.resolve(path);
    return true;
  } catch {
    return false;
  }
}

async function loadFile(file) {
  if (typescript.test(file)) {
    const { loadTypeScript } = await import('./typescript.mjs');
    return loadTypeScript(file);
  }
  const isModule = file.endsWith('.mjs') || (file.endsWith('.js') && isModuleFolder(dirname(file)));
  if (!isModule) return require(file);
  const imported = await import(pathToFileURL(file).href);
  return imported;
}

async function _loadUserApp(folder, name, sources) {
  try {
    return await loadModule(folder, name, sources);
  } catch (error) {
    if (isMissingModule(error)) {
      const { explainMissingModule } = await import('./installHint.mjs');
      explainMissingModule(error);
    }
    if (error instanceof SyntaxError) {
      const wrapped = runtimeError('UserCodeSyntaxError', String(error));
      wrapped.stack = error.stack; // names the line, as AWS's newest runtime does
      throw wrapped;
    }
    if (error?.code === 'MODULE_NOT_FOUND') throw runtimeError('ImportModuleError', String(error));
    throw error;
  }
}

/** The function that a handler string names. `sources`: what its file is built from, to be taken instead of the file. */
export async function loadHandler(text, sources) {
  if (text.includes('..')) {
    throw runtimeError(
      'MalformedHandlerName',
      `'${text}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const last = basename(text);
  const folder = text.slice(0, text.length - last.length);
  const dot = last.indexOf('.');
  if (dot === -1) throw runtimeError('MalformedHandlerName', 'Bad handler');
  const exported = await _loadUserApp(folder, last.slice(0, dot), sources);
  const found = last
    .slice(dot + 1)
    .split('.')
    .reduce((nested, key) => nested && nested[key], exported);
  if (!found) throw runtimeError('HandlerNotFound', `${text} is undefined or not exported`);
  if (typeof found !== 'function') throw runtimeError('HandlerNotFound', `${text} is not a function`);
  if (promisesOnly && found.length >= 3) {
    throw runtimeError(
      'CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
        'You need to modify this function to use a supported handler signature to use Node.js 24 or later. ' +
        'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    );
  }
  return found;
}
