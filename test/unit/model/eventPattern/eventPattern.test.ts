import assert from 'node:assert/strict';
import { compileEventPattern } from '../../../../src/model/eventPattern/eventPattern.ts';
import { InvalidPattern } from '../../../../src/model/eventPattern/invalidPattern.ts';
import { parseExactJson } from '../../../../src/model/exactJson.ts';

function matches(pattern: unknown, event: unknown): boolean {
  const [patternText, eventText] = [pattern, event].map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  const node = parseExactJson(eventText ?? '');
  assert.ok(node);
  return compileEventPattern(patternText ?? '').matches(node);
}

/** Whether `value`, the value of a key, fulfils one entry of a pattern's list. */
function accepts(entry: unknown, value: unknown): boolean {
  return matches({ detail: { key: [entry] } }, { detail: { key: value } });
}

describe('An event pattern', () => {
  it('asks for every key it names and ignores all others', () => {
    const pattern = { source: ['aws.ec2'], detail: { state: ['initializing', 'running'] } };
    const event = { source: 'aws.ec2', account: '1', detail: { state: 'running', count: 5 } };
    assert.ok(matches(pattern, event));
    assert.ok(!matches(pattern, { ...event, source: 'aws.ecs' }));
    assert.ok(!matches(pattern, { source: 'aws.ec2', detail: {} }));
    assert.ok(!matches(pattern, { source: 'aws.ec2' }));
    assert.ok(!matches(pattern, { ...event, detail: 'running' }));
    assert.ok(!matches({ Source: ['aws.ec2'] }, event));
  });

  for (const [entry, yes, no] of [
    ['', [''], [null, 0, 'a']],
    [null, [null], ['', 'null', false]],
    [true, [true], ['true', false, 1]],
    ['1', ['1'], [1]],
    [{ exactly: 'a' }, ['a'], ['A', 'ab']],
    [{ prefix: 'ab' }, ['ab', 'abc'], ['a', 'cab', 'Abc', 5, null]],
    [{ prefix: '' }, ['', 'x'], [1, null]],
    [{ prefix: { 'equals-ignore-case': 'Ab' } }, ['aBc', 'AB'], ['xab', 1]],
    [{ suffix: '.png' }, ['a.png', '.png'], ['a.PNG', 'png', 1]],
    [{ suffix: { 'equals-ignore-case': '.Png' } }, ['a.pNG'], ['a.jpg']],
    [{ 'equals-ignore-case': 'Alice' }, ['alice', 'ALICE'], ['alic', 'alicee', 1]],
    [{ wildcard: 'a*z' }, ['az', 'a*z', 'abz', 'azz', 'a\nz'], ['za', 'a', 'azb', 1]],
    [{ wildcard: '*/lib/*' }, ['/lib/', 'a/lib/b'], ['lib', '/lib']],
    [{ wildcard: 'aba*ba' }, ['ababa', 'abaxba'], ['aba', 'abaa']],
    [{ wildcard: 'a*bc*c' }, ['abcc', 'abcxc'], ['abc', 'abxc']],
    [{ wildcard: 'a*b*b*' }, ['abb', 'axbyb', 'abbb'], ['ab', 'aab']],
    [{ wildcard: '*' }, ['', 'x'], [null, 1]],
    [{ wildcard: String.raw`a\*\\*` }, [String.raw`a*\ `, String.raw`a*\x`], [String.raw`ax\ `, 'a*']],
    [{ numeric: ['=', 3.018e2] }, [301.8], [301, '301.8', null]],
    [{ numeric: ['>', 0, '<=', 5] }, [0.1, 5], [0, 5.1, '3']],
    [{ numeric: ['>=', -1, '<', 0] }, [-1, -0.5], [0, -1.1]],
    [{ numeric: ['<', 10] }, [9.999, -1e300], [10]],
    [{ 'anything-but': 'a' }, ['b', '', null, 5, true], ['a']],
    [{ 'anything-but': 5 }, [6, '5', null], [5, 5.0]],
    [{ 'anything-but': ['a', 'b'] }, ['c'], ['a', 'b']],
    [{ 'anything-but': [1, 2] }, [3, 'a'], [1, 2]],
    [{ 'anything-but': { prefix: 'init' } }, ['x', 12], ['init', 'initial']],
    [{ 'anything-but': { prefix: ['a', 'b'] } }, ['c'], ['ax', 'bx']],
    [{ 'anything-but': { suffix: ['.txt', '.rtf'] } }, ['.png'], ['a.txt', 'a.rtf']],
    [{ 'anything-but': { 'equals-ignore-case': ['Stopped', 'x'] } }, ['y', null], ['STOPPED', 'X']],
    [{ 'anything-but': { wildcard: ['*/lib/*', 'a*'] } }, ['b', 1], ['x/lib/y', 'ab']],
    [{ cidr: '10.0.0.0/24' }, ['10.0.0.0', '10.0.0.255'], ['10.0.1.0', '10.0.0', 'x', 10]],
    [{ cidr: '0.0.0.0/0' }, ['255.1.2.3'], ['::1', '256.1.1.1']],
    [{ cidr: '2001:db8::/33' }, ['2001:db8:7fff::1', '2001:DB8::'], ['2001:db8:8000::', '10.0.0.1']],
    ['2001:db8::1', ['2001:0DB8:0:0:0:0:0:1'], ['2001:db8::2']],
    [{ exists: true }, ['', null, 0, false], [{}, [], { a: 1 }]],
    [{ exists: false }, [{}, [], { a: 1 }], ['', null, 0]],
  ] as const) {
    it(`applies ${JSON.stringify(entry)}`, () => {
      for (const value of yes) assert.ok(accepts(entry, value), `should take ${JSON.stringify(value)}`);
      for (const value of no) assert.ok(!accepts(entry, value), `should not take ${JSON.stringify(value)}`);
      const absent = matches({ detail: { key: [entry] } }, { detail: {} });
      assert.equal(absent, JSON.stringify(entry) === '{"exists":false}');
    });
  }

  for (const [pattern, event, expected] of [
    ['[300]', '300.0', true],
    ['[300]', '3.0e2', true],
    ['[0]', '-0.0', true],
    ['[300]', '301', false],
    ['[0.1]', '1e-1', true],
    // No double holds these: they equal only what is written the same.
    ['[9007199254740993]', '9007199254740993', true],
    ['[9007199254740993]', '9007199254740992', false],
    ['[9007199254740993]', '9007199254740993.0', false],
    ['[{"numeric":[">",0]}]', '9007199254740993', false],
    ['[{"anything-but":9007199254740992}]', '9007199254740993', true],
    ['[{"numeric":["<",1e300]}]', '1e299', true],
  ] as const) {
    it(`compares numbers as doubles: ${pattern} ${expected ? 'takes' : 'does not take'} ${event}`, () => {
      assert.equal(matches(`{"a":${pattern}}`, `{"a":${event}}`), expected);
    });
  }

  it('takes any element of an array, of arrays in arrays too', () => {
    assert.ok(matches({ resources: ['b', 'x'] }, { resources: ['a', 'b'] }));
    assert.ok(!matches({ resources: ['x'] }, { resources: ['a', 'b'] }));
    assert.ok(matches({ a: ['deep'] }, { a: [['x'], [['deep']]] }));
    assert.ok(matches({ a: [{ 'anything-but': 'x' }] }, { a: ['x', 'y'] }));
    assert.ok(!matches({ a: [null] }, { a: [] }));
    assert.ok(matches({ a: { b: [1] } }, { a: [{ b: 2 }, { b: 1 }] }));
  });

  it('asks one and the same element of an array of objects', () => {
    const people = {
      employees: [
        { first: 'Anna', last: 'Smith' },
        { first: 'Peter', last: 'Jones' },
      ],
    };
    assert.ok(matches({ employees: { first: ['Anna'], last: ['Smith'] } }, people));
    assert.ok(!matches({ employees: { first: ['Anna'], last: ['Jones'] } }, people));
    const teams = {
      teams: [
        {
          lead: 'a',
          members: [
            { n: 1, role: 'x' },
            { n: 2, role: 'y' },
          ],
        },
        { lead: 'b', members: [] },
      ],
    };
    assert.ok(matches({ teams: { lead: ['a'], members: { n: [2], role: ['y'] } } }, teams));
    assert.ok(!matches({ teams: { lead: ['a'], members: { n: [2], role: ['x'] } } }, teams));
    assert.ok(!matches({ teams: { lead: ['b'], members: { n: [2] } } }, teams));
    // Two arrays are independent of each other.
    assert.ok(matches({ a: { x: [1] }, b: { x: [2] } }, { a: [{ x: 0 }, { x: 1 }], b: [{ x: 2 }] }));
  });

  it('is quick where arrays are long, together and apart', () => {
    const exists = [{ exists: true }];
    const items = Array.from({ length: 20_000 }, (_, index) => ({ a: index, b: index, c: 1, d: [{ e: index }] }));
    assert.ok(!matches({ items: { c: exists, a: [5], b: [6] } }, { items }));
    assert.ok(matches({ items: { c: exists, a: exists, b: exists, d: { e: exists } } }, { items }));
    const few = items.slice(0, 500);
    const apart = { one: { a: exists }, two: { a: exists }, three: { a: exists }, four: { a: exists } };
    assert.ok(matches(apart, { one: few, two: few, three: few, four: few }));
  }).timeout(5000);

  it('knows no difference between a dotted key and a path', () => {
    assert.ok(matches({ 'detail.state': ['a'] }, { detail: { state: 'a' } }));
    assert.ok(matches({ detail: { state: ['a'] } }, { 'detail.state': 'a' }));
    assert.ok(!matches({ 'detail.other': ['a'] }, { detail: { state: 'a' } }));
  });

  describe('with $or', () => {
    const nested = {
      source: ['aws.cloudwatch'],
      $or: [
        { metricName: ['CPU'] },
        { metricType: ['T'], namespace: ['EC2'], $or: [{ metricId: [1234] }, { spaceId: [1000] }] },
        { detail: { scope: ['Service'] } },
      ],
    };
    for (const [event, expected] of [
      [{ metricName: 'CPU' }, true],
      [{ metricType: 'T', namespace: 'EC2', spaceId: 1000 }, true],
      [{ metricType: 'T', namespace: 'EC2' }, false],
      [{ metricType: 'T', metricId: 1234 }, false],
      [{ detail: { scope: 'Service' } }, true],
      [{}, false],
    ] as const) {
      it(`${expected ? 'takes' : 'does not take'} ${JSON.stringify(event)}`, () => {
        assert.equal(matches(nested, { source: 'aws.cloudwatch', ...event }), expected);
        assert.ok(!matches(nested, { ...event, source: 'other' }));
      });
    }

    it('below a key is about that key', () => {
      const pattern = { detail: { $or: [{ a: [1] }, { b: [2] }], c: [3] } };
      assert.ok(matches(pattern, { detail: { b: 2, c: 3 } }));
      assert.ok(!matches(pattern, { detail: { c: 3 }, b: 2 }));
      assert.ok(!matches(pattern, { detail: { a: 1 } }));
    });
  });
});

describe('A pattern that is not valid', () => {
  for (const [pattern, reason] of [
    ['["a"]', 'Filter is not an object'],
    ['{"a": 42}', '"a" must be an object or an array'],
    ['{}', 'Empty objects are not allowed'],
    ['{"a": {}}', 'Empty objects are not allowed'],
    ['{"a": []}', 'Empty arrays are not allowed'],
    ['{"a": [["b"]]}', 'Match value must be String, number, true, false, or null'],
    ['{"a": [{"EXISTS": true}]}', 'Unrecognized match type EXISTS'],
    ['{"a": [{"exists": "true"}]}', 'exists match pattern must be either true or false.'],
    ['{"a": [{}]}', 'Match expression name not found'],
    ['{"a": [{"prefix": "a", "suffix": "b"}]}', 'Only one key allowed in match expression'],
    ['{"a": [{"prefix": 1}]}', 'prefix match pattern must be a string'],
    ['{"a": [{"suffix": [".png"]}]}', 'suffix match pattern must be a string'],
    ['{"a": [{"prefix": {"x": "a"}}]}', 'Unsupported prefix pattern: x'],
    ['{"a": [{"exactly": 1}]}', 'exact match pattern must be a string'],
    ['{"a": [{"equals-ignore-case": ["x"]}]}', 'equals-ignore-case match pattern must be a string'],
    ['{"a": [{"wildcard": 1}]}', 'wildcard match pattern must be a string'],
    ['{"a": [{"wildcard": "arn:aws:events:us-east-1:**:x"}]}', 'Consecutive wildcard characters at pos 26'],
    [String.raw`{"a": [{"wildcard": "a\\b"}]}`, 'Invalid escape character at pos 2'],
    ['{"a": [{"numeric": ">"}]}', 'Value of numeric must be an array.'],
    ['{"a": [{"numeric": [">", 0, ">", 0]}]}', 'Bad numeric range operator: >'],
    ['{"a": [{"numeric": [">", 0, "<"]}]}', 'Value of < must be numeric'],
    ['{"a": [{"numeric": ["=", "1"]}]}', 'Value of equals must be numeric'],
    ['{"a": [{"numeric": ["~", 1]}]}', 'Unrecognized numeric range operator: ~'],
    ['{"a": [{"numeric": ["<", 1, "<", 2]}]}', 'Too many elements in numeric expression'],
    ['{"a": [{"numeric": [">", 5, "<", 1]}]}', 'Bottom must be less than top'],
    ['{"a": [{"numeric": [">", 9007199254740993]}]}', 'Cannot compare number : 9007199254740993'],
    ['{"a": [{"anything-but": null}]}', 'Value of anything-but must be an array or single string/number value.'],
    [
      '{"a": [{"anything-but": ["a", 1]}]}',
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    ],
    ['{"a": [{"anything-but": [true]}]}', 'Inside anything but list, start|null|boolean is not supported.'],
    ['{"a": [{"anything-but": {"exists": true}}]}', 'Unsupported anything-but pattern: exists'],
    ['{"a": [{"anything-but": {"prefix": ""}}]}', 'Null prefix/suffix not allowed'],
    ['{"a": [{"anything-but": {"prefix": [1]}}]}', 'prefix/suffix match pattern must be a string'],
    [
      '{"a": [{"anything-but": {"equals-ignore-case": 1}}]}',
      'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
    ],
    ['{"a": [{"cidr": "10.0.0.0"}]}', "Malformed CIDR, one '/' required"],
    ['{"a": [{"cidr": "10.0.0.0/x"}]}', 'Malformed CIDR, mask bits must be an integer'],
    ['{"a": [{"cidr": "10.0.0.0/32"}]}', 'IPv4 mask bits must be < 32'],
    ['{"a": [{"cidr": "xx.11.xx/8"}]}', 'Nonstandard IP address: xx.11.xx'],
    ['{"a": [{"cidr": "1.2.3.999/8"}]}', 'Invalid IP address: 1.2.3.999'],
    ['{"$or": [{"a": [1]}]}', 'There must have at least 2 Objects in $or relationship.'],
    ['{"$or": {"a": [1]}}', 'It must be an Array followed with $or.'],
    ['{"$or": [{"a": [1]}, 2]}', 'Only JSON object is allowed in array of $or relationship.'],
    [
      '{"$or": [{"numeric": [1]}, {"prefix": [1]}]}',
      'numeric is Ruler reserved fieldName which cannot be used inside $or.',
    ],
    ['{', 'It is not valid JSON.'],
  ] as const) {
    it(`says why: ${pattern}`, () => {
      assert.throws(
        () => compileEventPattern(pattern),
        (error) => InvalidPattern.is(error) && error.message === reason,
        reason,
      );
    });
  }

  it('has at most 1000 combinations', () => {
    const or = (key: string): string =>
      `"${key}": {"$or": [${Array.from({ length: 11 }, (_, n) => `{"k${n}": [1]}`).join(',')}]}`;
    assert.doesNotThrow(() => compileEventPattern(`{${or('a')}, ${or('b')}}`));
    assert.throws(() => compileEventPattern(`{${or('a')}, ${or('b')}, ${or('c')}}`), /more than 1000 combinations/);
  });
});
