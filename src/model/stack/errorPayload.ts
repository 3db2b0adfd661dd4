import { nodeFrames, type StackFrame } from './nodeFrames.ts';
import { pythonFrames } from './pythonFrames.ts';

/** An error as a function's response tells it. */
export interface ErrorPayload {
  readonly type: string;
  readonly message: string;
  /** Innermost first. Empty: none was written (time-outs, exits, values that are no errors). */
  readonly frames: readonly StackFrame[];
}

/** Time-outs have been told in several ways (spec 6.2). */
const timeoutPattern = /^(?:RequestId: \S+ Error: |\S+Z \S+ )?Task timed out after [\d.]+ seconds$/;

/** Reads the payload of a failed attempt (spec 6): JSON of a runtime or of Lambda itself, or any other text as it is. */
export function parseErrorPayload(payload: string): ErrorPayload {
  const value = parsed(payload);
  const { type, message, error } = errorNames(value, payload);
  if (error)
    return { type, message, frames: framesOf(error, textIn(error, 'errorMessage') ?? textIn(error, 'message')) };
  return { type, message, frames: typeof value === 'string' ? [] : nodeFrames(message.split('\n')) };
}

/** Type and message alone, as `parseErrorPayload` has them: lists need no frames. */
export function parseErrorNames(payload: string): Pick<ErrorPayload, 'type' | 'message'> {
  return errorNames(parsed(payload), payload);
}

/** As `parseErrorNames`, of a payload that is parsed already; `error`: the value, where it is an object that tells of one. */
export function errorNames(
  value: unknown,
  payload: string,
): Pick<ErrorPayload, 'type' | 'message'> & { readonly error?: object } {
  if (typeof value === 'object' && value !== null) {
    const message = textIn(value, 'errorMessage') ?? textIn(value, 'message');
    const type = textIn(value, 'errorType') ?? textIn(value, 'name');
    if (message !== undefined || type !== undefined) {
      return { type: type ?? typeOf(message ?? ''), message: message ?? '', error: value };
    }
  }
  const text = (typeof value === 'string' ? value : payload).trim();
  return { type: typeOf(text), message: text };
}

function framesOf(value: object, message: string | undefined): readonly StackFrame[] {
  const trace = linesIn(value, 'trace') ?? linesIn(value, 'stack');
  if (trace) return nodeFrames(trace, message);
  const stackTrace = linesIn(value, 'stackTrace') ?? [];
  if (stackTrace.some((element) => /^\s*File "/.test(element))) return pythonFrames(stackTrace);
  return stackTrace.map((element) => ({ text: element.trim() }));
}

function typeOf(message: string): string {
  return timeoutPattern.test(message) ? 'Sandbox.Timedout' : 'Error';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textIn(value: object, key: string): string | undefined {
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'string' ? found : undefined;
}

/** A list of texts, or a text of several lines. */
function linesIn(value: object, key: string): readonly string[] | undefined {
  const found: unknown = Reflect.get(value, key);
  if (typeof found === 'string') return found.split('\n');
  return Array.isArray(found) ? found.filter((line) => typeof line === 'string') : undefined;
}
