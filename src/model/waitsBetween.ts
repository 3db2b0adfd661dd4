import { asyncLimits } from './eventInvokeConfig.ts';
import type { Attempt, SettingsPiece, WaitPiece } from './invocation.ts';

/** What the waits of an invocation that only logs tell of depend on. */
export interface WaitFacts {
  /** Epoch ms; absent: taken from the first attempt. */
  readonly queuedAt: number | undefined;
  /** Absent: AWS's defaults are taken for granted. */
  readonly settings: SettingsPiece | undefined;
  /** Nothing follows any more. */
  readonly isOver: boolean;
}

/**
 * The waits between attempts that were seen in logs: after each until the next began; after the last, if it failed and is to be
 * tried again, as long as AWS usually waits (spec 4.1, 4.2), which is marked as estimated.
 */
export function waitsBetween(attempts: readonly Attempt[], facts: WaitFacts): readonly WaitPiece[] {
  const waits: WaitPiece[] = [];
  attempts.forEach(({ number, ended, fromLogs }, index) => {
    if (!ended || fromLogs !== true) return;
    const { requestId, at } = ended;
    const next = attempts[index + 1];
    const until = next ? next.started?.at : retryAt(attempts, facts);
    if (until === undefined || until < at) return;
    waits.push({
      kind: 'wait',
      requestId,
      afterAttempt: number,
      reason: 'retry',
      at,
      until,
      nominalMs: until - at,
      ...(next ? {} : { estimated: true }),
    });
  });
  return waits;
}

/** When AWS tries again after the last attempt; `undefined`: it does not, or the attempt did not fail. */
function retryAt(attempts: readonly Attempt[], { queuedAt, settings, isOver }: WaitFacts): number | undefined {
  const last = attempts.at(-1);
  const ended = last?.ended;
  if (isOver || !last || !ended || ended.status === 'success') return undefined;
  const { defaultMaximumRetryAttempts, defaultMaximumEventAgeInSeconds, retryDelaysInSeconds } = asyncLimits;
  if (last.number > (settings?.maximumRetryAttempts ?? defaultMaximumRetryAttempts)) return undefined;
  const delay = retryDelaysInSeconds[last.number - 1] ?? 0;
  const until = ended.at + delay * 1_000;
  const from = queuedAt ?? attempts[0]?.started?.at ?? ended.startedAt;
  const age = settings?.maximumEventAgeSeconds ?? defaultMaximumEventAgeInSeconds;
  return until > from + age * 1_000 ? undefined : until;
}
