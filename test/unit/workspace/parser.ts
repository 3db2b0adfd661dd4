import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { loadJavaScriptParser, type JavaScriptParser } from '../../../src/workspace/handlers/javascriptParser.ts';

const require = createRequire(import.meta.url);
let loading: Promise<JavaScriptParser> | undefined;

/** The parser the product uses, from node_modules. */
export function javaScriptParser(): Promise<JavaScriptParser> {
  loading ??= load();
  return loading;
}

async function load(): Promise<JavaScriptParser> {
  const [runtime, grammar] = await Promise.all([
    readFile(require.resolve('web-tree-sitter/web-tree-sitter.wasm')),
    readFile(require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-javascript.wasm')),
  ]);
  return loadJavaScriptParser({ runtime, grammar });
}
