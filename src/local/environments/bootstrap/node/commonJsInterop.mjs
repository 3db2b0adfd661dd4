// CommonJS modules as an ES module written in TypeScript is used to see them, after a build to CommonJS: any name can be
// imported, and `default` is what a transpiled module calls so.
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileTypeScript, isWrittenAsModule } from './compileTypeScript.mjs';

/** Of URLs of modules of ours, which stand between an import and what it imports. */
export const interopScheme = 'lambda-destinations:interop?';

/**
 * The URL that gives `names` of a resolved module: that of a module of ours where Node.js would not give them. `'*'` is
 * all of it.
 */
export function interopUrl({ url, format }, names) {
  const commonjs = isCommonJs(url, format);
  if (!commonjs && !names.includes('*')) return url;
  return interopScheme + encodeURIComponent(JSON.stringify({ url, names, commonjs }));
}

/** The source of such a module. */
export function interopSource(interop) {
  const { url, names, commonjs } = JSON.parse(decodeURIComponent(interop.slice(interopScheme.length)));
  const from = JSON.stringify(url);
  if (!commonjs) {
    return [
      `import * as all from ${from}; export { all as "*" }; export * from ${from};`,
      ...(names.includes('default') ? [`export { default } from ${from};`] : []),
    ].join('\n');
  }
  return [
    `import whole from ${from};`,
    ...names.map(
      (name, index) => `const _${index} = ${valueOf(name)}; export { _${index} as ${JSON.stringify(name)} };`,
    ),
  ].join('\n');
}

function valueOf(name) {
  if (name === '*') return 'whole';
  return name === 'default' ? 'whole?.__esModule ? whole.default : whole' : `whole?.[${JSON.stringify(name)}]`;
}

function isCommonJs(url, format) {
  if (!url.startsWith('file:')) return false;
  const file = fileURLToPath(url);
  if (/\.(?:[cm]?ts|tsx)$/.test(file)) return compileTypeScript(file).format === 'commonjs';
  if (typeof format === 'string') return format === 'commonjs';
  return extname(file) === '.cjs' || (extname(file) === '.js' && !isWrittenAsModule(readFileSync(file, 'utf8')));
}
