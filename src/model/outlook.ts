import type { DeliveryRole } from './destination.ts';
import type { Invocation, InvocationStatus } from './invocation.ts';
import { summarizeInvocation } from './summarizeInvocation.ts';

/** Why nothing may have come, the likeliest first. */
export type OutlookReason =
  | 'noAnswer'
  | 'mayHaveRun'
  | 'logsNotRead'
  | 'destinationNotRead'
  | 'logsLate'
  | 'throttled'
  | 'reservedConcurrencyZero'
  | 'startsNotLogged'
  | 'tooOld'
  | 'retriesLowered'
  | 'maybeSynchronous'
  | 'deliveryDenied'
  | 'destinationGone'
  | 'recordTooLarge'
  | 'deliveryDropped';

/** What an invocation waits for, and what to think of it when that does not come. Times epoch ms. */
export interface Outlook {
  readonly awaits: 'answer' | 'attempt' | 'attemptEnd' | 'retry' | 'record' | 'deadLetter' | 'nothing';
  readonly since: number;
  /** Of a retry. */
  readonly until?: number;
  readonly estimated?: true;
  /** Where a record or a dead letter is to come to. */
  readonly destinationArn?: string;
  /** It should have come by now. */
  readonly overdue: boolean;
  /** Empty while there is no need to ask. */
  readonly reasons: readonly OutlookReason[];
  /** Nothing catches this event when it fails, or nothing has: an on-failure destination would. */
  readonly advice?: 'addOnFailureDestination';
}

/** What is looked at, and when. */
export interface OutlookFacts {
  /** Epoch ms. */
  readonly now: number;
  /** The function's own log is read. */
  readonly readsLogs: boolean;
  /** ARNs of the destinations that are read. */
  readonly readDestinations: readonly string[];
}

/** How long each may take before one should wonder. Milliseconds. */
const patience = {
  answer: 30_000,
  /** Events wait for seconds at most where there is room, and CloudWatch shows a line some ten seconds later. */
  attempt: 30_000,
  /** The longest time-out, and some more. */
  attemptEnd: 16 * 60_000,
  /** AWS was seen to retry within a minute of its time (spec 4.1). */
  retry: 90_000,
  delivery: 60_000,
} as const;

/** `undefined`: it is over, and all is told. It asks no clock: the facts have the time. */
export function outlookOf(invocation: Invocation, facts: OutlookFacts): Outlook | undefined {
  const summary = summarizeInvocation(invocation);
  const { status, startedAt, waitingUntil, waitEstimated } = summary;
  const advice = adviceFor(invocation, status);
  switch (status) {
    case 'sending':
      return waiting('answer', startedAt, patience.answer, ['noAnswer'], facts);
    case 'unknown':
      return { awaits: 'nothing', since: startedAt, overdue: false, reasons: ['mayHaveRun'] };
    case 'queued':
      return { ...firstAttempt(invocation, startedAt, facts), ...advice };
    case 'running': {
      const since = invocation.attempts.at(-1)?.started?.at ?? startedAt;
      return { ...waiting('attemptEnd', since, patience.attemptEnd, ['logsLate'], facts), ...advice };
    }
    case 'waiting': {
      const since = invocation.attempts.at(-1)?.ended?.at ?? startedAt;
      const until = waitingUntil ?? since;
      const retry = waiting('retry', until, patience.retry, retryReasons(invocation), facts);
      return { ...retry, since, until, ...(waitEstimated ? { estimated: true } : {}), ...advice };
    }
    case 'succeeded':
      return delivery(invocation, invocation.settings?.onSuccess, 'onSuccess', facts);
    case 'failed': {
      const { settings, outcome } = invocation;
      // What was caught is told; another copy may be on its way, but nobody waits for it.
      if (outcome || invocation.deliveries.length > 0) return undefined;
      return (
        delivery(invocation, settings?.onFailure, 'onFailure', facts) ??
        delivery(invocation, settings?.deadLetterTargetArn, 'deadLetterQueue', facts)
      );
    }
    case 'lost': {
      const dropped = invocation.deliveries.some((each) => each.status === 'dropped');
      const reasons: readonly OutlookReason[] = dropped ? ['deliveryDropped'] : [];
      return { awaits: 'nothing', since: summary.endedAt ?? startedAt, overdue: false, reasons, ...advice };
    }
    case 'notAccepted':
    case 'raw':
      return undefined;
  }
}

/** Whether it is known to be asynchronous: a function's log shows what was invoked synchronously, too. */
export function isKnownAsynchronous(invocation: Invocation): boolean {
  const { sent, accepted, outcome, deadLetter, attempts, waits } = invocation;
  const told = attempts.some(({ fromLogs }) => fromLogs !== true);
  const waited = waits.some(({ estimated }) => estimated !== true);
  return told || waited || attempts.length > 1 || Boolean(sent ?? accepted ?? outcome ?? deadLetter);
}

function waiting(
  awaits: Outlook['awaits'],
  since: number,
  patienceMs: number,
  reasons: readonly OutlookReason[],
  { now }: OutlookFacts,
): Outlook {
  const overdue = now > since + patienceMs;
  return { awaits, since, overdue, reasons: overdue ? reasons : [] };
}

function firstAttempt({ settings }: Invocation, since: number, facts: OutlookFacts): Outlook {
  const { now, readsLogs, readDestinations } = facts;
  if (!readsLogs) {
    const unread: readonly OutlookReason[] =
      readDestinations.length === 0 ? ['logsNotRead', 'destinationNotRead'] : ['logsNotRead'];
    return { awaits: 'attempt', since, overdue: false, reasons: unread };
  }
  const age = settings?.maximumEventAgeSeconds;
  const tooOld = age !== undefined && now > since + age * 1_000;
  const reasons: readonly OutlookReason[] = ['logsLate', 'throttled', 'reservedConcurrencyZero', 'startsNotLogged'];
  return waiting('attempt', since, patience.attempt, tooOld ? ['tooOld', ...reasons] : reasons, facts);
}

function retryReasons(invocation: Invocation): readonly OutlookReason[] {
  const reasons: readonly OutlookReason[] = ['logsLate', 'throttled', 'retriesLowered'];
  return isKnownAsynchronous(invocation) ? reasons : ['maybeSynchronous', ...reasons];
}

function delivery(
  { deliveries, attempts, outcome }: Invocation,
  destinationArn: string | undefined,
  role: DeliveryRole,
  facts: OutlookFacts,
): Outlook | undefined {
  if (destinationArn === undefined || deliveries.some((each) => each.role === role)) return undefined;
  const since = outcome?.at ?? attempts.at(-1)?.ended?.at ?? facts.now;
  const awaits = role === 'deadLetterQueue' ? 'deadLetter' : 'record';
  if (!facts.readDestinations.includes(destinationArn)) {
    return { awaits, since, destinationArn, overdue: false, reasons: ['destinationNotRead'] };
  }
  const reasons: readonly OutlookReason[] = ['deliveryDenied', 'destinationGone', 'recordTooLarge'];
  return { ...waiting(awaits, since, patience.delivery, reasons, facts), destinationArn };
}

/** Said of what is lost, and of what failed once and is to be lost if it fails for good. */
function adviceFor(
  { settings, attempts, deliveries }: Invocation,
  status: InvocationStatus,
): { readonly advice?: 'addOnFailureDestination' } {
  const uncaught = settings && settings.onFailure === undefined && settings.deadLetterTargetArn === undefined;
  const failing = attempts.some(({ ended }) => ended !== undefined && ended.status !== 'success');
  const lost = status === 'lost' && deliveries.every((each) => each.status !== 'dropped');
  return lost || (uncaught === true && failing) ? { advice: 'addOnFailureDestination' } : {};
}
