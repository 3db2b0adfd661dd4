import { type JsonNode, parseExactJson } from '../exactJson.ts';
import { InvalidPattern } from './invalidPattern.ts';
import { type ArrayPlaces, joinPlaces, type Leaf, leavesOf } from './leaves.ts';
import type { Matcher } from './matchers.ts';
import { type PatternRule, readPatternRules } from './patternRules.ts';

/** An event pattern, ready to be applied. */
export interface EventPattern {
  /** Whether an event, an object, fulfils it. */
  matches(event: JsonNode): boolean;
}

/**
 * Reads a pattern in EventBridge's language (EventBridge User Guide, "Event patterns"; the details are event-ruler's):
 * every key that is named must have one of its values, in any element where the event has an array, and conditions on
 * objects in an array must be fulfilled by the same element. @throws InvalidPattern
 */
export function compileEventPattern(text: string): EventPattern {
  const node = parseExactJson(text);
  if (!node) throw new InvalidPattern('It is not valid JSON.');
  const rules = readPatternRules(node);
  return {
    matches(event) {
      const leaves = leavesOf(event);
      return rules.some((rule) => fulfils(rule, leaves));
    },
  };
}

type Leaves = ReadonlyMap<string, readonly Leaf[]>;

/** Goes through the paths with every choice of array elements that is possible so far. */
function fulfils(rule: PatternRule, leaves: Leaves): boolean {
  const wanted: (readonly ArrayPlaces[])[] = [];
  for (const [path, matchers] of rule) {
    const found = leaves.get(path) ?? [];
    if (found.length === 0 && matchers.some(({ kind }) => kind === 'absent')) continue;
    const places = found.filter(({ value }) => accepts(matchers, value)).map((leaf) => leaf.places);
    if (places.length === 0) return false;
    wanted.push(places);
  }
  let choices: readonly ArrayPlaces[] = [new Map()];
  for (const [index, places] of wanted.entries()) {
    // Elements that no later path is under make no difference: without them there are few choices to tell apart.
    const later = new Set(wanted.slice(index + 1).flatMap((next) => next.flatMap((map) => [...map.keys()])));
    const joined = new Map<string, ArrayPlaces>();
    const candidates = choicesByElement(choices);
    for (const place of places) {
      for (const choice of candidates(place)) {
        const both = joinPlaces(choice, place);
        if (!both) continue;
        const kept = [...both].filter(([array]) => later.has(array)).toSorted(([a], [b]) => a - b);
        joined.set(kept.join(';'), new Map(kept));
      }
    }
    choices = [...joined.values()];
    if (choices.length === 0) return false;
  }
  return true;
}

/** The choices that a place may agree with: of thousands of elements, those of its own one. */
function choicesByElement(choices: readonly ArrayPlaces[]): (place: ArrayPlaces) => readonly ArrayPlaces[] {
  const byArray = new Map<number, Map<number | undefined, ArrayPlaces[]>>();
  return (place) => {
    const [outermost] = place;
    if (!outermost) return choices;
    const [array, index] = outermost;
    const byIndex = byArray.get(array) ?? Map.groupBy(choices, (choice) => choice.get(array));
    byArray.set(array, byIndex);
    return [...(byIndex.get(index) ?? []), ...(byIndex.get(undefined) ?? [])];
  };
}

function accepts(matchers: readonly Matcher[], value: Leaf['value']): boolean {
  return matchers.some((matcher) => matcher.kind === 'value' && matcher.test(value));
}
