import type { TemplateNode } from './templateNode.ts';
import type { TemplateValues } from './templateValues.ts';

/** A value of a template as JSON, intrinsics resolved; `undefined` when a part of it can't be known. */
export function templateJson(node: TemplateNode, values: TemplateValues): string | undefined {
  const resolved = values.resolve(node);
  if (!resolved || resolved.kind === 'unresolved') return undefined;
  if (resolved.kind === 'scalar') return scalarJson(resolved.value, resolved.text);
  const parts: string[] = [];
  const entries = resolved.kind === 'map' ? [...resolved.entries] : [];
  for (const [key, { value }] of entries) {
    // `AWS::NoValue`: the key is not there.
    if (values.resolve(value) === undefined) continue;
    const json = templateJson(value, values);
    if (json === undefined) return undefined;
    parts.push(`${JSON.stringify(key)}:${json}`);
  }
  if (resolved.kind === 'map') return `{${parts.join(',')}}`;
  for (const item of values.list(resolved)) {
    const json = templateJson(item, values);
    if (json === undefined) return undefined;
    parts.push(json);
  }
  return `[${parts.join(',')}]`;
}

/** JSON that a template writes as a mapping, or as text already; `undefined`: not there, or not known. */
export function templateJsonText(node: TemplateNode | undefined, values: TemplateValues): string | undefined {
  return node?.kind === 'scalar' ? values.text(node) : node && templateJson(node, values);
}

/** Numbers stay as they are written, unless JSON has no such spelling (`0x10`, `1_000`). */
function scalarJson(value: string | number | boolean | null, text: string): string {
  const spelled = typeof value === 'number' && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
  return spelled ? text : JSON.stringify(value);
}
