import type { FaultKind } from '../../model/fault.ts';
import type { AttemptStatus } from '../../model/invocation.ts';
import type { AttemptSpan } from './attemptSpans.ts';
import { cannotRun, exited, exitReason, outOfMemory, responseTooLarge, timedOut } from './platformErrors.ts';
import type { PlatformError } from './platformErrors.ts';
import type { ReportFacts } from './platformLines.ts';
import type { RuntimeAnswer } from './runtimeApi.ts';
import type { RuntimeEvent } from './runtimeProcess.ts';
import type { RuntimeLaunch } from './runtimes.ts';

/** How an attempt ended, before it is put in words. `failure` as in REPORT. */
export interface Ending {
  readonly status: AttemptStatus;
  readonly payload: Uint8Array;
  readonly durationMs: number;
  readonly failure?: ReportFacts['failure'];
  /** The exit to name in the log. */
  readonly exit?: string;
  readonly spans?: readonly AttemptSpan[];
  /** Where it is not what the runtime held. */
  readonly maxMemoryUsedMB?: number;
  readonly fault?: FaultKind;
}

/** What an attempt's ending depends on beside what its process did. `timeout` in seconds, `memorySize` in MB. */
export interface EndedAttempt {
  readonly requestId: string;
  readonly durationMs: number;
  readonly timeout: number;
  readonly launch: RuntimeLaunch | undefined;
  readonly memorySize: number;
}

/** What an attempt comes to by what its process did last, and what it had answered by then (spec 6.2). */
export function endingOf(event: RuntimeEvent, answer: RuntimeAnswer | undefined, attempt: EndedAttempt): Ending {
  const { requestId, durationMs, timeout, launch, memorySize } = attempt;
  if (event.kind === 'timeout' && answer === undefined) {
    return failed('timeout', timedOut(requestId, timeout), timeout * 1_000);
  }
  if (event.kind === 'initError') {
    return failed('error', { errorType: event.errorType, payload: event.payload }, durationMs);
  }
  if (event.kind === 'notStarted') {
    const { name = '', command = '', remedy = '' } = launch ?? {};
    const why = `${name} can't be started with "${command}": ${event.reason}. ${remedy}`;
    return failed('error', cannotRun(requestId, 'Runtime.InvalidEntrypoint', why), durationMs);
  }
  if (event.kind === 'exit' && answer?.kind !== 'response') {
    if (event.outOfMemory) return outOfMemoryEnding(requestId, durationMs, memorySize);
    const reason = exitReason(event.code, event.signal);
    const error = exited(requestId, event.code, event.signal);
    // Errors outside of the handler's own run are posted, and then the process ends: the error is the answer.
    if (answer?.kind === 'error') {
      return { ...failed('error', error, durationMs), payload: answer.payload, exit: reason };
    }
    return { ...failed('exit', error, durationMs), exit: reason };
  }
  if (answer?.kind === 'tooLarge') return failed('error', responseTooLarge(), durationMs);
  if (answer?.kind === 'fault') {
    return failed('error', { errorType: answer.errorType ?? 'Runtime.Unknown', payload: answer.payload }, durationMs);
  }
  return {
    status: answer?.kind === 'error' ? 'error' : 'success',
    payload: answer?.payload ?? Buffer.from('null'),
    durationMs,
  };
}

/** An attempt that was killed because it held more memory than the function has, `memorySize` in MB. */
export function outOfMemoryEnding(requestId: string, durationMs: number, memorySize: number): Ending {
  const ending = failed('exit', outOfMemory(requestId), durationMs);
  return { ...ending, exit: exitReason(null, 'SIGKILL'), maxMemoryUsedMB: memorySize };
}

/** An attempt that failed. */
export function failed(status: 'error' | 'timeout' | 'exit', error: PlatformError, durationMs: number): Ending {
  const failure = status === 'timeout' ? { status } : { status: 'error' as const, errorType: error.errorType };
  return { status, payload: error.payload, durationMs, failure };
}

/** What an init that came to that is called in the log; `undefined` for a time-out. */
export function initErrorType(event: RuntimeEvent): string | undefined {
  switch (event.kind) {
    case 'initError':
      return event.errorType;
    case 'notStarted':
      return 'Runtime.InvalidEntrypoint';
    case 'exit':
      return event.outOfMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
    default:
      return undefined;
  }
}
