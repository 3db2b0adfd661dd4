import assert from 'node:assert/strict';
import fc from 'fast-check';
import { completionsAt } from '../../../../src/model/query/completions.ts';
import { canonicalNumber, compareNumbers } from '../../../../src/model/query/exactNumber.ts';
import { parseLength, parseTime, printLength, resolveTime } from '../../../../src/model/query/filterTime.ts';
import { matchesBody, matchesPattern } from '../../../../src/model/query/matchBody.ts';
import { parseFilter } from '../../../../src/model/query/parseFilter.ts';

function matches(filter: string, body: string): boolean {
  const [term, ...more] = parseFilter(filter).filter.terms;
  assert.ok(term && (term.kind === 'body' || term.kind === 'bodyComparison') && more.length === 0);
  return matchesBody(term, body);
}

describe('values of the filter', () => {
  it('numbers are compared exactly, however they are written', () => {
    assert.equal(canonicalNumber('9007199254740993'), '9007199254740993');
    for (const text of ['42', '42.0', '4.2e1', '420e-1', '0.42E+2']) assert.equal(canonicalNumber(text), '42');
    for (const text of ['0', '-0', '0.00', '0e5']) assert.equal(canonicalNumber(text), '0');
    assert.ok(compareNumbers('9007199254740993', '9007199254740992') > 0);
    assert.ok(compareNumbers('-9007199254740993', '-9007199254740992') < 0);
    assert.ok(compareNumbers('1e400', '1e399') > 0);
    const number = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(20));
    fc.assert(
      fc.property(number, number, ([a, zerosA], [b, zerosB]) => {
        const order = compareNumbers(`${a}e${zerosA}`, `${b}${'0'.repeat(b === 0n ? 0 : zerosB)}.0`);
        const [left, right] = [a * 10n ** BigInt(zerosA), b * 10n ** BigInt(zerosB)];
        assert.equal(Math.sign(order), left < right ? -1 : left > right ? 1 : 0);
        assert.equal(canonicalNumber(`${a}e${zerosA}`), canonicalNumber(String(left)));
      }),
    );
  });

  it('lengths are read as they are printed', () => {
    assert.deepEqual(
      ['2s', '500ms', '1.5m', '1H', '7'].map((text) => parseLength(text, { bare: true })),
      [2_000, 500, 90_000, 3_600_000, 7],
    );
    for (const text of ['', '7', 's', '-1s', '1 s', '1y']) assert.equal(parseLength(text, { bare: false }), undefined);
    fc.assert(fc.property(fc.nat(), (ms) => assert.equal(parseLength(printLength(ms), { bare: false }), ms)));
  });

  it('times begin and end', () => {
    const now = new Date(2026, 10, 25, 12, 0, 0).getTime();
    const range = (text: string): readonly [number, number] => {
      const time = parseTime(text);
      assert.ok(time, text);
      return resolveTime(time, now);
    };
    const at = (...of: [number, number, number?, number?, number?]): number =>
      new Date(2026, of[0], of[1], of[2] ?? 0, of[3] ?? 0, of[4] ?? 0).getTime();
    assert.deepEqual(range('1h'), [now - 3_600_000, now - 3_600_000]);
    assert.deepEqual(range('2026-11-24'), [at(10, 24), at(10, 25)]);
    assert.deepEqual(range('yesterday'), [at(10, 24), at(10, 25)]);
    assert.deepEqual(range('today'), [at(10, 25), at(10, 26)]);
    assert.deepEqual(range('9:05'), [at(10, 25, 9, 5), at(10, 25, 9, 6)]);
    assert.deepEqual(range('2026-11-24t10:30'), [at(10, 24, 10, 30), at(10, 24, 10, 31)]);
    assert.deepEqual(range('2026-11-24T10:30:15Z'), [
      Date.UTC(2026, 10, 24, 10, 30, 15),
      Date.UTC(2026, 10, 24, 10, 30, 16),
    ]);
    assert.equal(range('2026-11-24T10:30+0130')[0], Date.UTC(2026, 10, 24, 9, 0));
    for (const text of ['', 'soon', '25:00', '2026-02', '2026-11-25T', '2026-1-1']) {
      assert.equal(parseTime(text), undefined, text);
    }
  });

  it('patterns match whatever the case', () => {
    assert.ok(matchesPattern('Orders', ['orders']));
    assert.ok(!matchesPattern('orders-2', ['orders']));
    assert.ok(matchesPattern('orders-2', ['ord', '']));
    assert.ok(matchesPattern('a-b-a', ['a', 'b', 'a']));
    assert.ok(!matchesPattern('aba', ['ab', 'ba']), 'nothing is used twice');
    assert.ok(matchesPattern('', ['', '']));
  });

  it('bodies are matched at their places', () => {
    const body = String.raw`{"id":42.0,"big":9007199254740993,"a":{"b":["x",{"c":"Yes"}]},"n":null,"t":"42","t":true,"u":"\u0041b"}`;
    const good = [
      'payload.id=42',
      'payload.id=7,42',
      'payload.id=4*',
      'payload.big=9007199254740993',
      'payload.big>9007199254740992',
      'payload.a.b[0]="x"',
      'payload.a.b[*].c=yes',
      'payload.a.b[1].c=Y*',
      'payload.n=null',
      'payload.t="42"',
      'payload.t=true',
      'payload.a=*',
      'payload.u=Ab',
      'payload.*=null',
    ];
    const bad = [
      'payload.id="42"',
      'payload.big=9007199254740992',
      'payload.big>9007199254740993',
      'payload.a.b[1]="x"',
      'payload.a=x',
      'payload.x=*',
      'payload.n="null"',
      'payload.n>0',
    ];
    for (const filter of good) assert.ok(matches(filter, body), filter);
    for (const filter of bad) assert.ok(!matches(filter, body), filter);
    assert.ok(!matches('payload=*', 'no JSON'));
  });
});

describe('completions of the filter', () => {
  const known = {
    fn: ['orders', 'my orders', 'refund'],
    err: ['TypeError'],
    paths: ['payload.orderId', 'response.ok'],
  };
  const at = (marked: string): { readonly part: string; readonly texts: readonly string[] } => {
    const offset = marked.indexOf('|');
    const text = marked.replace('|', '');
    const { start, end, items } = completionsAt(text, offset, known);
    return { part: text.slice(start, end), texts: items.map((item) => item.text) };
  };

  it('are keys where a word begins', () => {
    assert.deepEqual(at('fn:a -st|'), { part: 'st', texts: ['status:'] });
    assert.deepEqual(at('func|').texts, ['fn:']);
    assert.ok(at('|').texts.length > 10);
    assert.deepEqual(at('payload.o|'), { part: 'payload.o', texts: ['payload.orderId='] });
  });

  it('are values behind a key', () => {
    assert.deepEqual(at('fn:ord| x'), { part: 'ord', texts: ['orders', '"my orders"'] });
    assert.deepEqual(at('-fn:refund,o|'), { part: 'o', texts: ['orders', '"my orders"'] });
    assert.deepEqual(at('fn:"my| o" x'), { part: '"my o"', texts: ['"my orders"'] });
    assert.deepEqual(at('err:|').texts, ['TypeError']);
    assert.deepEqual(at('status:fa|').texts, ['failed']);
    assert.deepEqual(at('attempts:>|').texts.length, 4);
  });

  it('never throw', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(50), (text, offset) => {
        const { start, end } = completionsAt(text, offset, known);
        assert.ok(start >= 0 && start <= end && end <= text.length);
      }),
    );
  });
});
