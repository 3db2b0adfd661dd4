import assert from 'node:assert/strict';
import { parseExactJson } from '../../../../src/model/exactJson.ts';
import type { RecordPiece } from '../../../../src/model/invocation.ts';
import type { ReadFrom, ReadPiece } from '../../../../src/model/reading/readFrom.ts';
import { readMessage } from '../../../../src/model/reading/readMessage.ts';
import { readObject } from '../../../../src/model/reading/readObject.ts';
import { recordInLog } from '../../../../src/model/reading/recordInLog.ts';
import { deadLetterAttributes } from '../../../../src/local/deliveries/deadLetterAttributes.ts';
import type { MessageAttributes } from '../../../../src/local/deliveryTargets.ts';
import { busEvent } from '../../../../src/local/eventbridge/busEvent.ts';
import { type RecordFacts, writeExecutionRecord } from '../../../../src/local/records/recordWriter.ts';
import { notificationBody } from '../../../../src/local/sns/notification.ts';

const scope = { region: 'us-east-1', account: '000000000000' };
const queueArn = 'arn:aws:sqs:us-east-1:000000000000:caught';
const topicArn = 'arn:aws:sns:us-east-1:000000000000:told';
const busArn = 'arn:aws:events:us-east-1:000000000000:event-bus/orders';
const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:charge:live';
const from: ReadFrom = { destinationArn: queueArn, at: 1 };
const sentAt = Date.parse('2026-09-14T15:18:46.001Z');
const event = ' {"id": 9007199254740993,  "label":"\\u00e9😀"}\n';
const answer = '{"errorMessage": "boom", "errorType": "RuntimeError", "stackTrace": []}';
const facts: RecordFacts = {
  requestId: 'e2d2b1c4-0000-4000-8000-000000000001',
  functionArn,
  condition: 'RetriesExhausted',
  approximateInvokeCount: 3,
  at: Date.parse('2026-09-14T15:18:45.648Z'),
  requestPayload: Buffer.from(event),
  responseContext: { statusCode: 200, executedVersion: '7', functionError: 'Unhandled' },
  responsePayload: Buffer.from(answer),
};
const body = writeExecutionRecord(facts);
const record: Omit<RecordPiece, 'destinationArn' | 'requestPayload' | 'responsePayload' | 'body'> = {
  kind: 'record',
  requestId: facts.requestId,
  at: facts.at,
  functionArn,
  condition: 'RetriesExhausted',
  approximateInvokeCount: 3,
  statusCode: 200,
  executedVersion: '7',
  functionError: 'Unhandled',
  errorType: 'RuntimeError',
  errorMessage: 'boom',
  role: 'onFailure',
};

function notified(message: string, attributes: MessageAttributes = {}): string {
  return notificationBody({ messageId: 'n', topicArn, message, attributes, publishedAt: sentAt }, topicArn, scope);
}

function onBus(text: string): string {
  const detail = parseExactJson(text);
  assert.ok(detail);
  const detailType = 'Lambda Function Invocation Result - Failure';
  const resources = [busArn, functionArn];
  return busEvent(scope, { source: 'lambda', detailType, at: facts.at, resources, detail, takenAt: facts.at }).text;
}

function read(text: string): ReadPiece {
  return readMessage({ MessageId: 'm', Body: text, Attributes: { SentTimestamp: String(sentAt) } }, from);
}

/** Whether a piece is the record, with the payloads that it should have. */
function assertRecord(piece: ReadPiece | undefined, destinationArn: string, payloads = [event, answer]): void {
  assert.equal(piece?.kind, 'record');
  assert.ok(piece.kind === 'record');
  const { body: text, requestPayload = [0, 0], responsePayload = [0, 0], ...rest } = piece;
  assert.deepEqual(rest, { ...record, destinationArn });
  assert.deepEqual([text.slice(...requestPayload), text.slice(...responsePayload)], payloads);
}

describe('Reading a record', () => {
  const minified = ['{"id":9007199254740993,"label":"é😀"}', answer.replaceAll(/([:,]) /g, '$1')];

  it('from a queue: its payloads to the byte', () => {
    assertRecord(read(body), queueArn);
  });

  it('from a topic, straight and with raw delivery', () => {
    assertRecord(read(notified(body)), topicArn);
    assertRecord(readMessage({ MessageId: 'm', Body: body }, { destinationArn: topicArn, at: 1 }), topicArn);
  });

  it('from a bus, straight, by a topic, and as a detail alone', () => {
    assertRecord(read(onBus(body)), busArn, minified);
    assertRecord(read(notified(onBus(body))), busArn, minified);
    assertRecord(read(notified(notified(body))), topicArn);
  });

  it('from a bucket', () => {
    const key = 'aws/lambda/async/charge/2026/09/14/2026-09-14T15.18.45-6f0c';
    assertRecord(
      readObject({ key, body: Buffer.from(body) }, { ...from, destinationArn: 'arn:aws:s3:::b' }),
      'arn:aws:s3:::b',
    );
  });

  it('from the log of the function that got it', () => {
    const target = 'arn:aws:lambda:us-east-1:000000000000:function:audit';
    const prefix = '2026-09-14T15:18:46.001Z\te2d2\tINFO\t';
    for (const line of [
      body,
      `${prefix}${body}\n`,
      `[INFO]\t2026-09-14T15:18:46.001Z\te2d2\tgot {1} ${body} now\n`,
      `{"timestamp":"x","level":"INFO","requestId":"e2d2","message":${body}}\n`,
      `{"timestamp":"x","level":"INFO","requestId":"e2d2","message":${JSON.stringify(`got ${body}`)}}\n`,
    ]) {
      const piece = recordInLog(line, target);
      // A log line's own blanks at its ends are no payload's.
      assertRecord(piece, target);
    }
    assert.equal(recordInLog(`${prefix}${body.slice(0, -1)}`, target), undefined);
    assert.equal(recordInLog(`${prefix}{"requestContext":{"http":{}}}`, target), undefined);
  });

  it('that no attempt answered, of any condition, with members nobody knows', () => {
    const { responseContext: _context, responsePayload: _payload, ...dropped } = facts;
    const text = writeExecutionRecord({ ...dropped, condition: 'ZeroReservedConcurrency', approximateInvokeCount: 0 });
    const piece = read(text.replace('{', '{"deliveryError":{"statusCode":400},'));
    assert.ok(piece.kind === 'record');
    assert.deepEqual(
      [piece.condition, piece.approximateInvokeCount, piece.statusCode, piece.errorType, piece.responsePayload],
      ['ZeroReservedConcurrency', 0, undefined, undefined, undefined],
    );
  });

  it('that succeeded: on-success, with no error', () => {
    const text = writeExecutionRecord({ ...facts, condition: 'Success', responsePayload: Buffer.from('null') });
    const piece = read(text);
    assert.ok(piece.kind === 'record');
    assert.deepEqual([piece.role, piece.errorType], ['onSuccess', undefined]);
  });

  it('takes the last of members that are there twice, as JSON.parse does', () => {
    const piece = read(body.replace(/\}$/, ',"requestPayload":{"second":true}}'));
    assert.ok(piece.kind === 'record' && piece.requestPayload);
    assert.equal(piece.body.slice(...piece.requestPayload), '{"second":true}');
  });

  it('that someone wrote anew: payloads without the blanks of the layout', () => {
    const piece = read(JSON.stringify(JSON.parse(body.replace('9007199254740993', '1')), undefined, 2));
    assert.ok(piece.kind === 'record' && piece.requestPayload);
    assert.equal(piece.body.slice(...piece.requestPayload), '{\n    "id": 1,\n    "label": "é😀"\n  }');
  });

  it('with a payload a hundred thousand levels deep, and one of six million characters', () => {
    const deep = `${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}`;
    const long = JSON.stringify('\\"x'.repeat(1_500_000));
    for (const payload of [deep, long]) {
      const piece = read(notified(writeExecutionRecord({ ...facts, requestPayload: Buffer.from(payload) })));
      assert.ok(piece.kind === 'record' && piece.requestPayload);
      assert.equal(piece.body.slice(...piece.requestPayload) === payload, true);
    }
  });
});

describe('Reading a dead letter', () => {
  const attributes = deadLetterAttributes(facts.requestId, { ...facts, executed: true } as never);
  const letter = {
    kind: 'deadLetter',
    requestId: facts.requestId,
    at: sentAt,
    errorCode: '200',
    errorMessage: 'boom',
    body: event,
  };

  it('from a queue', () => {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, { dataType, stringValue }]) => [
        name,
        { DataType: dataType, StringValue: stringValue },
      ]),
    );
    const Attributes = { SentTimestamp: String(sentAt) };
    const message = { MessageId: 'm', Body: event, Attributes, MessageAttributes };
    assert.deepEqual(readMessage(message, from), { ...letter, destinationArn: queueArn });
    assert.deepEqual(readMessage(message, { ...from, deadLetterOf: 'charge' }), {
      ...letter,
      destinationArn: queueArn,
      functionName: 'charge',
    });
    // A record as the event: it is the event's request that is told of, not the record's.
    const chained = readMessage({ ...message, Body: body.replaceAll(facts.requestId, 'other') }, from);
    assert.deepEqual([chained.kind, 'requestId' in chained && chained.requestId], ['deadLetter', facts.requestId]);
  });

  it('from a topic', () => {
    assert.deepEqual(read(notified(event, attributes)), { ...letter, destinationArn: topicArn });
  });

  it('from where a queue moved it on to: what it was sent to counts', () => {
    const Attributes = { SentTimestamp: String(sentAt), DeadLetterQueueSourceArn: `${queueArn}-before` };
    const piece = readMessage({ MessageId: 'm', Body: body, Attributes }, from);
    assertRecord(piece, `${queueArn}-before`);
  });
});

describe('Reading what is no record', () => {
  it('names a batch that an event source mapping gave up on', () => {
    const batch = JSON.stringify({
      requestContext: { requestId: 'r', functionArn, condition: 'RetryAttemptsExhausted', approximateInvokeCount: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: '2026-11-14T00:38:06.021Z',
      KinesisBatchInfo: { shardId: 'shardId-000000000001', batchSize: 500 },
    });
    const raw = { kind: 'raw', what: 'eventSourceMapping', functionName: 'charge', at: sentAt };
    assert.deepEqual(read(batch), { ...raw, rawId: `${queueArn}/m`, destinationArn: queueArn, body: batch });
    const whole = notified(batch.replace('Kinesis', 'Kafka'));
    assert.deepEqual(read(whole), { ...raw, rawId: `${topicArn}/n`, destinationArn: topicArn, body: whole });
  });

  it('keeps a record that lacks what every record has, or has it as another type', () => {
    for (const [member, other] of [
      ['"version":"1.0"', '"version":1'],
      ['"timestamp":"2026-09-14T15:18:45.648Z"', '"timestamp":"yesterday"'],
      [`"requestId":"${facts.requestId}"`, '"requestId":""'],
      [`"functionArn":"${functionArn}"`, '"functionArn":"charge"'],
      ['"condition":"RetriesExhausted"', '"condition":null'],
      ['"approximateInvokeCount":3', '"approximateInvokeCount":"3"'],
      ['"approximateInvokeCount":3', '"approximateInvokeCount":1e400'],
    ] as const) {
      const text = body.replace(member, other);
      assert.notEqual(text, body);
      assert.deepEqual(read(text), {
        kind: 'raw',
        rawId: `${queueArn}/m`,
        at: sentAt,
        destinationArn: queueArn,
        what: 'unknown',
        body: text,
      });
    }
  });

  it('tells two messages without an id apart, by what they say', () => {
    const ids = ['a', 'b', 'a']
      .map((Body) => readMessage({ Body }, from))
      .map((piece) => piece.kind === 'raw' && piece.rawId);
    assert.equal(new Set(ids).size, 2);
  });

  it('keeps bytes that are no text', () => {
    const bytes = new Uint8Array(100_000).fill(0xff);
    const piece = readObject({ key: 'aws/lambda/async/charge/x', body: bytes }, from);
    assert.ok(piece.kind === 'raw' && piece.base64 === true);
    assert.equal(piece.functionName, 'charge');
    assert.deepEqual(new Uint8Array(Buffer.from(piece.body, 'base64')), bytes);
  });
});
