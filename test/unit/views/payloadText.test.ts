import assert from 'node:assert/strict';
import { UserFacingFailure } from '../../../src/model/userFacingFailure.ts';
import { payloadPreview, payloadProblem, payloadTextOf } from '../../../src/views/payloadText.ts';

describe('payload text', () => {
  it('takes any JSON value', async () => {
    for (const text of ['{}', ' [1, 2] ', 'null', '"x"', '0', '{"a":"λ"}']) {
      assert.equal(await payloadProblem(text), undefined, text);
    }
  });

  it('names the place where JSON goes wrong', async () => {
    const places: [string, number, number][] = [
      ['{"a":}', 1, 6],
      ['{\n  "a": tru\n}', 2, 8],
      ['[1,]', 1, 4],
      ['{"a":1', 1, 7],
      ['{a: 1}', 1, 2],
      ['{} {}', 1, 4],
    ];
    for (const [text, line, column] of places) {
      const problem = await payloadProblem(text);
      assert.equal(problem?.code, 'invalidPayload', text);
      assert.deepEqual(problem.place, { line, column }, text);
      assert.match(problem.message, new RegExp(`line ${line}, column ${column}`));
    }
  });

  it('says of an empty payload that it is empty', async () => {
    assert.match((await payloadProblem(' \n'))?.message ?? '', /payload is empty/);
  });

  it('allows exactly 1 MB, counted in bytes', async () => {
    const fits = `"${'x'.repeat(1_048_576 - 2)}"`;
    assert.equal(await payloadProblem(fits), undefined);
    assert.equal((await payloadProblem(`${fits} `))?.code, 'payloadTooLarge');
    const wide = `"${'λ'.repeat(524_288)}"`;
    assert.ok(wide.length < 1_048_576);
    assert.equal((await payloadProblem(wide))?.code, 'payloadTooLarge');
  });

  it('takes a string from a program as JSON text, anything else as a value', () => {
    assert.equal(payloadTextOf('{"a": 1}'), '{"a": 1}');
    assert.equal(payloadTextOf({ a: 1 }), '{"a":1}');
    assert.equal(payloadTextOf(null), 'null');
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    assert.throws(
      () => payloadTextOf(circular),
      (error) => UserFacingFailure.is(error, 'invalidPayload'),
    );
  });

  it('previews in one line', () => {
    assert.equal(payloadPreview('{\n  "a": 1\n}'), '{ "a": 1 }');
    assert.equal(payloadPreview('x'.repeat(100), 10), `${'x'.repeat(9)}…`);
  });
});
