import assert from 'node:assert/strict';

/** Facts that another server is known to have otherwise, by name, and why. */
export type KnownDifferences = Readonly<Record<string, string>>;

/** Compares facts; a known difference that is none any more is to be taken off the list. */
export function compareFacts(
  ours: Readonly<Record<string, unknown>>,
  theirs: Readonly<Record<string, unknown>>,
  known: KnownDifferences = {},
): void {
  const common = (facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
    Object.fromEntries(Object.entries(facts).filter(([name]) => !Object.hasOwn(known, name)));
  assert.deepEqual(common(ours), common(theirs));
  for (const [name, why] of Object.entries(known)) {
    assert.ok(Object.hasOwn(ours, name), `There is no fact "${name}"`);
    assert.notDeepEqual(ours[name], theirs[name], `"${name}" is the same now: take it off the list (${why})`);
  }
}
