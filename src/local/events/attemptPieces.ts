import type { FaultKind } from '../../model/fault.ts';
import type { AttemptEndedPiece, AttemptStartedPiece, LogPiece } from '../../model/invocation.ts';
import type { ExecutionResult } from '../environments/executionEnvironments.ts';
import type { ResolvedFunction } from '../functions/functionRegistry.ts';
import { bytesToText } from '../records/payloadText.ts';

/** An attempt, as its pieces name it. */
export interface AttemptIdentity {
  readonly requestId: string;
  /** From 1. */
  readonly attempt: number;
  readonly target: ResolvedFunction;
}

/** An attempt began. */
export function attemptStarted({ requestId, attempt, target }: AttemptIdentity, at: number): AttemptStartedPiece {
  return { kind: 'attemptStarted', requestId, attempt, at, executedVersion: target.executedVersion };
}

/** An attempt ended, and what it logged if it did. `fault`: what it was made to show. */
export function attemptEnded(
  { requestId, attempt, target }: AttemptIdentity,
  result: ExecutionResult,
  fault?: FaultKind,
): readonly (AttemptEndedPiece | LogPiece)[] {
  const { startedAt, status, durationMs, billedDurationMs, initDurationMs, maxMemoryUsedMB, logs } = result;
  const ended: AttemptEndedPiece = {
    kind: 'attemptEnded',
    requestId,
    attempt,
    startedAt,
    at: result.endedAt,
    executedVersion: target.executedVersion,
    status,
    durationMs,
    billedDurationMs,
    ...(initDurationMs === undefined ? {} : { initDurationMs }),
    memorySizeMB: target.definition.memorySize,
    maxMemoryUsedMB,
    response: bytesToText(result.payload),
    logGroupName: result.logGroupName,
    logStreamName: result.logStreamName,
    ...(fault === undefined ? {} : { fault }),
  };
  return logs.length === 0 ? [ended] : [ended, { kind: 'log', requestId, attempt, lines: logs }];
}
