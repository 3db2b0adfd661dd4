import { constants } from 'node:os';

/** The response of a handler may be this long, in bytes; spec 6.2. */
export const MAX_RESPONSE_BYTES = 6_291_556;

/** An error that Lambda itself makes up. `payload` is its exact JSON, `errorType` what REPORT names. */
export interface PlatformError {
  readonly errorType: string;
  readonly payload: Uint8Array;
}

/** The function ran out of time; `seconds` is its configured time-out. Spec 6.2. */
export function timedOut(requestId: string, seconds: number): PlatformError {
  return platformError(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  );
}

/** The runtime's process ended before it answered. Spec 6.2. */
export function exited(requestId: string, code: number | null, signal: NodeJS.Signals | null): PlatformError {
  return platformError('Runtime.ExitError', `RequestId: ${requestId} Error: ${exitReason(code, signal)}`);
}

/**
 * The runtime was killed because the memory was used up: as any that is killed, but that REPORT names it (REPORT lines of AWS
 * that people have published; spec 6.2).
 */
export function outOfMemory(requestId: string): PlatformError {
  return { ...exited(requestId, null, 'SIGKILL'), errorType: 'Runtime.OutOfMemory' };
}

/** How a process ended, in Lambda's words (Go's, really): `Runtime exited with error: exit status 1`. Spec 6.2. */
export function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `Runtime exited with error: signal: ${signalText(signal)}`;
  return code === 0 || code === null
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${code}`;
}

/** The response is longer than `MAX_RESPONSE_BYTES`; message first, as AWS has it. Spec 6.2. */
export function responseTooLarge(): PlatformError {
  const errorType = 'Function.ResponseSizeTooLarge';
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
  return { errorType, payload: Buffer.from(JSON.stringify({ errorMessage, errorType })) };
}

/** The runtime did not keep to the Runtime API. The types are AWS's (spec 6.2), the words ours. */
export function runtimeFault(requestId: string, errorType: string, what: string): PlatformError {
  return platformError(errorType, `RequestId: ${requestId} Error: ${what}`);
}

/** Local Lambda can't run this function at all; `why` says why and what to do. */
export function cannotRun(requestId: string, errorType: string, why: string): PlatformError {
  return platformError(errorType, `RequestId: ${requestId} Error: ${why}`);
}

function platformError(errorType: string, errorMessage: string): PlatformError {
  return { errorType, payload: Buffer.from(JSON.stringify({ errorType, errorMessage })) };
}

const SIGNAL_TEXTS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGQUIT: 'quit',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
};

function signalText(signal: NodeJS.Signals): string {
  return SIGNAL_TEXTS[signal] ?? `signal ${constants.signals[signal]}`;
}
