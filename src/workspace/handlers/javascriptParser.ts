import type { Node } from 'web-tree-sitter';

/** Parses JavaScript. The tree lives while `use` runs: it is memory that has to be given back. */
export interface JavaScriptParser {
  parse<T>(text: string, use: (root: Node) => T): T;
}

/** The two files the parser consists of. */
export interface ParserFiles {
  /** `web-tree-sitter.wasm` */
  readonly runtime: Uint8Array;
  /** `tree-sitter-javascript.wasm` */
  readonly grammar: Uint8Array;
}

/** Loads the parser: some 100 ms, once. */
export async function loadJavaScriptParser({ runtime, grammar }: ParserFiles): Promise<JavaScriptParser> {
  const { Language, Parser } = await import('web-tree-sitter');
  await Parser.init({ wasmBinary: runtime });
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return {
    parse(text, use) {
      const tree = parser.parse(text);
      if (!tree) throw new Error('The JavaScript parser gave up.');
      try {
        return use(tree.rootNode);
      } finally {
        tree.delete();
      }
    },
  };
}
