import assert from 'node:assert/strict';
import { parseIdentifier, readIdentifier } from '../../../../src/local/api/functionIdentifier.ts';
import { javaDouble } from '../../../../src/local/api/javaDouble.ts';
import { LambdaError } from '../../../../src/local/api/lambdaError.ts';
import { routeOf } from '../../../../src/local/api/lambdaRoutes.ts';
import { traceOf } from '../../../../src/local/api/traceHeader.ts';

const scope = { region: 'us-east-1', account: '000000000000' };

describe('a time on the wire', () => {
  for (const [value, text] of [
    [1_789_400_718.32, '1.78940071832E9'],
    [1_789_400_718, '1.789400718E9'],
    [1_000_000_000, '1.0E9'],
    [1_700_000_000.001, '1.700000000001E9'],
  ] as const) {
    it(text, () => {
      assert.equal(javaDouble(value), text);
      assert.equal(JSON.parse(text), value);
    });
  }
});

describe('a function’s name in a path', () => {
  for (const [name, functionName, qualifier] of [
    ['fn', 'fn', undefined],
    ['fn:7', 'fn', '7'],
    ['fn:$LATEST', 'fn', '$LATEST'],
    ['function:fn', 'fn', undefined],
    ['000000000000:function:fn:live', 'fn', 'live'],
    ['us-east-1:000000000000:function:fn', 'fn', undefined],
    ['arn:aws:lambda:us-east-1:000000000000:function:fn', 'fn', undefined],
    ['arn:aws:lambda:us-east-1:000000000000:function:fn:live', 'fn', 'live'],
  ] as const) {
    it(name, () => {
      assert.deepEqual(readIdentifier(name, undefined, scope), {
        functionName,
        ...(qualifier === undefined ? {} : { qualifier }),
      });
    });
  }

  it('may have its qualifier twice, if it is the same', () => {
    assert.deepEqual(parseIdentifier('fn:$LATEST', '$LATEST', scope), { functionName: 'fn', qualifier: '$LATEST' });
    assert.throws(() => parseIdentifier('fn:1', '2', scope), { code: 'InvalidParameterValueException' });
  });

  for (const name of ['', 'a/b', 'fn:', 'fn:$OTHER', 'a b', 'n'.repeat(257)]) {
    it(`is not ${JSON.stringify(name.slice(0, 20))}`, () => {
      assert.throws(() => readIdentifier(name, undefined, scope), { code: 'ValidationException' });
    });
  }

  it('is read after the operation is known, ARNs encoded or not', () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:fn';
    for (const path of [arn, encodeURIComponent(arn)]) {
      assert.deepEqual(routeOf('GET', `/2015-03-31/functions/${path}`), {
        operation: 'GetFunction',
        functionName: arn,
      });
    }
    assert.equal(routeOf('GET', '/2015-03-31/functions')?.operation, 'ListFunctions');
    assert.equal(routeOf('GET', '/2015-03-31/functions/')?.operation, 'ListFunctions');
    assert.equal(routeOf('PATCH', '/2015-03-31/functions/fn'), undefined);
    assert.equal(routeOf('GET', '/2015-03-31/functions/a/b/c'), undefined);
  });
});

describe('an error of the Lambda API', () => {
  const body = (error: LambdaError): unknown => error.toResponse().body;

  it('spells Message as its exception does', () => {
    assert.equal(body(new LambdaError(404, 'ResourceNotFoundException', 'x')), '{"Type":"User","Message":"x"}');
    assert.equal(body(new LambdaError(500, 'ServiceException', 'x')), '{"Type":"Service","Message":"x"}');
    assert.equal(body(new LambdaError(409, 'ResourceConflictException', 'x')), '{"Type":"User","message":"x"}');
    assert.equal(body(new LambdaError(400, 'ValidationException', 'x')), '{"message":"x"}');
  });
});

describe('a trace', () => {
  const now = Date.UTC(2026, 0, 1);

  it('begins with its time', () => {
    const { traceId, responseHeader } = traceOf(undefined, now);
    assert.match(traceId, /^Root=1-6955b900-[\da-f]{24};Parent=[\da-f]{16};Sampled=0$/);
    assert.equal(responseHeader, traceId.toLowerCase());
    assert.notEqual(traceOf(undefined, now).traceId, traceId);
  });

  it('goes on with the chain that it is given', () => {
    const root = 'Root=1-6955b900-0123456789abcdef01234567';
    const { traceId } = traceOf(`${root};Parent=1111111111111111;Sampled=1;Lineage=1:0a1b2c3d:0`, now);
    assert.ok(traceId.startsWith(`${root};Parent=`));
    assert.ok(!traceId.includes('1111111111111111'));
    assert.ok(traceId.endsWith(';Sampled=1;Lineage=1:0a1b2c3d:0'));
  });

  for (const header of [
    '',
    'x',
    'Root=evil\r\nX: y',
    'Root=1-0-0;Lineage=oops',
    `Lineage=${'1:0a1b2c3d:0|'.repeat(400)}`,
  ]) {
    it(`takes nothing from ${JSON.stringify(header.slice(0, 30))}`, () => {
      assert.match(traceOf(header, now).traceId, /^Root=1-6955b900-[\da-f]{24};Parent=[\da-f]{16};Sampled=0$/);
    });
  }
});
