import type { Attempt, DeliveryPiece, Invocation, InvocationRow, WaitPiece } from '../model/invocation.ts';
import type { FaultKind } from '../model/fault.ts';
import { destinationText, type Tone } from './rowText.ts';
import { formatCountdown, formatDuration, formatWait } from './format.ts';

/** A line of the Timeline tab. */
export interface TimelineEntry {
  /** Stable over redraws. */
  readonly key: string;
  readonly kind: 'event' | 'wait';
  /** From the start, in AWS's time (waits at their nominal length); absent for waits, which stand between events. */
  readonly offsetMs?: number;
  readonly tone: Tone | 'link';
  readonly title: string;
  readonly note: string;
  /** The attempt whose logs belong here. */
  readonly logsOfAttempt?: number;
  /** The delivery whose body belongs here. */
  readonly deliveryId?: string;
  /** Local Lambda made it so because it was told to: `Fault: time-out`. */
  readonly fault?: string;
  /** What can be listened to, to see what is waited for: a destination's ARN, or `logs:` and a function's name. */
  readonly listen?: { readonly label: string; readonly destinationArn: string };
  /** The wait goes on: it can be skipped where the connection can. */
  readonly waiting?: boolean;
}

const roleWords: Readonly<Record<DeliveryPiece['role'], string>> = {
  onSuccess: 'on-success',
  onFailure: 'on-failure',
  deadLetterQueue: 'dead-letter queue',
};

/** `on-failure`, `on-success` or `dead-letter queue`. */
export function roleText(role: DeliveryPiece['role']): string {
  return roleWords[role];
}

/**
 * Everything that is known to have happened, in order, as people read it. `unread`: where the rest is not read from, which
 * is said then.
 */
export function timelineEntries(
  row: InvocationRow,
  invocation: Invocation,
  now: number,
  timeScale: number,
  unread?: string,
): readonly TimelineEntry[] {
  const start = row.startedAt;
  const offset = (at: number): number => at - start + stretchedBefore(invocation.waits, at);
  const dated: { readonly at: number; readonly order: number; readonly entry: TimelineEntry }[] = [];
  const add = (at: number, order: number, entry: TimelineEntry): void => void dated.push({ at, order, entry });

  const { sent, accepted, notAccepted, outcome, secondOutcome } = invocation;
  if (sent) {
    const answered = accepted ? ', 202' : '';
    add(sent.at, 0, {
      key: 'sent',
      kind: 'event',
      offsetMs: offset(sent.at),
      tone: 'link',
      title: `${sent.replayOf ? 'Sent again' : 'Sent'}${answered}`,
      note: `from ${sent.origin}${sent.replayOf ? `: what ${sent.replayOf.requestId} was sent` : ''}`,
    });
  } else if (accepted) {
    const note = 'sent by someone else';
    add(accepted.at, 0, {
      key: 'accepted',
      kind: 'event',
      offsetMs: offset(accepted.at),
      tone: 'link',
      title: 'Accepted, 202',
      note,
    });
  }
  if (notAccepted && !accepted) {
    add(notAccepted.at, 1, {
      key: 'notAccepted',
      kind: 'event',
      offsetMs: offset(notAccepted.at),
      tone: notAccepted.mayHaveRun ? 'busy' : 'bad',
      title: notAccepted.mayHaveRun ? 'No answer: it may have run' : 'Not accepted',
      note: `${notAccepted.errorName}: ${notAccepted.errorMessage}`,
    });
  }
  if (unread !== undefined && accepted && !outcome && invocation.attempts.length === 0) {
    add(accepted.at, 1, {
      key: 'unread',
      kind: 'event',
      tone: 'dim',
      title: 'Accepted by Lambda',
      note: `what became of it is not read from ${unread}`,
    });
  }
  for (const attempt of invocation.attempts) addAttempt(attempt, offset, now, add);
  for (const wait of invocation.waits) {
    const waiting =
      wait.until > now && !outcome && !invocation.attempts.some(({ number }) => number > wait.afterAttempt);
    const why = wait.reason === 'throttle' ? 'throttled, ' : '';
    const remaining = Math.min(
      wait.nominalMs,
      ((wait.until - now) / Math.max(1, wait.until - wait.at)) * wait.nominalMs,
    );
    add(wait.at, 3, {
      key: `wait:${wait.afterAttempt}:${wait.at}`,
      kind: 'wait',
      tone: waiting ? 'busy' : 'dim',
      // AWS does not tell of a wait: what is still to come of one is its usual length.
      title: `${why}${waiting ? 'waits' : 'waited'} ${wait.estimated ? 'about ' : ''}${formatWait(wait.nominalMs)}`,
      note: waiting ? `${formatCountdown(remaining)} left${timeScale === 1 ? '' : ` at ×${timeScale}`}` : '',
      ...(waiting ? { waiting } : {}),
      ...faultOf(wait),
    });
  }
  for (const [index, ended] of [outcome, secondOutcome].entries()) {
    if (!ended) continue;
    const isLost = row.status === 'lost' && index === 0;
    const tries = ended.approximateInvokeCount;
    add(ended.at, 4, {
      key: index === 0 ? 'outcome' : 'secondOutcome',
      kind: 'event',
      offsetMs: offset(ended.at),
      tone: ended.condition === 'Success' ? 'good' : isLost ? 'lost' : 'bad',
      title: ended.condition,
      note: `${tries === 1 ? 'after 1 attempt' : `after ${tries} attempts`}${isLost ? ', and nothing caught it' : ''}`,
      ...faultOf(ended),
    });
  }
  for (const delivery of invocation.deliveries) {
    const to = delivery.role === 'deadLetterQueue' ? 'the dead-letter queue' : roleText(delivery.role);
    const dropped = delivery.status === 'dropped';
    const reason = delivery.reason === undefined ? '' : `: ${delivery.reason}`;
    add(delivery.at, 5, {
      key: `delivery:${delivery.deliveryId}`,
      kind: 'event',
      offsetMs: offset(delivery.at),
      tone: dropped ? 'lost' : 'link',
      title: dropped ? `Not delivered to ${to}` : `Delivered to ${to}`,
      note: `${destinationText(delivery.destinationArn)}${reason}`,
      deliveryId: delivery.deliveryId,
      ...faultOf(delivery),
    });
  }
  return dated.sort((a, b) => a.at - b.at || a.order - b.order).map(({ entry }) => entry);
}

function addAttempt(
  attempt: Attempt,
  offset: (at: number) => number,
  now: number,
  add: (at: number, order: number, entry: TimelineEntry) => void,
): void {
  const { ended, number } = attempt;
  const startedAt = ended?.startedAt ?? attempt.started?.at;
  if (startedAt === undefined) return;
  const common = {
    key: `attempt:${number}`,
    kind: 'event',
    offsetMs: offset(startedAt),
    logsOfAttempt: number,
  } as const;
  if (!ended) {
    add(startedAt, 2, {
      ...common,
      tone: 'busy',
      title: `Attempt ${number} runs`,
      note: `for ${formatDuration(now - startedAt)}`,
    });
    return;
  }
  const verbs = { success: 'succeeded', error: 'failed', timeout: 'timed out', exit: 'ended early' } as const;
  const cold = ended.initDurationMs === undefined ? '' : `, cold start ${formatDuration(ended.initDurationMs)}`;
  add(startedAt, 2, {
    ...common,
    tone: ended.status === 'success' ? 'good' : 'bad',
    title: `Attempt ${number} ${verbs[ended.status]}`,
    note: `${formatDuration(ended.durationMs)}${cold}`,
    ...faultOf(ended),
  });
}

const faultWords = {
  throttle: 'throttle',
  timeout: 'time-out',
  outOfMemory: 'out of memory',
  duplicate: 'duplicate delivery',
  ageOut: 'age-out',
  deliveryFailure: 'delivery failure',
  slowStart: 'slow start',
} as const satisfies Record<FaultKind, string>;

function faultOf({ fault }: { readonly fault?: FaultKind }): { readonly fault?: string } {
  return fault === undefined ? {} : { fault: `Fault: ${faultWords[fault]}` };
}

/** How much longer the waits before `at` are on AWS than they were here. */
function stretchedBefore(waits: readonly WaitPiece[], at: number): number {
  return waits.reduce((sum, wait) => {
    if (wait.at >= at) return sum;
    const until = Math.min(wait.until, at);
    const whole = Math.max(1, wait.until - wait.at);
    // A wait that was skipped ended early: what came next did not wait for the rest of it.
    const part = Math.min(1, (until - wait.at) / whole);
    return sum + part * (wait.nominalMs - whole);
  }, 0);
}
