import type { JsonNode } from '../../model/exactJson.ts';

/** A step: a key, an index, or `*`, every element or value. */
type Step = { readonly key: string } | { readonly index: number } | '*';

const stepPattern = /\.\*|\.([^.[\]*]+)|\[(\d+)\]|\[\*\]|\['([^']*)'\]/y;

/** Whether a text is a path as EventBridge takes them: `$`, `$.detail.instance-id`, `$.resources[0]`, `$.detail.list[*]`. */
export function isJsonPath(path: string): boolean {
  return stepsOf(path) !== undefined;
}

/** What a path leads to; a path with `*` gives an array of all that it leads to. `undefined`: nothing. */
export function selectJsonPath(document: JsonNode, path: string): JsonNode | undefined {
  const steps = stepsOf(path);
  if (!steps) return undefined;
  let found: readonly JsonNode[] = [document];
  for (const step of steps) found = found.flatMap((node) => take(node, step));
  return steps.includes('*') ? { kind: 'array', items: found } : found[0];
}

function stepsOf(path: string): readonly Step[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: Step[] = [];
  for (let at = 1; at < path.length;) {
    stepPattern.lastIndex = at;
    const match = stepPattern.exec(path);
    if (!match) return undefined;
    const [whole, name, index, quoted] = match;
    const key = name ?? quoted;
    steps.push(key === undefined ? (index === undefined ? '*' : { index: Number(index) }) : { key });
    at += whole.length;
  }
  return steps;
}

function take(node: JsonNode, step: Step): readonly JsonNode[] {
  if (step === '*') {
    if (node.kind === 'array') return node.items;
    return node.kind === 'object' ? node.entries.map(([, value]) => value) : [];
  }
  if ('index' in step) return node.kind === 'array' ? node.items.slice(step.index, step.index + 1) : [];
  const entry = node.kind === 'object' ? node.entries.findLast(([key]) => key === step.key) : undefined;
  return entry ? [entry[1]] : [];
}
