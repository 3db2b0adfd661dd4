import type { JsonNode } from '../model/exactJson.ts';

/** A line of a JSON tree. */
export interface JsonLine {
  /** Positions from the root, joined by `.`: `0.3.1`; the root is `r`. */
  readonly path: string;
  readonly depth: number;
  /** Absent for the root. */
  readonly key?: string;
  readonly node: JsonNode;
  /** Absent when there is nothing to open. */
  readonly open?: boolean;
}

/** So many lines are open at first, at most, as long as whole levels fit. */
const openAtFirst = 120;

/** The nodes that are open at first: whole levels, as many as fit a page or two; the first level always. */
export function initiallyOpen(root: JsonNode): Set<string> {
  const open = new Set<string>();
  let level: { readonly path: string; readonly node: JsonNode }[] = [{ path: 'r', node: root }];
  let lines = 1;
  while (level.length > 0) {
    const children = level.flatMap(({ path, node }) =>
      childrenOf(node).map(({ node: child }, index) => ({ path: `${path}.${index}`, node: child })),
    );
    if (open.size > 0 && lines + children.length > openAtFirst) break;
    for (const { path, node } of level) if (childrenOf(node).length > 0) open.add(path);
    lines += children.length;
    level = children;
  }
  return open;
}

/** The lines of the open nodes in order, at most `limit`; `more` says that there are others. */
export function flattenJson(
  root: JsonNode,
  open: ReadonlySet<string>,
  limit: number,
): { readonly lines: readonly JsonLine[]; readonly more: boolean } {
  const lines: JsonLine[] = [];
  const visit = (node: JsonNode, path: string, depth: number, key?: string): boolean => {
    if (lines.length >= limit) return false;
    const children = childrenOf(node);
    const isOpen = open.has(path);
    lines.push({
      path,
      depth,
      node,
      ...(key === undefined ? {} : { key }),
      ...(children.length === 0 ? {} : { open: isOpen }),
    });
    return !isOpen || children.every((child, index) => visit(child.node, `${path}.${index}`, depth + 1, child.key));
  };
  const complete = visit(root, 'r', 0);
  return { lines, more: !complete };
}

function childrenOf(node: JsonNode): readonly { readonly key: string; readonly node: JsonNode }[] {
  if (node.kind === 'object') return node.entries.map(([key, value]) => ({ key, node: value }));
  if (node.kind === 'array') return node.items.map((item, index) => ({ key: String(index), node: item }));
  return [];
}
