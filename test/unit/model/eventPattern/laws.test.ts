import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileEventPattern } from '../../../../src/model/eventPattern/eventPattern.ts';
import { parseExactJson } from '../../../../src/model/exactJson.ts';

const matches = (pattern: object, event: object): boolean => {
  const node = parseExactJson(JSON.stringify(event));
  assert.ok(node);
  return compileEventPattern(JSON.stringify(pattern)).matches(node);
};

// Few keys and values, so that patterns and events meet.
const key = fc.constantFrom('a', 'b', 'c');
const text = fc.constantFrom('', 'x', 'xy', 'X', 'yx');
const number = fc.constantFrom(0, 1, -1, 1.5, 100);
const leaf = fc.oneof(text, number, fc.constantFrom(null, true, false));
const entry = fc.oneof(
  leaf,
  text.map((value) => ({ prefix: value })),
  text.map((value) => ({ suffix: value })),
  text.map((value) => ({ 'equals-ignore-case': value })),
  text.map((value) => ({ wildcard: `${value}*` })),
  fc.array(text, { minLength: 1 }).map((values) => ({ 'anything-but': values })),
  number.map((bound) => ({ numeric: ['>', bound] })),
  fc.boolean().map((exists) => ({ exists })),
);
const { event } = fc.letrec<{ event: object; value: unknown }>((tie) => ({
  event: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  value: fc.oneof({ depthSize: 'small' }, leaf, tie('event'), fc.array(fc.oneof(leaf, tie('event')), { maxLength: 3 })),
}));
const { pattern } = fc.letrec<{ pattern: Record<string, unknown> }>((tie) => ({
  pattern: fc.dictionary(
    key,
    fc.oneof({ depthSize: 'small' }, fc.array(entry, { minLength: 1, maxLength: 3 }), tie('pattern')),
    { minKeys: 1, maxKeys: 3 },
  ),
}));

/** The same object with its keys the other way round, at every depth. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}

describe('Event patterns, whatever they hold', () => {
  it('take for several values what they take for one of them', () => {
    fc.assert(
      fc.property(key, fc.array(entry, { minLength: 1, maxLength: 4 }), pattern, event, (name, entries, rest, one) => {
        const whole = matches({ ...rest, [name]: entries }, one);
        const alone = entries.some((single) => matches({ ...rest, [name]: [single] }, one));
        assert.equal(whole, alone);
      }),
    );
  });

  it('do not depend on the order of keys', () => {
    fc.assert(
      fc.property(pattern, event, (wanted, one) => {
        assert.equal(matches(wanted, one), matches(reversed(wanted) as object, reversed(one) as object));
      }),
    );
  });

  it('take for $or what they take for one of its alternatives', () => {
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 2, maxLength: 4 }), pattern, event, (alternatives, rest, one) => {
        const whole = matches({ d: rest, $or: alternatives }, { ...one, d: one });
        const alone = alternatives.some((alternative) => matches({ ...alternative, d: rest }, { ...one, d: one }));
        assert.equal(whole, alone);
      }),
    );
  });

  it('take more when the event has more elements, unless they ask for an absent key', () => {
    fc.assert(
      fc.property(pattern, event, event, (wanted, one, other) => {
        fc.pre(!JSON.stringify(wanted).includes('"exists":false'));
        const list = matches({ list: wanted }, { list: [other, one] });
        assert.equal(list, matches({ list: wanted }, { list: one }) || matches({ list: wanted }, { list: other }));
      }),
    );
  });
});
