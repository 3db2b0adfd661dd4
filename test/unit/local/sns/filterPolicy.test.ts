import assert from 'node:assert/strict';
import type { MessageAttributes } from '../../../../src/local/deliveryTargets.ts';
import { parseFilterPolicy } from '../../../../src/local/sns/filterPolicy.ts';

function byAttributes(policy: unknown, attributes: Readonly<Record<string, string | number>>): boolean {
  const typed: MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      return [name, { dataType: typeof value === 'number' ? 'Number' : 'String', stringValue: String(value) }];
    }),
  );
  return parseFilterPolicy(JSON.stringify(policy), 'MessageAttributes').matches('', typed);
}

function byBody(policy: unknown, body: unknown): boolean {
  return parseFilterPolicy(JSON.stringify(policy), 'MessageBody').matches(JSON.stringify(body), {});
}

describe('SNS filter policies', () => {
  it('want one value of each key', () => {
    const policy = { a: ['1', '2'], b: ['x'] };
    assert.ok(byAttributes(policy, { a: '2', b: 'x', c: 'any' }));
    assert.ok(!byAttributes(policy, { a: '2' }));
    assert.ok(!byAttributes(policy, { a: '3', b: 'x' }));
  });

  for (const [condition, yes, no] of [
    [{ prefix: 'ab' }, 'abc', 'cab'],
    [{ suffix: 'ab' }, 'cab', 'abc'],
    [{ 'equals-ignore-case': 'Ab' }, 'aB', 'abc'],
    [{ 'anything-but': 'x' }, 'y', 'x'],
    [{ 'anything-but': ['x', 'y'] }, 'z', 'y'],
    [{ 'anything-but': { prefix: 'x' } }, 'yx', 'xy'],
    [{ numeric: ['>', 1, '<=', 3] }, 3, 1],
    [{ numeric: ['=', 1.5] }, 1.5, 1],
    [5, 5, '5'],
  ] as const) {
    it(`apply ${JSON.stringify(condition)}`, () => {
      assert.ok(byAttributes({ a: [condition] }, { a: yes }));
      assert.ok(!byAttributes({ a: [condition] }, { a: no }));
      assert.ok(!byAttributes({ a: [condition] }, {}));
    });
  }

  it('know whether a key is there', () => {
    assert.ok(byAttributes({ a: [{ exists: false }] }, {}));
    assert.ok(!byAttributes({ a: [{ exists: true }] }, {}));
    assert.ok(!byAttributes({ a: [{ exists: false }] }, { a: 'x' }));
  });

  it('look into string arrays', () => {
    const attributes = { a: { dataType: 'String.Array', stringValue: '["x","y"]' } };
    assert.ok(parseFilterPolicy('{"a":["y"]}', 'MessageAttributes').matches('', attributes));
  });

  it('want no element of a string array that anything-but excludes', () => {
    const policy = parseFilterPolicy('{"a":[{"anything-but":["x","z"]}]}', 'MessageAttributes');
    const among = (stringValue: string): boolean =>
      policy.matches('', { a: { dataType: 'String.Array', stringValue } });
    assert.ok(among('["y","w"]'));
    assert.ok(!among('["y","x"]'));
  });

  it('take $or, addresses and text in any case, nested in anything-but too', () => {
    const policy = {
      $or: [{ a: [{ cidr: '10.0.0.0/8' }] }, { b: [{ 'anything-but': { 'equals-ignore-case': 'X' } }] }],
    };
    assert.ok(byAttributes(policy, { a: '10.1.2.3' }));
    assert.ok(byAttributes(policy, { b: 'y' }));
    assert.ok(!byAttributes(policy, { a: '11.1.2.3', b: 'x' }));
    assert.ok(byBody({ a: policy }, { a: { b: 'y' } }));
  });

  it('ask one element of an array in the body', () => {
    const body = {
      items: [
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ],
    };
    assert.ok(byBody({ items: { a: [3], b: [4] } }, body));
    assert.ok(!byBody({ items: { a: [1], b: [4] } }, body));
  });

  it('that are empty let everything through', () => {
    assert.ok(byAttributes({}, {}));
    assert.ok(byBody({}, 'no object'));
  });

  it('look into the body, nested and in arrays', () => {
    const policy = { requestContext: { condition: ['RetriesExhausted'] }, tags: ['b'] };
    assert.ok(byBody(policy, { requestContext: { condition: 'RetriesExhausted' }, tags: ['a', 'b'] }));
    assert.ok(!byBody(policy, { requestContext: { condition: 'Success' }, tags: ['a', 'b'] }));
    assert.ok(!byBody(policy, { requestContext: 'RetriesExhausted', tags: ['b'] }));
    assert.ok(!byBody(policy, [1]));
    assert.ok(byBody({ a: [null, true] }, { a: null }));
  });

  for (const policy of [
    '[]',
    '{',
    '{"a":"x"}',
    '{"a":{"b":["x"]}}',
    '{"$or":[]}',
    '{"a":[["x"]]}',
    '{"a":[{"wildcard":"*"}]}',
    '{"a":[{"prefix":1}]}',
    '{"a":[{"prefix":"a","suffix":"b"}]}',
    '{"a":[{"numeric":["~",1]}]}',
    '{"a":[{"anything-but":{"wildcard":"x"}}]}',
  ]) {
    it(`are refused, not ignored: ${policy}`, () => {
      assert.throws(() => parseFilterPolicy(policy, 'MessageAttributes'), {
        message: /^Invalid parameter: FilterPolicy: /,
      });
    });
  }

  it('have a scope that is one of two', () => {
    assert.throws(() => parseFilterPolicy('{}', 'Message'), { message: /FilterPolicyScope/ });
  });
});
