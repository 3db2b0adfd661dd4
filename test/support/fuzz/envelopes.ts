import assert from 'node:assert/strict';
import { parseExactJson, type JsonNode } from '../../../src/model/exactJson.ts';
import { busEvent } from '../../../src/local/eventbridge/busEvent.ts';
import { writeExecutionRecord } from '../../../src/local/records/recordWriter.ts';
import { notificationBody } from '../../../src/local/sns/notification.ts';
import type { ReadPiece } from '../../../src/model/reading/readFrom.ts';
import { readMessage, type QueueMessage } from '../../../src/model/reading/readMessage.ts';
import { readObject } from '../../../src/model/reading/readObject.ts';
import { recordInLog } from '../../../src/model/reading/recordInLog.ts';
import { anyJson, mutate } from './mutate.ts';
import { seededRandom, type Random } from './random.ts';

const scope = { region: 'us-east-1', account: '000000000000' };
const queueArn = 'arn:aws:sqs:us-east-1:000000000000:caught';
const topicArn = 'arn:aws:sns:us-east-1:000000000000:told';
const busArn = 'arn:aws:events:us-east-1:000000000000:event-bus/orders';
const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:charge:$LATEST';

/** What the cases of a run turned out to be. */
export type EnvelopeTally = Record<ReadPiece['kind'] | 'inLog', number>;

/**
 * Reads `count` messages, objects and log lines that are like AWS's or nearly so, and checks of each that it is read without a
 * throw, that nothing of it is lost, and that payloads are where they are said to be.
 */
export function fuzzEnvelopes(seed: number, count: number): EnvelopeTally {
  const tally: EnvelopeTally = { record: 0, deadLetter: 0, raw: 0, inLog: 0 };
  for (let index = 0; index < count; index++) {
    const random = seededRandom(seed + index);
    const message = anyMessage(random);
    try {
      const piece = readMessage(message, { destinationArn: queueArn, at: 1 });
      check(piece, message.Body ?? '');
      tally[piece.kind]++;
      check(readObject(anyObject(message.Body ?? '', random), { destinationArn: queueArn, at: 1 }), undefined);
      const logged = recordInLog(`2026-09-14T15:18:45.648Z\tid\tINFO\t${message.Body}\n`, functionArn);
      if (logged) {
        checkSpans(logged.body, logged);
        tally.inLog++;
      }
    } catch (error) {
      throw new Error(`Seed ${seed + index}: ${JSON.stringify(message)}`, { cause: error });
    }
  }
  return tally;
}

function anyMessage(random: Random): QueueMessage {
  let body = anyRecord(random);
  if (random.chance(0.3)) body = mutate(body, random);
  const attributes = random.chance(0.2) ? { RequestID: { dataType: 'String', stringValue: 'r' } } : {};
  const failed = random.chance(0.5) ? { ErrorCode: { dataType: 'Number', stringValue: '200' } } : {};
  if (random.chance(0.4)) body = inEnvelope(body, random, { ...attributes, ...failed });
  if (random.chance(0.2)) body = inEnvelope(body, random, {});
  if (random.chance(0.2)) body = mutate(body, random);
  return {
    ...(random.chance(0.95) ? { MessageId: 'm' } : {}),
    Body: body,
    ...(random.chance(0.5) ? { Attributes: { SentTimestamp: random.pick(['1790000000000', 'x', '']) } } : {}),
    MessageAttributes: Object.fromEntries(
      Object.entries({ ...attributes, ...failed }).map(([name, { dataType, stringValue }]) => [
        name,
        { DataType: dataType, StringValue: stringValue },
      ]),
    ),
  };
}

function anyRecord(random: Random): string {
  if (random.chance(0.05)) return anyJson(random);
  const bytes = (text: string): Uint8Array => Buffer.from(text);
  const record = writeExecutionRecord({
    requestId: 'e2d2b1c4-0000-4000-8000-000000000001',
    functionArn: random.pick([functionArn, `${functionArn.slice(0, -8)}:live`]),
    condition: random.pick(['Success', 'RetriesExhausted', 'EventAgeExceeded', 'ZeroReservedConcurrency', 'New one']),
    approximateInvokeCount: random.below(4),
    at: 1_790_000_000_000 + random.below(1_000),
    requestPayload: bytes(anyJson(random)),
    ...(random.chance(0.8)
      ? {
          responseContext: {
            statusCode: random.pick([200, 429, 404]),
            ...(random.chance(0.8) ? { executedVersion: '$LATEST' } : {}),
            ...(random.chance(0.5) ? { functionError: random.pick(['Unhandled', 'Handled']) } : {}),
          },
        }
      : {}),
    ...(random.chance(0.7)
      ? { responsePayload: bytes(random.chance(0.5) ? anyJson(random) : '{"errorType":"Error","errorMessage":"no"}') }
      : {}),
  });
  return random.chance(0.1) ? record.replace('{', '{"KinesisBatchInfo":{},') : record;
}

function inEnvelope(
  body: string,
  random: Random,
  attributes: Readonly<Record<string, { readonly dataType: string; readonly stringValue: string }>>,
): string {
  const detail = random.chance(0.5) ? parsed(body) : undefined;
  if (detail) {
    return busEvent(scope, {
      source: random.pick(['lambda', 'aws.lambda']),
      detailType: 'Lambda Function Invocation Result - Failure',
      at: 1_790_000_000_000,
      resources: random.pick([[busArn, functionArn], [functionArn], []]),
      detail,
      takenAt: 1_790_000_000_000,
    }).text;
  }
  const notification = { messageId: 'n', topicArn, message: body, attributes, publishedAt: 1_790_000_000_000 };
  return notificationBody(notification, `${topicArn}:1`, scope);
}

function parsed(body: string): JsonNode | undefined {
  const node = parseExactJson(body);
  return node?.kind === 'object' ? node : undefined;
}

function anyObject(body: string, random: Random): { readonly key: string; readonly body: Uint8Array } {
  const bytes = Buffer.from(body);
  if (random.chance(0.1) && bytes.length > 0) bytes[random.below(bytes.length)] = 0xff;
  return { key: 'aws/lambda/async/charge/2026/09/14/2026-09-14T15.18.45-x', body: bytes };
}

function check(piece: ReadPiece, whole: string | undefined): void {
  assert.equal(typeof piece.destinationArn, 'string');
  assert.ok(Number.isFinite(piece.at));
  if (piece.kind === 'raw') {
    if (whole !== undefined) assert.equal(piece.body, whole);
  } else {
    assert.notEqual(piece.requestId, '');
    if (piece.kind === 'record') checkSpans(piece.body, piece);
  }
}

function checkSpans(body: string, spans: object): void {
  const value = JSON.parse(body) as Readonly<Record<string, unknown>>;
  for (const name of ['requestPayload', 'responsePayload']) {
    const span: unknown = Reflect.get(spans, name);
    assert.equal(span !== undefined, Object.hasOwn(value, name));
    if (!Array.isArray(span)) continue;
    const text = body.slice(Number(span[0]), Number(span[1]));
    // As text, since comparing recurses: the inner values are deep at times.
    assert.equal(shallow(JSON.parse(text)), shallow(value[name]));
  }
}

/** A value as text, down to a depth that recursion can reach. */
function shallow(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  if (depth > 50) return '…';
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${shallow(inner, depth + 1)}`)
    .join(',')}}`;
}
