import type { Node } from 'web-tree-sitter';

/** How a file is loaded: `.mjs` and `.cjs` say it, `.js` by the nearest package.json; `either` where nothing says it. */
export type ModuleKind = 'module' | 'commonjs' | 'either';

/**
 * Where an export is, whether it is certainly not there, or why neither can be told. Lines and columns count from 1.
 * `async`: it is there, but Lambda can't run it.
 */
export type ExportPlace =
  | { readonly kind: 'found'; readonly line: number; readonly column: number }
  | { readonly kind: 'absent'; readonly reason?: 'async' }
  | { readonly kind: 'unclear'; readonly reason: 'syntax' | 'dynamic'; readonly line?: number };

/** Finds an export in a parsed file. `exportPath` is `['handler']`, or more for a nested one. */
export type FindExport = (root: Node, exportPath: readonly string[], moduleKind: ModuleKind) => ExportPlace;

/** What a file with a syntax error comes to: its line, as far as the parser can tell. */
export function syntaxErrorIn(root: Node): ExportPlace {
  return { kind: 'unclear', reason: 'syntax', line: firstError(root).startPosition.row + 1 };
}

function firstError(root: Node): Node {
  let node = root;
  for (;;) {
    const inner = node.children.find((child) => child.hasError || child.isMissing);
    if (!inner || inner.isError) return inner ?? node;
    node = inner;
  }
}
