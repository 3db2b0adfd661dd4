import type { FaultKind } from '../../model/fault.ts';
import type { MetricSubject } from '../cloudwatch/lambdaMetrics.ts';
import type { ExecutionResult } from '../environments/executionEnvironments.ts';
import type { QueuedEvent } from './eventTable.ts';

/** What a measurement of an event is of. */
export function subjectOf({ functionName, qualifier }: QueuedEvent, executedVersion?: string): MetricSubject {
  return { functionName, qualifier, executedVersion };
}

/** The invoked ARN, always qualified (spec 1.2). */
export function qualifiedArn(event: Pick<QueuedEvent, 'functionArn' | 'qualifier'>): string {
  return `${event.functionArn}:${event.qualifier ?? '$LATEST'}`;
}

/** Attempts made, over both runs of an event that was delivered twice. */
export function attemptsOf({ attempts, duplicate }: Pick<QueuedEvent, 'attempts' | 'duplicate'>): number {
  return (duplicate?.attemptsBefore ?? 0) + attempts;
}

/** All of a second run is there because of a fault. */
export function faultOf({ duplicate }: Pick<QueuedEvent, 'duplicate'>): FaultKind | undefined {
  return duplicate?.attemptsBefore === undefined ? undefined : 'duplicate';
}

/** How much sooner an attempt was over than it says: one that was made to run out of time ends at once. */
export function timeNotTaken({ fault, durationMs, initDurationMs = 0, startedAt, endedAt }: ExecutionResult): number {
  return fault === 'timeout' ? Math.max(0, Math.round(durationMs + initDurationMs - (endedAt - startedAt))) : 0;
}

/** Real time plus the nominal length of waits, in ms (design.md, "Time"). */
export function ageOf(event: Pick<QueuedEvent, 'ageMs' | 'ageAt'>, now: number): number {
  return event.ageMs + Math.max(0, now - event.ageAt);
}
