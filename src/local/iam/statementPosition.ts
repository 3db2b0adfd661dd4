import { findNodeAtLocation, parseTree } from 'jsonc-parser';

/** Where something is in a text; both count from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * Where a statement stands in a policy, as the policy simulator tells it: from right behind what comes before it in the list
 * (the bracket, or the statement before) to right behind its brace (simulator answers that are public).
 */
export function statementPosition(
  document: string,
  index: number,
): { readonly start: TextPosition; readonly end: TextPosition } {
  const root = parseTree(document);
  const statements = root && findNodeAtLocation(root, ['Statement']);
  const node = statements?.type === 'array' ? statements.children?.[index] : statements;
  const before = statements?.type === 'array' ? statements.children?.[index - 1] : undefined;
  const start = before
    ? before.offset + before.length
    : statements?.type === 'array'
      ? statements.offset + 1
      : (node?.offset ?? 0);
  return { start: positionAt(document, start), end: positionAt(document, node ? node.offset + node.length : 0) };
}

function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
