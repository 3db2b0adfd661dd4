import assert from 'node:assert/strict';
import fc from 'fast-check';
import { matchesPattern } from '../../../../src/model/iamPolicy/wildcards.ts';

describe('patterns of IAM policies', () => {
  it('match as a regular expression does that says the same', () => {
    const characters = fc.constantFrom('a', 'b', ':', '*', '?', '.', '😀');
    const texts = fc.array(characters, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, texts, (pattern, text) => {
        const source = pattern
          .replaceAll('.', String.raw`\.`)
          .replaceAll('*', '.*')
          .replaceAll('?', '.');
        const expected = new RegExp(`^${source}$`, 'su').test(text);
        assert.equal(matchesPattern(pattern, text, { kind: 'text' }), expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('take time in proportion to both lengths, however many stars there are', () => {
    const started = performance.now();
    assert.equal(matchesPattern('*a'.repeat(500), 'a'.repeat(499), { kind: 'text' }), false);
    assert.ok(performance.now() - started < 2_000);
  });

  it('take no longer for stars in a row, for variables that do not end, and for values of any length', () => {
    const started = performance.now();
    assert.equal(matchesPattern('*'.repeat(100_000), 'a'.repeat(2_000), { kind: 'text' }), true);
    assert.equal(matchesPattern('arn:**:x', 'arn:a:b:x', { kind: 'resource' }), true);
    const variables = (): string => 'x'.repeat(1_000_000);
    assert.equal(matchesPattern('${'.repeat(50_000), 'a', { kind: 'resource', variables }), false);
    assert.equal(matchesPattern('${aws:x}', 'x'.repeat(1_000_000), { kind: 'resource', variables }), true);
    assert.ok(performance.now() - started < 10_000);
  });

  it('of resources go over a colon only with a star that ends a part, or in the last part', () => {
    const queue = 'arn:aws:sqs:us-east-1:000000000000:orders';
    const resource = (pattern: string): boolean => matchesPattern(pattern, queue, { kind: 'resource' });
    assert.deepEqual(
      ['*', 'arn:aws:sqs:*', 'arn:aws:sqs:*:orders', 'arn:aws:sqs:us-*-1:000000000000:orders'].map(resource),
      [true, true, true, true],
    );
    assert.deepEqual(
      ['arn:aws:sqs:u*0:orders', 'arn:aws:s?s:us-east-1?000000000000:orders', 'arn:aws:sqs:us-east-1:*'].map(resource),
      [false, false, true],
    );
    const log = 'arn:aws:logs:r:1:log-group:a:stream';
    assert.equal(matchesPattern('arn:aws:logs:r:1:log*a:s?ream', log, { kind: 'resource' }), true);
    assert.equal(matchesPattern('arn:aws:sqs:*:orders', queue, { kind: 'arn' }), false);
  });

  it('have variables: a value without wildcards, a default, or nothing that matches', () => {
    const values: Readonly<Record<string, string>> = { 'aws:username': 'a*' };
    const matches = (pattern: string, text: string): boolean =>
      matchesPattern(pattern, text, { kind: 'text', variables: (key) => values[key] });
    assert.equal(matches('home/${AWS:username}/*', 'home/a*/x'), true);
    assert.equal(matches('home/${aws:username}/*', 'home/ab/x'), false);
    assert.equal(matches("home/${aws:other, 'all'}", 'home/all'), true);
    assert.equal(matches('home/${aws:other}', 'home/'), false);
    assert.equal(matches('${*}${?}${$}', '*?$'), true);
    assert.equal(matches('${*}', 'a'), false);
    assert.equal(matchesPattern('${aws:username}', '${aws:username}', { kind: 'text' }), true);
  });
});
