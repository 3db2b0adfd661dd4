import type { Language, Node, Parser } from 'web-tree-sitter';
import { languages, type LanguageName } from './languages.ts';

/** Parses code. The tree lives while `use` runs: it is memory that has to be given back. */
export interface CodeParser {
  parse<T>(language: LanguageName, text: string, use: (root: Node) => T): Promise<T>;
}

/** Reads a file of `dist/wasm`: the parser's own `web-tree-sitter.wasm`, or a grammar. */
export type ReadWasm = (name: string) => Promise<Uint8Array>;

/** A parser that loads itself (some 50 ms) and each grammar (up to 80 ms) at first use; what failed is tried again. */
export function lazyParser(readWasm: ReadWasm): CodeParser {
  const parsers = new Map<LanguageName, Promise<Parser>>();
  let runtime: Promise<Runtime> | undefined;
  const load = async (language: LanguageName): Promise<Parser> => {
    runtime ??= loadRuntime(readWasm).catch((error: unknown) => {
      runtime = undefined;
      throw error;
    });
    const { newParser, loadLanguage } = await runtime;
    const parser = newParser();
    parser.setLanguage(await loadLanguage(await readWasm(languages[language].grammar)));
    return parser;
  };
  return {
    async parse(language, text, use) {
      let loading = parsers.get(language);
      if (!loading) {
        loading = load(language).catch((error: unknown) => {
          parsers.delete(language);
          throw error;
        });
        parsers.set(language, loading);
      }
      const tree = (await loading).parse(text);
      if (!tree) throw new Error(`The ${language} parser gave up.`);
      try {
        return use(tree.rootNode);
      } finally {
        tree.delete();
      }
    },
  };
}

interface Runtime {
  newParser(): Parser;
  loadLanguage(grammar: Uint8Array): Promise<Language>;
}

async function loadRuntime(readWasm: ReadWasm): Promise<Runtime> {
  const [library, wasmBinary] = await Promise.all([import('web-tree-sitter'), readWasm('web-tree-sitter.wasm')]);
  await library.Parser.init({ wasmBinary });
  return {
    newParser: () => new library.Parser(),
    loadLanguage: (grammar) => library.Language.load(grammar),
  };
}
