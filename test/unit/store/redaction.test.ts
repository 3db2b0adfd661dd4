import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foldInvocation } from '../../../src/model/foldInvocation.ts';
import type { InvocationPiece, RecordPiece } from '../../../src/model/invocation.ts';
import { LogReader } from '../../../src/model/logs/logReader.ts';
import { readMessage } from '../../../src/model/reading/readMessage.ts';
import { summarizeInvocation } from '../../../src/model/summarizeInvocation.ts';
import { Redaction } from '../../../src/store/redaction.ts';
import { redactBody, redactLine } from '../../../src/store/redactLine.ts';
import { parseRedaction, redactJson } from '../../../src/store/redactText.ts';
import { searchDocument } from '../../../src/store/searchText.ts';

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

  it('finds keys in JSON that is a text, and in base64 of JSON', () => {
    const rules = rulesOf('password', 'customer.email');
    const inner = '{"customer":{"email":"ada@example.com"},"password":"hunter2","n":1.0}';
    const kept = '{"customer":{"email":"[redacted]"},"password":"[redacted]","n":1.0}';
    assert.equal(
      redactBody(`{"body":${JSON.stringify(inner)}, "n":1.0}`, rules),
      `{"body":${JSON.stringify(kept)}, "n":1.0}`,
    );
    assert.equal(redactBody(JSON.stringify(inner), rules), JSON.stringify(kept));
    // An SNS notification in a queue's message, of a record whose payload has JSON in a text.
    const wrapped = (text: string): string =>
      JSON.stringify({
        Body: JSON.stringify({ Type: 'Notification', Message: JSON.stringify({ requestPayload: { body: text } }) }),
      });
    assert.equal(redactBody(wrapped(inner), rules), wrapped(kept));
    assert.equal(
      redactBody('{"errorMessage":"login failed: password=hunter2 (3)"}', rules),
      '{"errorMessage":"login failed: password=\\"[redacted]\\" (3)"}',
    );
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    assert.equal(
      redactBody(`{"data":"${base64(inner)}","other":"${base64('{"a":"some value"}')}"}`, rules),
      `{"data":"[redacted]","other":"${base64('{"a":"some value"}')}"}`,
    );
    assert.equal(
      redactBody('{"text":"a\\u0041\\/"}', rules),
      '{"text":"a\\u0041\\/"}',
      'what has none is left to the byte',
    );
  });

  it('finds keys in lines, whatever stands around them', () => {
    const rules = rulesOf('password', 'authorization', '"credit card"', 'пароль');
    const lines: Record<string, string> = {
      'password=hunter2 {"a":1} password: hunter2': 'password="[redacted]" {"a":1} password: "[redacted]"',
      'a {"password":"hunter2"} b [{"password":"hunter2"}]':
        'a {"password":"[redacted]"} b [{"password":"[redacted]"}]',
      'event: "{\\"password\\":\\"hunter2\\",\\"a\\":1}"': 'event: "{\\"password\\":\\"[redacted]\\",\\"a\\":1}"',
      "{ password: 'hunter2', a: { password: { x: 'hunter2', y: [1] } } }":
        '{ password: "[redacted]", a: { password: "[redacted]" } }',
      'password: {"a":{"b":"hunter2"}} done': 'password: "[redacted]" done',
      'cut off: {"a":1,"password":"hunter2 and mo': 'cut off: {"a":1,"password":"[redacted]"',
      'Authorization: Bearer hunter2.abc, x': 'Authorization: "[redacted]", x',
      ':password => "hunter2"': ':password => "[redacted]"',
      '"Credit Card" : "hunter2"': '"Credit Card" : "[redacted]"',
      'пароль=hunter2': 'пароль="[redacted]"',
      'the password is wrong, mypassword=x': 'the password is wrong, mypassword=x',
    };
    for (const [line, kept] of Object.entries(lines)) assert.equal(redactLine(line, rules), kept, line);
  });

  it('leaves nothing of it in any piece', () => {
    const redaction = new Redaction(rulesOf('password'));
    const text = 'login password=hunter2';
    const requestId = '8ea123e4-0000-4000-8000-000000000001';
    const names = { functionName: 'f', logGroupName: '/aws/lambda/f' };
    const logStreamName = '2026/11/25/[$LATEST]a';
    const message = `2026-11-25T10:00:00.000Z\t${requestId}\tERROR\tInvoke Error \t${JSON.stringify({ errorType: 'E', errorMessage: text })}`;
    const pieces: InvocationPiece[] = [
      ...new LogReader(names).read([{ timestamp: 1, message, logStreamName }]),
      { kind: 'deadLetter', requestId, at: 1, destinationArn: 'd', errorMessage: text, body: '{}' },
      { kind: 'notAccepted', clientToken: 't', at: 1, errorName: 'E', errorMessage: text, mayHaveRun: false },
      { kind: 'raw', rawId: 'r', at: 1, destinationArn: 'd', what: 'unknown', body: text },
      {
        kind: 'delivery',
        requestId,
        deliveryId: 'd',
        role: 'onFailure',
        destinationArn: 'd',
        at: 1,
        status: 'dropped',
        reason: text,
        body: '{}',
      },
    ];
    const kept = redaction.apply(pieces);
    assert.ok(!JSON.stringify(kept).includes('hunter2'));
    for (const piece of kept) assert.ok(!JSON.stringify(searchDocument(piece, false) ?? {}).includes('hunter2'));
    const { errorMessage } = summarizeInvocation(foldInvocation(kept.slice(0, 1)));
    assert.equal(errorMessage, 'login password="[redacted]"');
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
        redactBody(`{"t":${JSON.stringify(text)}}`, rules);
      }),
    );
    const begun = performance.now();
    const runs = [
      'a',
      '"',
      '\\',
      '{"a":',
      '[',
      '=',
      ' :',
      "a='",
      'ab'.repeat(50),
      'secret={',
      "'secret':",
      'secret: \\"',
    ];
    for (const hostile of runs) {
      redactLine(hostile.repeat(100_000 / hostile.length), rules);
      redactJson(`{"secret":${hostile.repeat(100_000 / hostile.length)}`, rules);
    }
    // JSON in texts in broken JSON in texts, each level too deep besides.
    let nested = 'secret=1';
    for (let level = 0; level < 7; level++) {
      const deep = '['.repeat(600) + ']'.repeat(600);
      nested = `${'{['.repeat(40)} {"secret":${deep},"t":${JSON.stringify(nested)},"u":${deep}} [${JSON.stringify(nested)}]`;
    }
    redactBody(nested, rules);
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
