import type { JsonNode } from '../exactJson.ts';
import type { LeafValue } from './matchers.ts';

/** Which element of which array a leaf is under, by the array's number in its document. */
export type ArrayPlaces = ReadonlyMap<number, number>;

/** A value at the end of a path, and the arrays of objects on the way to it. */
export interface Leaf {
  readonly value: LeafValue;
  readonly places: ArrayPlaces;
}

/**
 * The leaves of an object by their path, its keys joined by dots: event-ruler knows no other paths, so that `{"a.b": 1}` and
 * `{"a": {"b": 1}}` are the same. Arrays are no step of a path; an empty one has no leaves.
 */
export function leavesOf(document: JsonNode): ReadonlyMap<string, readonly Leaf[]> {
  const leaves = new Map<string, Leaf[]>();
  let arrays = 0;
  walk(document, [], new Map());
  return leaves;

  function walk(node: JsonNode, path: readonly string[], places: ArrayPlaces): void {
    if (node.kind === 'object') {
      for (const [key, value] of node.entries) walk(value, [...path, key], places);
    } else if (node.kind === 'array') {
      const array = arrays++;
      node.items.forEach((item, index) => {
        const nested = item.kind === 'object' || item.kind === 'array';
        walk(item, path, nested ? new Map([...places, [array, index]]) : places);
      });
    } else {
      const key = path.join('.');
      const known = leaves.get(key);
      if (known) known.push({ value: node, places });
      else leaves.set(key, [{ value: node, places }]);
    }
  }
}

/** Both together; `undefined`: they are under different elements of one array. */
export function joinPlaces(one: ArrayPlaces, other: ArrayPlaces): ArrayPlaces | undefined {
  for (const [array, index] of other) if ((one.get(array) ?? index) !== index) return undefined;
  return new Map([...one, ...other]);
}
