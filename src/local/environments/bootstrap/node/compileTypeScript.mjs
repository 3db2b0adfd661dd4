// TypeScript → JavaScript: Node.js strips the types, so that lines and columns stay; what needs more than that is
// transformed by Node.js, and what that can't do by the project's own esbuild, both with a source map.
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { installCommand } from './installHint.mjs';
import { isModuleFolder } from './packageType.mjs';
import { noteSource } from './sources.mjs';
import { tsconfigOf } from './tsconfig.mjs';
import { namedImports, withoutTypeImports } from './typeImports.mjs';

/**
 * @typedef {object} Compiled
 * @property {string} source
 * @property {'module' | 'commonjs'} format by how it is written, as a build would allow both in every package
 * @property {string[]} uses of a module: which names of CommonJS it relies on all the same
 * @property {Map<string, string[]>} [imports] of a module that a build would make CommonJS: what it takes of which module
 */

const compiled = new Map();
const commonJsNames = ['__dirname', '__filename', 'require'];

/** A TypeScript file as JavaScript; one that can't be compiled throws a `SyntaxError` whose stack names the line. */
export function compileTypeScript(file) {
  let result = compiled.get(file);
  if (result === undefined) {
    noteSource(file);
    result = compile(file, readFileSync(file, 'utf8'));
    compiled.set(file, result);
  }
  return result;
}

function compile(file, text) {
  const { compilerOptions } = tsconfigOf(dirname(file));
  let source = toJavaScript(file, text, compilerOptions);
  if (compilerOptions.verbatimModuleSyntax !== true) source = withoutTypeImports(source);
  const format = file.endsWith('.mts') || isWrittenAsModule(source) ? 'module' : 'commonjs';
  // In a package that says it is one of ES modules, a build makes nothing else of it.
  if (format === 'commonjs' || file.endsWith('.mts') || isModuleFolder(dirname(file)))
    return { source, format, uses: [] };
  const { code, imports } = namedImports(source);
  return { source: code, format, uses: usedOfCommonJs(source), imports };
}

function toJavaScript(file, text, compilerOptions) {
  if (extname(file) === '.tsx') {
    return withEsbuild(file, text, compilerOptions, () => needsEsbuild(file, 1, 'it is a .tsx file (JSX)'));
  }
  const decorator = decoratorLine(text);
  if (decorator !== undefined) {
    // A decorator can be a text that looks like one: Node.js says which.
    const own = withEsbuild(file, text, compilerOptions, () => undefined);
    if (own !== undefined) return own;
  }
  if (nodeModule.stripTypeScriptTypes === undefined) {
    return withEsbuild(file, text, compilerOptions, () =>
      needsEsbuild(file, 1, `${process.version} has no type stripping`),
    );
  }
  let source;
  try {
    source = quietly(() => nodeModule.stripTypeScriptTypes(text, { mode: 'strip' }));
  } catch (error) {
    if (error.code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw syntaxError(file, error);
    source = transformed(file, text, compilerOptions, error);
  }
  if (decorator !== undefined && !parses(source)) throw needsEsbuild(file, decorator, 'it has a decorator');
  return source;
}

/** What stripping alone can't do: enums, namespaces, parameter properties, `import x = require()`. */
function transformed(file, text, compilerOptions, why) {
  let source;
  try {
    const options = { mode: 'transform', sourceMap: true, sourceUrl: pathToFileURL(file).href };
    source = quietly(() => nodeModule.stripTypeScriptTypes(text, options));
  } catch {
    const line = Number(/:(\d+)\n/.exec(why.stack)?.[1] ?? /\[(\d+):\d+\]/.exec(why.stack)?.[1] ?? 1);
    return withEsbuild(file, text, compilerOptions, () =>
      needsEsbuild(file, line, why.message.trim().split('\n')[0].replace(/\.$/, '')),
    );
  }
  process.setSourceMapsEnabled(true);
  return source;
}

/** Compiles with the project's own esbuild; without one, throws what `otherwise` gives, or gives `undefined`, too. */
function withEsbuild(file, text, compilerOptions, otherwise) {
  const esbuild = projectEsbuild(file);
  if (esbuild === undefined) {
    const error = otherwise();
    if (error === undefined) return undefined;
    throw error;
  }
  const { jsx, jsxFactory, jsxFragmentFactory, jsxImportSource, experimentalDecorators } = compilerOptions;
  const { useDefineForClassFields, target } = compilerOptions;
  const tsconfig = { jsx, jsxFactory, jsxFragmentFactory, jsxImportSource, experimentalDecorators };
  let result;
  try {
    result = esbuild.transformSync(text, {
      loader: extname(file) === '.tsx' ? 'tsx' : 'ts',
      sourcefile: pathToFileURL(file).href,
      sourcemap: 'inline',
      target: `node${process.versions.node.split('.')[0]}`,
      tsconfigRaw: { compilerOptions: { ...tsconfig, useDefineForClassFields, target } },
      logLevel: 'silent',
    });
  } catch (error) {
    throw esbuildError(file, error);
  }
  process.setSourceMapsEnabled(true);
  return result.code;
}

function projectEsbuild(file) {
  const fromProject = nodeModule.createRequire(file);
  try {
    return fromProject('esbuild');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') console.warn(`esbuild of the project can't be used: ${error.message}`);
    return undefined;
  }
}

function needsEsbuild(file, line, what) {
  const command = installCommand('esbuild', file, ' --save-dev');
  const message =
    `Node.js alone can't run this TypeScript: ${what}. ${command} Local Lambda then compiles with it. ` +
    'Or let a build make JavaScript of it, and CodeUri name the built folder.';
  return located(file, line, message);
}

function syntaxError(file, error) {
  const { stack, message } = error;
  // Node.js 22 draws a box, 24 begins with the file and its line.
  const line = Number(/:(\d+)\n/.exec(stack.split('SyntaxError')[0])?.[1] ?? /-\[(\d+):\d+\]/.exec(stack)?.[1] ?? 1);
  const first = message
    .split('\n')[0]
    .replace(/^\s*x\s+/, '')
    .trim();
  return located(file, line, first, shownCode(stack));
}

/** The code that Node.js 24 shows before the error. */
function shownCode(stack) {
  const [before] = stack.split('\n\nSyntaxError');
  return before === stack ? undefined : before.split('\n').slice(1).join('\n');
}

function esbuildError(file, error) {
  const [{ text = error.message, location } = {}] = error.errors ?? [];
  const { line = 1, column = 0, lineText } = location ?? {};
  const shown = lineText === undefined ? undefined : `${lineText}\n${' '.repeat(column)}^`;
  return located(file, line, text, shown);
}

/** An error with the stack that Node.js gives a JavaScript file with a syntax error: file and line first. */
function located(file, line, message, shown) {
  const error = new SyntaxError(message);
  const code = shown ?? readFileSync(file, 'utf8').split('\n')[line - 1] ?? '';
  error.stack = `${file}:${line}\n${code}\n\nSyntaxError: ${message}`;
  return error;
}

/** Node.js says of its type stripping that it is experimental: once a process, and not in the function's log. */
function quietly(use) {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return use();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function decoratorLine(text) {
  const at = text.search(/^[ \t]*(?:export\s+(?:default\s+)?)?@[\p{ID_Start}$_(]/mu);
  return at === -1 ? undefined : text.slice(0, at).split('\n').length;
}

/** Whether a text is written as an ES module, as Node.js itself finds out. */
export function isWrittenAsModule(source) {
  if (!/\b(?:import|export|await)\b/.test(source)) return false;
  const error = parseError(source);
  return (
    error !== undefined &&
    /import statement outside a module|Unexpected token 'export'|'import\.meta' outside|await is only valid/.test(
      error.message,
    )
  );
}

function parses(source) {
  return !/Invalid or unexpected token/.test(parseError(source)?.message ?? '');
}

function parseError(source) {
  try {
    compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname']);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** What a build to CommonJS would give such a file. */
function usedOfCommonJs(source) {
  const used = commonJsNames.filter((name) => new RegExp(String.raw`(?<![\w.$])${name}\b`).test(source));
  return used.filter(
    (name) => !new RegExp(String.raw`\b(?:const|let|var|function|import)\b[^;=\n]*\b${name}\b`).test(source),
  );
}
