import assert from 'node:assert/strict';
import { JsonInput } from '../../../../src/local/server/jsonInput.ts';
import {
  attributesMd5,
  attributesSize,
  readAttributes,
  selectAttributes,
  type StoredAttributes,
} from '../../../../src/local/sqs/messageAttributes.ts';

const text = (value: string): StoredAttributes[string] => ({ DataType: 'String', StringValue: value });

function read(attributes: Readonly<Record<string, unknown>>): StoredAttributes {
  return readAttributes(new JsonInput({ attributes }).inputMap('attributes') ?? []);
}

describe('SQS message attributes', () => {
  it('have the MD5 that AWS computes', () => {
    // An answer of AWS, as moto's tests have it.
    assert.equal(
      attributesMd5({ timestamp: { DataType: 'Number', StringValue: '1493147359900' } }),
      '235c5c510d26fb653d073faed50ae77c',
    );
  });

  it('have the same MD5 in any order, and another for bytes', () => {
    const [a, b] = [text('1'), text('2')];
    assert.equal(attributesMd5({ a, b }), attributesMd5({ b, a }));
    const binary = { a: { DataType: 'Binary', BinaryValue: Buffer.from('1').toString('base64') } };
    assert.notEqual(attributesMd5(binary), attributesMd5({ a: { DataType: 'Binary', StringValue: '1' } }));
  });

  it('count by names, types and values', () => {
    assert.equal(
      attributesSize({ ab: text('é'), c: { DataType: 'Binary', BinaryValue: 'AP8=' } }),
      2 + 6 + 2 + 1 + 6 + 2,
    );
  });

  it('are selected by name, prefix, or all', () => {
    const attributes = { 'a.one': text('1'), 'a.two': text('2'), b: text('3') };
    assert.deepEqual(Object.keys(selectAttributes(attributes, ['a.*'])), ['a.one', 'a.two']);
    assert.deepEqual(Object.keys(selectAttributes(attributes, ['b', 'c'])), ['b']);
    assert.deepEqual(Object.keys(selectAttributes(attributes, ['.*'])), ['a.one', 'a.two', 'b']);
    assert.deepEqual(Object.keys(selectAttributes(attributes, [])), []);
  });

  it('keep custom types', () => {
    const attributes = {
      n: { DataType: 'Number.int', StringValue: '1e3' },
      b: { DataType: 'Binary.png', BinaryValue: 'AA==' },
    };
    assert.deepEqual(read(attributes), attributes);
  });

  for (const [what, attributes, message] of [
    ['a name of AWS', { 'AWS.x': text('1') }, /name 'AWS.x' is invalid/],
    ['two dots', { 'a..b': text('1') }, /name 'a..b' is invalid/],
    ['no type', { a: { StringValue: '1' } }, /type of message \(user\) attribute 'a' is invalid/],
    ['no value', { a: { DataType: 'String' } }, /must contain a non-empty value/],
    ['text as Binary', { a: { DataType: 'Binary', StringValue: 'x' } }, /must contain a non-empty value/],
    ['no number', { a: { DataType: 'Number', StringValue: 'x' } }, /to a number/],
    [
      'eleven',
      Object.fromEntries([...'abcdefghijk'].map((name) => [name, text('1')])),
      /\[11\] exceeds the allowed maximum \[10\]/,
    ],
  ] as const) {
    it(`are refused: ${what}`, () => {
      assert.throws(() => read(attributes), { message });
    });
  }
});
