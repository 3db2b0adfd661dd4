import { parseArn } from '../arn.ts';
import type { RawPiece } from '../invocation.ts';
import { contentHash } from './contentHash.ts';
import { cutText } from './cutText.ts';
import { isObject, member, memberSpans, parseObject, textMember, withoutBlanks, type JsonObject } from './jsonText.ts';
import type { ReadPiece } from './readFrom.ts';
import { failedBatchFunction, readRecordText } from './recordText.ts';
import { parseTimestamp } from './timestamp.ts';

/** A text that came to a destination, and what is known of how. */
export interface Arrived {
  readonly text: string;
  readonly destinationArn: string;
  /** Unique at the destination; absent: made of the text. */
  readonly id?: string | undefined;
  readonly at: number;
  /** Its message attributes, as texts. */
  readonly attribute: (name: string) => string | undefined;
  readonly deadLetterOf?: string | undefined;
}

/** Deeper nesting than AWS's services make is no envelope any more. */
const maximumDepth = 8;

/**
 * Opens one envelope after another: SNS notifications (spec 2.2), EventBridge events (spec 2.4), what is in a dead-letter queue
 * (spec 3.1: the attributes are Lambda's alone, so that the event is not looked into). What is no record is a raw piece
 * with the whole text.
 */
export function readEnvelope(arrived: Arrived): ReadPiece {
  return open(arrived, arrived.text, 0);
}

function open(arrived: Arrived, whole: string, depth: number): ReadPiece {
  const { text, destinationArn } = arrived;
  const deadLetter = deadLetterIn(arrived);
  if (deadLetter) return deadLetter;
  const value = parseObject(text);
  if (!value) return raw(arrived, whole);
  const record = readRecordText(text, value);
  if (record) return { kind: 'record', destinationArn, ...record };
  const functionName = failedBatchFunction(value);
  if (functionName !== undefined) {
    return {
      ...raw(arrived, whole),
      what: 'eventSourceMapping',
      ...(functionName === '' ? {} : { functionName }),
    };
  }
  const inner = depth < maximumDepth ? (notificationIn(arrived, value) ?? eventIn(arrived, value)) : undefined;
  return inner ? open(inner, whole, depth + 1) : raw(arrived, whole);
}

function deadLetterIn({ text, destinationArn, at, attribute, deadLetterOf }: Arrived): ReadPiece | undefined {
  const requestId = attribute('RequestID');
  const errorCode = attribute('ErrorCode');
  const errorMessage = attribute('ErrorMessage');
  // Without reserved concurrency there is no code (spec 3.2).
  if (!requestId || (errorCode === undefined && errorMessage === undefined)) return undefined;
  return {
    kind: 'deadLetter',
    requestId,
    at,
    destinationArn,
    ...(deadLetterOf === undefined ? {} : { functionName: deadLetterOf }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(errorMessage === undefined ? {} : { errorMessage: cutText(errorMessage) }),
    body: text,
  };
}

/** What a topic passed on. */
function notificationIn(arrived: Arrived, value: JsonObject): Arrived | undefined {
  const text = textMember(value, 'Message');
  const topicArn = textMember(value, 'TopicArn');
  if (textMember(value, 'Type') !== 'Notification' || text === undefined || topicArn === undefined) return undefined;
  const attributes = member(value, 'MessageAttributes');
  const ofAttribute = (name: string): string | undefined => {
    const attribute = isObject(attributes) ? member(attributes, name) : undefined;
    return isObject(attribute) ? textMember(attribute, 'Value') : undefined;
  };
  return {
    ...arrived,
    text,
    destinationArn: topicArn,
    id: textMember(value, 'MessageId') ?? arrived.id,
    at: parseTimestamp(textMember(value, 'Timestamp') ?? '') ?? arrived.at,
    attribute: ofAttribute,
  };
}

/** What a rule passed on: the detail's exact text. */
function eventIn(arrived: Arrived, value: JsonObject): Arrived | undefined {
  if (textMember(value, 'detail-type') === undefined || !isObject(member(value, 'detail'))) return undefined;
  const span = memberSpans(arrived.text).get('detail');
  if (!span) return undefined;
  const resources = member(value, 'resources');
  const bus = Array.isArray(resources) ? resources.find(isBusArn) : undefined;
  return {
    ...arrived,
    text: arrived.text.slice(...withoutBlanks(arrived.text, span)),
    destinationArn: bus ?? arrived.destinationArn,
    id: textMember(value, 'id') ?? arrived.id,
    at: parseTimestamp(textMember(value, 'time') ?? '') ?? arrived.at,
    attribute: () => undefined,
  };
}

function isBusArn(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const arn = parseArn(value);
  return arn?.service === 'events' && arn.resource.startsWith('event-bus/');
}

function raw({ destinationArn, id, at, text }: Arrived, whole: string): RawPiece {
  return {
    kind: 'raw',
    rawId: `${destinationArn}/${id ?? contentHash(text)}`,
    at,
    destinationArn,
    what: 'unknown',
    body: whole,
  };
}
