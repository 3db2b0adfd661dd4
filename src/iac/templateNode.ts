import type { TemplateLocation, TemplateProblem } from './declarations.ts';

/** A value. `text` is how it was written, which keeps what numbers lose (`012345678901`). */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly text: string;
  readonly location: TemplateLocation;
}

/** A list. */
export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly TemplateNode[];
  readonly location: TemplateLocation;
}

/** A mapping. Short intrinsics (`!Ref X`) are mappings too: `{ Ref: X }`. */
export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly location: TemplateLocation;
}

/** A key of a mapping with its value. */
export interface MapEntry {
  /** Where the key is. */
  readonly location: TemplateLocation;
  readonly value: TemplateNode;
}

/** What can't be known offline; the reason was reported. */
export interface UnresolvedNode {
  readonly kind: 'unresolved';
  readonly location: TemplateLocation;
}

/** A template as a tree that knows where each part is written, whether it was YAML or JSON. */
export type TemplateNode = ScalarNode | ListNode | MapNode | UnresolvedNode;

/** Takes a problem. */
export type Report = (severity: TemplateProblem['severity'], location: TemplateLocation, message: string) => void;

/** A text at a place. */
export function textNode(text: string, location: TemplateLocation): ScalarNode {
  return { kind: 'scalar', value: text, text, location };
}

/** The intrinsic function a mapping stands for (`Ref`, `Fn::Sub`, …) with its argument; `undefined`: it is plain. */
export function intrinsicOf(
  node: TemplateNode,
): { readonly name: string; readonly argument: TemplateNode } | undefined {
  if (node.kind !== 'map' || node.entries.size !== 1) return undefined;
  const [name, entry] = [...node.entries][0] ?? [];
  if (name === undefined || !entry) return undefined;
  return name === 'Ref' || name === 'Condition' || name.startsWith('Fn::')
    ? { name, argument: entry.value }
    : undefined;
}

/** Lays `over` on `under` as SAM lays a resource's properties on Globals: mappings are joined, lists concatenated, anything else replaced. */
export function mergeNodes(under: TemplateNode | undefined, over: TemplateNode | undefined): TemplateNode | undefined {
  if (!under || !over) return over ?? under;
  if (under.kind === 'list' && over.kind === 'list') return { ...over, items: [...under.items, ...over.items] };
  if (under.kind !== 'map' || over.kind !== 'map' || intrinsicOf(under) || intrinsicOf(over)) return over;
  const entries = new Map(under.entries);
  for (const [key, entry] of over.entries) {
    const merged = mergeNodes(entries.get(key)?.value, entry.value);
    if (merged) entries.set(key, { location: entry.location, value: merged });
  }
  return { ...over, entries };
}
