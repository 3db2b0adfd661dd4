import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RecordPiece } from '../../../src/model/invocation.ts';
import { readMessage } from '../../../src/model/reading/readMessage.ts';
import { Redaction } from '../../../src/store/redaction.ts';
import { parseRedaction, redactJson, redactLine } from '../../../src/store/redactText.ts';

const rulesOf = (...texts: string[]): ReturnType<typeof parseRedaction>['rules'] => {
  const { rules, wrong } = parseRedaction(texts);
  assert.deepEqual(wrong, []);
  return rules;
};

describe('redaction', () => {
  it('replaces values of keys, wherever they are, and leaves every other byte', () => {
    const text =
      '{ "Password" : "a\\"b" ,"n":1.0,"deep":[{"apiToken":{"x":[1]}}, "password"],"tokens":null,"pass\\u0077ord":2}';
    assert.equal(
      redactJson(text, rulesOf('password', '*token')),
      '{ "Password" : "[redacted]" ,"n":1.0,"deep":[{"apiToken":"[redacted]"}, "password"],"tokens":null,"pass\\u0077ord":"[redacted]"}',
    );
  });

  it('replaces at a place of a payload, and of a record', () => {
    const rules = rulesOf('customer.email', '$.items[*].card', 'list[0]', '"a.b".c');
    assert.equal(
      redactJson(
        '{"customer":{"email":1},"x":{"customer":{"email":2}},"items":[{"card":3}],"list":[4,5],"a.b":{"c":6}}',
        rules,
      ),
      '{"customer":{"email":"[redacted]"},"x":{"customer":{"email":2}},"items":[{"card":"[redacted]"}],"list":["[redacted]",5],"a.b":{"c":"[redacted]"}}',
    );
    assert.equal(
      redactJson('{"requestPayload":{"customer":{"email":1}}}', rules),
      '{"requestPayload":{"customer":{"email":"[redacted]"}}}',
    );
  });

  it('finds keys in lines of a log', () => {
    const rules = rulesOf('*secret*', 'user.pin');
    assert.equal(
      redactLine(`clientSecret=abc, pin: 1234 "secret": "x y" other=1`, rules),
      'clientSecret="[redacted]", pin: "[redacted]" "secret": "[redacted]" other=1',
    );
    assert.equal(redactLine('INFO {"user":{"pin":1}} done', rules), 'INFO {"user":{"pin":"[redacted]"}} done');
  });

  it('says which rules are none', () => {
    assert.deepEqual(parseRedaction(['', 'a..b', 'a b', '[', 'ok']).wrong, ['', 'a..b', 'a b', '[']);
  });

  it('keeps JSON what it is: the same values but the replaced ones', () => {
    const rules = rulesOf('secret');
    const without = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value), (key, each: unknown) => (key === 'secret' ? '[redacted]' : each)) as unknown;
    const key = fc.oneof(fc.constant('secret'), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(
        fc.object({ key, maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as object),
        fc.constantFrom(0, 2),
        (value, space) => {
          const redacted = redactJson(JSON.stringify(value, undefined, space), rules) ?? '';
          assert.deepEqual(JSON.parse(redacted), without(value));
        },
      ),
    );
  });

  it('never throws and never takes long, whatever the text', () => {
    const rules = rulesOf('*a*b*', 'secret', 'x.y');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        redactJson(`{${text}`, rules);
        redactLine(text, rules);
      }),
    );
    const begun = performance.now();
    for (const hostile of ['a', '"', '\\', '{"a":', '[', '=', ' :', "a='", 'ab'.repeat(50)]) {
      redactLine(hostile.repeat(100_000 / hostile.length), rules);
      redactJson(`{"secret":${hostile.repeat(100_000 / hostile.length)}`, rules);
    }
    assert.ok(performance.now() - begun < 5_000, `${performance.now() - begun} ms`);
  });

  it('moves the places of a record’s payloads, and its error with them', () => {
    const body = JSON.stringify({
      version: '1.0',
      timestamp: '2026-11-25T10:00:00.000Z',
      requestContext: {
        requestId: '8ea123e4-0000-4000-8000-000000000001',
        functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:charge:$LATEST',
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { password: 'hunter2 that is long', id: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'secret things', trace: [] },
    });
    const piece = readMessage(
      { Body: body, MessageId: 'm' },
      { destinationArn: 'arn:aws:sqs:us-east-1:123456789012:q', at: 0 },
    );
    const [kept] = new Redaction(rulesOf('password', 'errorMessage')).apply([piece]) as readonly RecordPiece[];
    assert.ok(kept);
    const part = (span: RecordPiece['requestPayload']): unknown => JSON.parse(kept.body.slice(...(span ?? [0, 0])));
    assert.deepEqual(part(kept.requestPayload), { password: '[redacted]', id: 1 });
    assert.deepEqual(part(kept.responsePayload), { errorType: 'Error', errorMessage: '[redacted]', trace: [] });
    assert.equal(kept.errorMessage, '[redacted]');
    assert.ok(!/hunter2|secret things/.test(JSON.stringify(kept)));
    // What has nothing of it stays the very same.
    assert.equal(new Redaction(rulesOf('nothing')).apply([piece])[0], piece);
  });
});
