import { extname } from 'node:path';
import type { FindExport } from './exportPlace.ts';
import { findExport as findInPython } from './pythonExports.ts';
import { findExport as findInScript } from './scriptExports.ts';

/** What a language needs to have its handlers found. */
export interface HandlerLanguage {
  /** The grammar's file, in `dist/wasm`. */
  readonly grammar: string;
  readonly extensions: readonly string[];
  readonly findExport: FindExport;
}

/** A language whose handlers can be found. */
export type LanguageName = 'javascript' | 'typescript' | 'python';

/** The languages whose handlers can be found: a grammar is loaded with the first file of its language. */
export const languages: Readonly<Record<LanguageName, HandlerLanguage>> = {
  javascript: {
    grammar: 'tree-sitter-javascript.wasm',
    extensions: ['.js', '.mjs', '.cjs'],
    findExport: findInScript,
  },
  typescript: {
    grammar: 'tree-sitter-typescript.wasm',
    extensions: ['.ts', '.mts', '.cts'],
    findExport: findInScript,
  },
  python: {
    grammar: 'tree-sitter-python.wasm',
    extensions: ['.py'],
    findExport: findInPython,
  },
};

/** The language of a file. One without an extension is JavaScript, as on Lambda. */
export function languageOf(file: string): LanguageName {
  const extension = extname(file);
  for (const name of Object.keys(languages) as LanguageName[]) {
    if (languages[name].extensions.includes(extension)) return name;
  }
  return 'javascript';
}
