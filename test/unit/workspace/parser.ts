import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { lazyParser, type CodeParser } from '../../../src/workspace/handlers/codeParser.ts';
import type { ModuleKind } from '../../../src/workspace/handlers/exportPlace.ts';
import { languages, type LanguageName } from '../../../src/workspace/handlers/languages.ts';

const require = createRequire(import.meta.url);

/** Reads what esbuild.mjs copies to `dist/wasm`, from node_modules. */
export function readWasm(name: string): Promise<Uint8Array> {
  const folder = name === 'web-tree-sitter.wasm' ? 'web-tree-sitter' : '@vscode/tree-sitter-wasm/wasm';
  return readFile(require.resolve(`${folder}/${name}`));
}

/** The parser the product uses, loaded once for all tests. */
export const codeParser: CodeParser = lazyParser(readWasm);

/** Where a file of that text has that export: `3:1`, `absent`, `dynamic` or `syntax 2`. */
export async function exportIn(
  language: LanguageName,
  text: string,
  name = 'handler',
  moduleKind: ModuleKind = 'either',
): Promise<string> {
  const { findExport } = languages[language];
  const place = await codeParser.parse(language, text, (root) => findExport(root, name.split('.'), moduleKind));
  if (place.kind === 'found') return `${place.line}:${place.column}`;
  if (place.kind === 'absent') return 'absent';
  return place.reason === 'syntax' ? `syntax ${place.line}` : 'dynamic';
}
