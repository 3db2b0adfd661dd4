import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Filter, FilterTerm, Pattern } from '../../../../src/model/query/filter.ts';
import { filterStatuses } from '../../../../src/model/query/filterKeys.ts';
import { normalizeTerms } from '../../../../src/model/query/normalizeFilter.ts';
import { parseFilter } from '../../../../src/model/query/parseFilter.ts';
import { printFilter } from '../../../../src/model/query/printFilter.ts';

/** The terms of a text that has no problems. */
function termsOf(text: string): readonly FilterTerm[] {
  const { filter, problems } = parseFilter(text);
  assert.deepEqual(problems, [], text);
  return filter.terms;
}

function problemsOf(text: string): string[] {
  return parseFilter(text).problems.map(({ severity, start, end, message }) => {
    assert.ok(start >= 0 && end <= text.length && start <= end);
    return `${severity} ${text.slice(start, end)}: ${message}`;
  });
}

describe('the filter’s language', () => {
  it('has names, several of which are alternatives', () => {
    const expected = [
      { kind: 'name', field: 'fn', negated: false, values: [['orders'], ['pay', '']] },
      { kind: 'name', field: 'cond', negated: false, values: [['RetriesExhausted']] },
      { kind: 'name', field: 'err', negated: true, values: [['TypeError']] },
    ];
    assert.deepEqual(termsOf('fn:orders,pay* cond:RetriesExhausted -err:TypeError'), expected);
    assert.deepEqual(termsOf('function:orders condition:RetriesExhausted fn:pay* -ERR:TypeError fn:orders'), expected);
  });

  it('has values in quotes, where blanks, commas and stars are themselves', () => {
    assert.deepEqual(termsOf(String.raw`err:"My Error, \"a\\b\" *"`), [
      { kind: 'name', field: 'err', negated: false, values: [['My Error, "a\\b" *']] },
    ]);
    assert.deepEqual(termsOf('dest:"a b"*'), [{ kind: 'name', field: 'dest', negated: false, values: [['a b', '']] }]);
  });

  it('has statuses, numbers, lengths, groups and pins', () => {
    assert.deepEqual(termsOf('status:failed,Retrying attempts:>1 attempts:<=3 duration:>=1.5s group:7 is:pinned'), [
      { kind: 'status', negated: false, values: ['failed', 'waiting'] },
      { kind: 'number', field: 'attempts', negated: false, comparison: '>', values: [1] },
      { kind: 'number', field: 'attempts', negated: false, comparison: '<=', values: [3] },
      { kind: 'number', field: 'duration', negated: false, comparison: '>=', values: [1_500] },
      { kind: 'group', negated: false, values: [7] },
      { kind: 'pinned', negated: false },
    ]);
    assert.deepEqual(termsOf('attempts:1,2 attempts:3'), [
      { kind: 'number', field: 'attempts', negated: false, comparison: '=', values: [1, 2, 3] },
    ]);
  });

  it('has times, so long ago or as they are written', () => {
    assert.deepEqual(
      termsOf('since:1h until:2026-11-25 since:10:30 -since:2026-11-25T10:30:00z until:yesterday').map((term) =>
        term.kind === 'time' ? [term.field, term.negated, term.value] : term,
      ),
      [
        ['since', false, { agoMs: 3_600_000 }],
        ['until', false, { written: '2026-11-25' }],
        ['since', false, { written: '10:30' }],
        ['since', true, { written: '2026-11-25T10:30:00Z' }],
        ['until', false, { written: 'yesterday' }],
      ],
    );
  });

  it('has places in bodies', () => {
    const body = { kind: 'body', root: 'payload', negated: false } as const;
    assert.deepEqual(termsOf('payload.id=42'), [
      { ...body, path: ['id'], values: [{ quoted: false, pattern: ['42'] }] },
    ]);
    assert.deepEqual(termsOf('payload.a.b[0]="x y"'), [
      { ...body, path: ['a', 'b', 0], values: [{ quoted: true, pattern: ['x y'] }] },
    ]);
    assert.deepEqual(termsOf('Payload["a b"]."c.d"[*].sku:sku-*,7'), [
      {
        ...body,
        path: ['a b', 'c.d', null, 'sku'],
        values: [
          { quoted: false, pattern: ['sku-', ''] },
          { quoted: false, pattern: ['7'] },
        ],
      },
    ]);
    assert.deepEqual(termsOf('response=null -payload.a!=1'), [
      { ...body, root: 'response', path: [], values: [{ quoted: false, pattern: ['null'] }] },
      { ...body, path: ['a'], values: [{ quoted: false, pattern: ['1'] }] },
    ]);
    assert.deepEqual(termsOf('payload.big>=9007199254740993'), [
      { ...body, kind: 'bodyComparison', path: ['big'], comparison: '>=', number: '9007199254740993' },
    ]);
  });

  it('takes the rest for text', () => {
    const texts = (text: string): unknown[] =>
      termsOf(text).map((term) => (term.kind === 'text' ? (term.negated ? [term.text] : term.text) : term));
    assert.deepEqual(texts('card is -undefined "no stock"'), ['card', 'is', ['undefined'], 'no stock']);
    assert.deepEqual(texts('"orderId":42 arn:aws:sqs:x http://h Error: payloads - a"b'), [
      '"orderId":42',
      'arn:aws:sqs:x',
      'http://h',
      'Error:',
      'payloads',
      '-',
      'a"b',
    ]);
    assert.deepEqual(texts('x "'), ['x', '"']);
    assert.deepEqual(texts('   '), []);
  });

  it('says what it can’t read, and leaves that out', () => {
    assert.deepEqual(problemsOf('fn: x'), ['error fn:: fn: has no value yet.']);
    assert.deepEqual(problemsOf('attempts:many'), ['error many: many is no number of attempts.']);
    assert.match(problemsOf('status:failed,broken').join(), /^error broken: broken is no status\. There are sending, /);
    assert.match(problemsOf('since:soon').join(), /^error soon: soon is no time/);
    assert.match(problemsOf('since:2026-13-01').join(), /is no time/);
    assert.match(problemsOf('payload.a>x').join(), /^error x: x is no number/);
    assert.match(problemsOf('payload.a.b').join(), /^error payload\.a\.b: payload\.a\.b has no value yet: write/);
    assert.match(problemsOf('err:"never ends').join(), /^error "never ends: A quote/);
    assert.match(problemsOf('statu:failed').join(), /^hint statu: Searched as text\. For the key, write status:$/);
    assert.deepEqual(parseFilter('fn:a attempts:many').filter.terms.length, 1);
    assert.deepEqual(parseFilter('status:failed,broken').filter.terms, [
      { kind: 'status', negated: false, values: ['failed'] },
    ]);
  });

  it('tells where what is', () => {
    const text = '-fn:a,"b c" word payload.x!=1';
    assert.deepEqual(
      parseFilter(text).tokens.map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`),
      [
        'negation -',
        'key fn',
        'operator :',
        'value a',
        'operator ,',
        'value "b c"',
        'text word',
        'key payload.x',
        'operator !=',
        'value 1',
      ],
    );
  });

  it('never throws, and prints what means the same', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...'fn: -status: payload . [ ] "  " , * = != > since: 1h \\ attempts: é'.split(' '), ' '),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const { filter, tokens, problems } = parseFilter(text);
        for (const { start, end } of [...tokens, ...problems]) {
          assert.ok(start >= 0 && start <= end && end <= text.length);
        }
        assert.deepEqual(parseFilter(printFilter(filter)).filter, filter);
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads what it prints', () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 6 }), (terms) => {
        const filter: Filter = { terms: normalizeTerms(structuredClone(terms)) };
        const { filter: again, problems } = parseFilter(printFilter(filter));
        assert.deepEqual(problems, []);
        assert.deepEqual(again, filter);
      }),
      { numRuns: 2_000 },
    );
  });
});

const negated = fc.boolean();
const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 1, maxLength: 3 });
const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const patternOf = (part: fc.Arbitrary<string>): fc.Arbitrary<Pattern> =>
  fc
    .array(part, { minLength: 1, maxLength: 3 })
    // Two stars are one.
    .filter((parts) => parts.slice(1, -1).every((each) => each !== ''))
    .map((parts) => parts as unknown as Pattern);
const bare = fc.stringMatching(/^[\w.$-]{1,6}$/);
const path = fc.array(fc.oneof(text, fc.nat(99), fc.constant(null)), { maxLength: 3 });
const root = fc.constantFrom('payload' as const, 'response' as const);
const term: fc.Arbitrary<FilterTerm> = fc.oneof(
  fc.record({
    kind: fc.constant('name' as const),
    field: fc.constantFrom('fn', 'q', 'cond', 'err', 'dest', 'id'),
    negated,
    values: some(patternOf(text)),
  }),
  fc.record({ kind: fc.constant('status' as const), negated, values: some(fc.constantFrom(...filterStatuses)) }),
  fc.record({
    kind: fc.constant('number' as const),
    field: fc.constantFrom('attempts' as const, 'duration' as const),
    negated,
    comparison: fc.constantFrom('>', '>=', '<', '<='),
    values: fc.nat(1_000_000).map((value) => [value]),
  }),
  fc.record({
    kind: fc.constant('number' as const),
    field: fc.constantFrom('attempts' as const, 'duration' as const),
    negated,
    comparison: fc.constant('=' as const),
    values: some(fc.nat(1_000_000)),
  }),
  fc.record({
    kind: fc.constant('time' as const),
    field: fc.constantFrom('since' as const, 'until' as const),
    negated,
    value: fc.oneof(
      fc.nat(10_000_000).map((agoMs) => ({ agoMs })),
      fc.constantFrom('today', '2026-11-25', '2026-11-25T10:30+01:00', '7:05').map((written) => ({ written })),
    ),
  }),
  fc.record({ kind: fc.constant('group' as const), negated, values: some(fc.nat(1_000_000)) }),
  fc.record({ kind: fc.constant('pinned' as const), negated }),
  fc.record({
    kind: fc.constant('body' as const),
    root,
    path,
    negated,
    values: some(
      fc.oneof(
        fc.record({ quoted: fc.constant(true), pattern: patternOf(text) }),
        fc.record({ quoted: fc.constant(false), pattern: patternOf(bare) }),
      ),
    ),
  }),
  fc.record({
    kind: fc.constant('bodyComparison' as const),
    root,
    path,
    negated,
    comparison: fc.constantFrom('>', '>=', '<', '<='),
    number: fc.constantFrom('1', '-2.5', '9007199254740993', '1e400'),
  }),
  fc.record({ kind: fc.constant('text' as const), negated, text: text.filter((each) => each !== '') }),
);
