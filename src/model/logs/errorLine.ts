import type { AttemptStatus } from '../invocation.ts';
import { isObject, member, memberSpans, parseObject, textMember, type JsonObject } from '../reading/jsonText.ts';
import { javaError, dotnetError, pythonError } from './stackText.ts';

/** An error that a log line tells of. */
export interface LoggedError {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The error as JSON, as far as the line has it: what the response would be, with the stack. */
  readonly payload: string;
  readonly status: Exclude<AttemptStatus, 'success'>;
  /**
   * Only a runtime or the platform writes such a line. Otherwise a handler may have caught the error and logged it: it ended
   * the attempt only if it logged nothing after it.
   */
  readonly certain: boolean;
}

const nodeLine = /^\S+Z\t\S+\tERROR\t(Invoke Error|Uncaught Exception|Unhandled Promise Rejection) ?\t/;
const goLine = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (?=\{"errorMessage":)/;
const rubyLine =
  /^(?:Error raised from handler method|Critical exception from handler|Init error when loading handler[^\n{]*)\s?(?=\{)/;
const rubyType = /^(?:Function|Init|Runtime)</;
const rustLine = /^(?:\S+Z\s+)?ERROR\s+Lambda runtime invoke\{[^}]*\}:\s*/;
const exitLine = /^RequestId: \S+ (?:Error: |Process exited)/;
const timeoutLine = /^\S+Z \S+ Task timed out after [\d.]+ seconds\s*$/;

/** Reads an error's line in the ways of all managed runtimes, in text (spec 5.8, 6.3) and JSON format (spec 5.9). */
export function errorInLine(message: string): LoggedError | undefined {
  if (message.startsWith('{')) {
    const value = parseObject(message);
    return value && errorInJson(value, message.trim());
  }
  return platformError(message) ?? runtimeError(message);
}

function platformError(message: string): LoggedError | undefined {
  if (exitLine.test(message)) {
    const [first = '', second = ''] = message.split('\n', 2);
    const timedOut = first.includes('Task timed out');
    const errorType = /^[A-Z]\w*\.\w+$/.test(second) ? second : timedOut ? 'Sandbox.Timedout' : 'Runtime.ExitError';
    return logged(errorType, first, undefined, timedOut ? 'timeout' : 'exit');
  }
  if (timeoutLine.test(message)) return logged('Sandbox.Timedout', message.trim(), undefined, 'timeout');
  return undefined;
}

function runtimeError(message: string): LoggedError | undefined {
  const node = nodeLine.exec(message);
  if (node) {
    const status = node[1] === 'Invoke Error' ? 'error' : 'exit';
    return errorText(message.slice(node[0].length).trim(), status);
  }
  for (const pattern of [goLine, rubyLine]) {
    const prefix = pattern.exec(message)?.[0];
    if (prefix !== undefined) return errorText(message.slice(prefix.length).trim(), 'error');
  }
  const rust = rustLine.exec(message)?.[0];
  if (rust !== undefined) {
    return { ...logged('Error', message.slice(rust.length).trim(), undefined, 'error'), certain: false };
  }
  const told = pythonError(message) ?? javaError(message) ?? dotnetError(message);
  if (!told) return undefined;
  return { ...logged(told.errorType, told.errorMessage, told.stackTrace, 'error'), certain: told.certain };
}

function errorInJson(value: JsonObject, text: string): LoggedError | undefined {
  const message = member(value, 'message');
  if (typeof message === 'string') {
    const told = javaError(message);
    if (told) return logged(told.errorType, told.errorMessage, told.stackTrace, 'error');
  }
  const python = textMember(value, 'log_level') === 'ERROR';
  const level = (textMember(value, 'level') ?? '').toUpperCase();
  if (!python && level !== '' && level !== 'ERROR' && level !== 'FATAL' && level !== 'CRITICAL') return undefined;
  const span = isObject(message) ? memberSpans(text).get('message') : undefined;
  const [error, payload] = isObject(message) && span ? [message, text.slice(...span).trim()] : [value, text];
  const errorType = textMember(error, 'errorType');
  const errorMessage = textMember(error, 'errorMessage');
  if (errorType === undefined || errorMessage === undefined) return undefined;
  const stack = member(error, 'stackTrace');
  // Nothing but an error: what Go's and Ruby's runtimes print.
  const bare = level === '' && !python && message === undefined;
  const fromRuntime =
    Array.isArray(stack) && stack.some((frame) => typeof frame === 'string' && isDotnetRuntime(frame));
  return {
    errorType,
    errorMessage,
    payload,
    status: 'error',
    certain: python || bare || rubyType.test(errorType) || fromRuntime,
  };
}

/** An error as JSON; what was cut off at the end (log events are limited) does not matter. */
function errorText(payload: string, status: 'error' | 'exit'): LoggedError | undefined {
  const value = parseObject(payload) ?? beginning(payload);
  const errorType = textMember(value, 'errorType');
  const errorMessage = textMember(value, 'errorMessage');
  if (errorType === undefined && errorMessage === undefined) return undefined;
  return { errorType: errorType ?? 'Error', errorMessage: errorMessage ?? '', payload, status, certain: true };
}

function beginning(payload: string): JsonObject {
  if (!payload.startsWith('{')) return {};
  try {
    const spans = memberSpans(payload);
    return Object.fromEntries(
      ['errorType', 'errorMessage'].flatMap((key) => {
        const span = spans.get(key);
        return span ? [[key, JSON.parse(payload.slice(...span)) as unknown]] : [];
      }),
    );
  } catch {
    return {};
  }
}

function isDotnetRuntime(frame: string): boolean {
  return frame.includes('Amazon.Lambda.RuntimeSupport.') || frame.includes('lambda_method');
}

function logged(
  errorType: string,
  errorMessage: string,
  stackTrace: readonly string[] | undefined,
  status: LoggedError['status'],
): LoggedError {
  const payload = JSON.stringify({ errorType, errorMessage, ...(stackTrace ? { stackTrace } : {}) });
  return { errorType, errorMessage, payload, status, certain: true };
}
