import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compactExactJson, formatExactJson, parseExactJson } from '../../../src/model/exactJson.ts';

describe('exactJson', () => {
  it('keeps numbers as they were written', () => {
    const text = '{"a":9007199254740993,"b":1.0,"c":1e400,"d":-0,"e":12345678901234567890.123456789}';
    const node = parseExactJson(text);
    assert.ok(node);
    assert.equal(formatExactJson(node).replaceAll(/\n\s*/g, '').replaceAll(': ', ':'), text);
  });

  it('keeps the order of keys, and keys that occur twice', () => {
    const node = parseExactJson('{"2":0,"1":0,"a":1,"a":2}');
    assert.ok(node?.kind === 'object');
    assert.deepEqual(
      node.entries.map(([key]) => key),
      ['2', '1', 'a', 'a'],
    );
  });

  it('formats as JSON.stringify does, for whatever that can hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const node = parseExactJson(JSON.stringify(value));
        assert.ok(node);
        assert.equal(formatExactJson(node), JSON.stringify(JSON.parse(JSON.stringify(value)), undefined, 2));
      }),
    );
  });

  it('writes without blanks what it read, numbers as they were', () => {
    const node = parseExactJson(
      ' { "a" : [ 1.0 , 9007199254740993, { } ],\n "b" : "\\u0041\\n", "c": null, "c": [] } ',
    );
    assert.ok(node);
    assert.equal(compactExactJson(node), '{"a":[1.0,9007199254740993,{}],"b":"A\\n","c":null,"c":[]}');
  });

  it('takes for JSON what JSON.parse takes, and nothing else', () => {
    const accepted = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const samples = [
      '',
      ' ',
      'x',
      '{',
      '}',
      '[1,]',
      '[,1]',
      '{"a":}',
      '{"a" 1}',
      "{'a':1}",
      '01',
      '1.',
      '.5',
      '+1',
      '-',
      '1e',
      'NaN',
      'nul',
      'true false',
      '"a',
      '"\\x"',
      '"\\u12g4"',
      '"\n"',
      '"\u2028"',
      '[1] ',
      ' {"a" : [ ] } ',
      '"\\u00e9\\ud83e"',
      '\ufeff{}',
      '1 2',
      '{"a":1,}',
      '[]]',
    ];
    for (const text of samples) assert.equal(parseExactJson(text) !== undefined, accepted(text), JSON.stringify(text));
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:0123456789.eE+-\\ntrufalsn \t') }), (text) => {
        assert.equal(parseExactJson(text) !== undefined, accepted(text));
      }),
    );
  });

  it('does not overflow on deep nesting', () => {
    assert.equal(parseExactJson('['.repeat(100_000)), undefined);
    assert.ok(parseExactJson(`${'['.repeat(400)}${']'.repeat(400)}`));
  });
});
