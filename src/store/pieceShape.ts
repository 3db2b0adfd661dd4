import { isFaultKind } from '../model/fault.ts';
import type { InvocationPiece, LogMark } from '../model/invocation.ts';

type Check = (value: unknown) => boolean;
/** A check for each member; those of `optional` may be absent. */
type Shape = Readonly<Record<string, Check>>;

/** As far as `Date` goes; SQLite's whole numbers are read exactly up to a little more. */
const longest = 8.64e15;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const time: Check = (value) => typeof value === 'number' && Math.abs(value) <= longest;
const amount: Check = (value) => typeof value === 'number' && value >= 0 && value <= longest;
const count: Check = (value) => Number.isInteger(value) && amount(value);
const span: Check = (value) => Array.isArray(value) && value.length === 2 && value.every((each) => count(each));
const oneOf =
  (...texts: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && texts.includes(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every((each) => check(each));
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const objectOf =
  (shape: Shape): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(shape).every(([name, check]) =>
      check(Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined),
    );

const role = oneOf('onSuccess', 'onFailure', 'deadLetterQueue');
const fault = optional(isFaultKind);
const line = { at: time, message: text };

const marks = {
  start: { at: time, executedVersion: text },
  end: { at: time },
  report: {
    at: time,
    durationMs: amount,
    billedDurationMs: amount,
    memorySizeMB: amount,
    maxMemoryUsedMB: amount,
    initDurationMs: optional(amount),
    status: optional(oneOf('success', 'error', 'timeout', 'exit')),
    errorType: optional(text),
  },
  error: { at: time, status: oneOf('error', 'timeout', 'exit'), errorType: text, errorMessage: text },
} as const satisfies Record<LogMark['type'], Shape>;

const shapes = {
  sent: {
    clientToken: text,
    at: time,
    functionName: text,
    qualifier: optional(text),
    payload: text,
    origin: text,
    replayOf: optional(objectOf({ connectionId: text, requestId: text })),
  },
  accepted: {
    clientToken: optional(text),
    requestId: text,
    at: time,
    functionName: text,
    functionArn: text,
    payload: optional(text),
  },
  notAccepted: { clientToken: text, at: time, errorName: text, errorMessage: text, mayHaveRun: flag },
  attemptStarted: { requestId: text, attempt: count, at: time, executedVersion: text },
  attemptEnded: {
    requestId: text,
    attempt: count,
    startedAt: time,
    at: time,
    executedVersion: text,
    status: oneOf('success', 'error', 'timeout', 'exit'),
    durationMs: amount,
    billedDurationMs: optional(amount),
    initDurationMs: optional(amount),
    memorySizeMB: optional(amount),
    maxMemoryUsedMB: optional(amount),
    response: optional(text),
    logGroupName: text,
    logStreamName: text,
    fault,
  },
  log: { requestId: text, attempt: count, lines: listOf(objectOf(line)) },
  wait: {
    requestId: text,
    afterAttempt: count,
    reason: oneOf('retry', 'throttle'),
    at: time,
    until: time,
    nominalMs: amount,
    estimated: optional(flag),
    fault,
  },
  outcome: { requestId: text, at: time, condition: text, approximateInvokeCount: count, fault },
  delivery: {
    requestId: text,
    deliveryId: text,
    role,
    destinationArn: text,
    at: time,
    status: oneOf('delivered', 'dropped'),
    reason: optional(text),
    body: text,
    fault,
  },
  record: {
    requestId: text,
    at: time,
    functionArn: text,
    condition: text,
    approximateInvokeCount: count,
    statusCode: optional(count),
    executedVersion: optional(text),
    functionError: optional(text),
    errorType: optional(text),
    errorMessage: optional(text),
    role: oneOf('onSuccess', 'onFailure'),
    destinationArn: text,
    requestPayload: optional(span),
    responsePayload: optional(span),
    body: text,
  },
  deadLetter: {
    requestId: text,
    at: time,
    destinationArn: text,
    functionName: optional(text),
    errorCode: optional(text),
    errorMessage: optional(text),
    body: text,
  },
  logEvents: {
    requestId: text,
    functionName: text,
    logGroupName: text,
    logStreamName: text,
    from: time,
    to: time,
    marks: listOf((value) => isOneOf(marks, 'type', value)),
    lines: listOf(objectOf({ ...line, id: text })),
  },
  settings: {
    requestId: text,
    at: time,
    maximumRetryAttempts: count,
    maximumEventAgeSeconds: count,
    onSuccess: optional(text),
    onFailure: optional(text),
    deadLetterTargetArn: optional(text),
  },
  raw: {
    rawId: text,
    at: time,
    destinationArn: text,
    what: oneOf('eventSourceMapping', 'unknown'),
    functionName: optional(text),
    body: text,
    base64: optional(flag),
  },
} as const satisfies Record<InvocationPiece['kind'], Shape>;

/**
 * Whether a value is a piece in all its members: files of records come from other machines, and people edit them. What is
 * none would make the folding of its row throw, or a number that SQLite gives back to nobody. Members that are not known are let be.
 */
export function isPiece(value: unknown): value is InvocationPiece {
  return isOneOf(shapes, 'kind', value);
}

function isOneOf(all: Readonly<Record<string, Shape>>, key: string, value: unknown): boolean {
  const name: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof name === 'string' && Object.hasOwn(all, name) && objectOf(all[name] ?? {})(value);
}
