import { parseFunctionArn } from './arn.ts';
import type {
  Attempt,
  DeliveryPiece,
  Invocation,
  InvocationStatus,
  InvocationSummary,
  RawPiece,
  TimelineSegment,
  WaitPiece,
} from './invocation.ts';
import { cutText } from './reading/cutText.ts';
import { parseErrorNames } from './stack/errorPayload.ts';

/** What a list row shows of an invocation. It asks no clock: a wait whose end has passed is still one until something follows. */
export function summarizeInvocation(invocation: Invocation): InvocationSummary {
  const { sent, accepted, notAccepted, outcome, raw } = invocation;
  if (raw) return summarizeRaw(raw);
  const status = statusOf(invocation);
  const requestId = requestIdOf(invocation);
  const clientToken = sent?.clientToken ?? accepted?.clientToken ?? notAccepted?.clientToken;
  const qualifier = qualifierOf(invocation);
  const times = timesOf(invocation);
  const startedAt = sent?.at ?? accepted?.at ?? Math.min(...times);
  const endedAt = endOf(invocation, status);
  const wait = status === 'waiting' ? currentWait(invocation) : undefined;
  const delivery = shownDelivery(invocation.deliveries);
  return {
    status,
    functionName: functionNameOf(invocation),
    ...(qualifier === undefined ? {} : { qualifier }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(clientToken === undefined ? {} : { clientToken }),
    startedAt: Number.isFinite(startedAt) ? startedAt : 0,
    updatedAt: Math.max(0, ...times),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(outcome ? { condition: outcome.condition } : {}),
    ...errorOf(invocation, status),
    attempts: Math.max(lastAttempt(invocation)?.number ?? 0, startedAttempts(invocation)),
    ...(wait ? { waitingUntil: wait.until, waitNominalMs: wait.nominalMs } : {}),
    ...(wait?.estimated ? { waitEstimated: true } : {}),
    ...(delivery ? { delivery: { role: delivery.role, arn: delivery.destinationArn, status: delivery.status } } : {}),
    segments: segmentsOf(invocation, startedAt, status),
  };
}

/** What is no record has a row of its own. */
function summarizeRaw({ at, functionName = '', destinationArn, what }: RawPiece): InvocationSummary {
  return {
    status: 'raw',
    functionName,
    startedAt: at,
    updatedAt: at,
    attempts: 0,
    ...(what === 'eventSourceMapping'
      ? { delivery: { role: 'onFailure', arn: destinationArn, status: 'delivered' } }
      : {}),
    segments: [],
  };
}

function statusOf(invocation: Invocation): InvocationStatus {
  const { sent, accepted, notAccepted, outcome, waits, deliveries, settings } = invocation;
  const caught = deliveries.some(({ role, status }) => role !== 'onSuccess' && status === 'delivered');
  if (outcome) {
    if (outcome.condition === 'Success') return 'succeeded';
    return caught ? 'failed' : 'lost';
  }
  // A dead letter alone: its event failed for good.
  if (caught) return 'failed';
  const last = lastAttempt(invocation);
  if (currentWait(invocation)) return 'waiting';
  if (last?.ended) {
    // All that ended with a success is over, whether or not someone says so.
    if (last.ended.status === 'success') return 'succeeded';
    // Local Lambda tells of the wait or the outcome at once; where logs tell, no wait means that none follows.
    if (last.fromLogs !== true) return 'waiting';
    return settings && settings.onFailure === undefined && settings.deadLetterTargetArn === undefined
      ? 'lost'
      : 'failed';
  }
  if (last) return 'running';
  if (waits.length > 0) return 'waiting';
  if (accepted) return 'queued';
  if (notAccepted) return notAccepted.mayHaveRun ? 'unknown' : 'notAccepted';
  return sent ? 'sending' : 'queued';
}

/** The last attempt of which more is known than lines that nobody can place. */
function lastAttempt({ attempts }: Invocation): Attempt | undefined {
  return attempts.findLast((attempt) => attempt.fromLogs !== true || startOf(attempt) !== undefined);
}

/** As a record counts them; of a success the count is no measure (spec 1.5). */
function startedAttempts({ record }: Invocation): number {
  return record && record.condition !== 'Success' ? record.approximateInvokeCount : 0;
}

/** The wait that nothing has followed yet. */
function currentWait(invocation: Invocation): WaitPiece | undefined {
  const wait = invocation.waits.at(-1);
  if (!wait || invocation.outcome) return undefined;
  const last = lastAttempt(invocation);
  if (!last) return wait;
  const lastStart = startOf(last);
  if (last.number > wait.afterAttempt) return undefined;
  // The same number again after a crash: it runs, it does not wait.
  if (!last.ended && lastStart !== undefined && lastStart > wait.at) return undefined;
  return wait;
}

function endOf(invocation: Invocation, status: InvocationStatus): number | undefined {
  const { outcome, deadLetter, notAccepted } = invocation;
  if (outcome) return outcome.at;
  if (status === 'succeeded' || status === 'lost') return lastAttempt(invocation)?.ended?.at;
  if (status === 'failed') return deadLetter?.at ?? lastAttempt(invocation)?.ended?.at;
  return status === 'notAccepted' || status === 'unknown' ? notAccepted?.at : undefined;
}

function errorOf(
  { attempts, notAccepted, record, deadLetter, outcome }: Invocation,
  status: InvocationStatus,
): Pick<InvocationSummary, 'errorType' | 'errorMessage'> {
  if (status === 'succeeded') return {};
  if (status === 'notAccepted' || status === 'unknown') {
    return notAccepted ? { errorType: notAccepted.errorName, errorMessage: cutText(notAccepted.errorMessage) } : {};
  }
  if (record?.errorType !== undefined && record.condition === outcome?.condition) {
    return {
      errorType: record.errorType,
      ...(record.errorMessage === undefined ? {} : { errorMessage: record.errorMessage }),
    };
  }
  const ended = attempts.findLast((attempt) => attempt.ended !== undefined)?.ended;
  if (ended && ended.status !== 'success' && ended.response !== undefined) {
    const { type, message } = parseErrorNames(ended.response);
    return { errorType: cutText(type), errorMessage: cutText(message) };
  }
  // What never ran has no other error than what its dead letter says (spec 3.2).
  return deadLetter?.errorMessage === undefined ? {} : { errorMessage: deadLetter.errorMessage };
}

function shownDelivery(deliveries: readonly DeliveryPiece[]): DeliveryPiece | undefined {
  return deliveries.find(({ role }) => role !== 'deadLetterQueue') ?? deliveries[0];
}

function requestIdOf(invocation: Invocation): string | undefined {
  const { accepted, attempts, waits, outcome, deliveries, seenInLogs, settings } = invocation;
  if (accepted) return accepted.requestId;
  const attempt = attempts.find(({ started, ended }) => started ?? ended);
  const teller = attempt?.started ?? attempt?.ended ?? waits[0] ?? outcome ?? deliveries[0] ?? seenInLogs ?? settings;
  return teller?.requestId;
}

function functionNameOf({ sent, accepted, attempts, deliveries, record, deadLetter, seenInLogs }: Invocation): string {
  const known = sent?.functionName ?? accepted?.functionName;
  if (known !== undefined) return known;
  if (record) return parseFunctionArn(record.functionArn)?.functionName ?? '';
  if (seenInLogs) return seenInLogs.functionName;
  const group = attempts.find(({ ended }) => ended !== undefined)?.ended?.logGroupName;
  if (group !== undefined) return group.replace(/^\/aws\/lambda\//, '');
  if (deadLetter?.functionName !== undefined) return deadLetter.functionName;
  const body = deliveries.find(({ role }) => role !== 'deadLetterQueue')?.body ?? '';
  const arn = /"functionArn":"([^"]+)"/.exec(body)?.[1] ?? '';
  return parseFunctionArn(arn)?.functionName ?? '';
}

/** As sent; of others' events only what was asked for is known, and an ARN is always qualified. */
function qualifierOf({ sent, accepted, record }: Invocation): string | undefined {
  if (sent) return sent.qualifier;
  const arn = accepted?.functionArn ?? record?.functionArn;
  const qualifier = arn === undefined ? undefined : parseFunctionArn(arn)?.qualifier;
  return qualifier === '$LATEST' ? undefined : qualifier;
}

function timesOf(invocation: Invocation): number[] {
  const { sent, accepted, notAccepted, attempts, waits, outcome, deliveries, seenInLogs } = invocation;
  return [
    sent?.at,
    accepted?.at,
    // That no answer was seen is no news of an event that was accepted.
    accepted ? undefined : notAccepted?.at,
    outcome?.at,
    ...attempts.flatMap(({ started, ended, logs }) => [started?.at, ended?.startedAt, ended?.at, logs.at(-1)?.at]),
    ...waits.map(({ at }) => at),
    ...deliveries.map(({ at }) => at),
    seenInLogs?.from,
    seenInLogs?.to,
  ].filter((at) => at !== undefined);
}

function startOf({ started, ended }: Attempt): number | undefined {
  return ended?.startedAt ?? started?.at;
}

type Step = { readonly from: number } & (
  { readonly kind: 'attempt'; readonly attempt: Attempt } | { readonly kind: 'wait'; readonly wait: WaitPiece }
);

/** The waterfall: what follows something also ends it, so a skipped wait and an attempt that a crash cut off are short. */
function segmentsOf(
  { attempts, waits, outcome, deliveries, notAccepted }: Invocation,
  startedAt: number,
  status: InvocationStatus,
): readonly TimelineSegment[] {
  const steps: Step[] = waits.map((wait) => ({ kind: 'wait', from: wait.at, wait }));
  for (const attempt of attempts) {
    const from = startOf(attempt);
    if (from !== undefined) steps.push({ kind: 'attempt', from, attempt });
  }
  // Within the same millisecond an attempt comes before the wait that follows it, and after the wait before it.
  steps.sort((a, b) => a.from - b.from || placeOf(a) - placeOf(b));

  const queuedUntil = steps[0]?.from ?? outcome?.at ?? notAccepted?.at;
  const segments: TimelineSegment[] = [
    {
      kind: 'queued',
      from: startedAt,
      ...(queuedUntil === undefined ? {} : { to: Math.max(startedAt, queuedUntil) }),
      failed: status === 'notAccepted',
    },
  ];
  steps.forEach((step, index) => {
    const next = steps[index + 1]?.from ?? outcome?.at;
    segments.push(step.kind === 'wait' ? waitSegment(step.wait, next) : attemptSegment(step, next));
  });
  for (const { at, status: delivered } of deliveries) {
    segments.push({ kind: 'delivery', from: at, to: at, failed: delivered === 'dropped' });
  }
  return segments;
}

function placeOf(step: Step): number {
  return step.kind === 'attempt' ? step.attempt.number : step.wait.afterAttempt + 0.5;
}

function attemptSegment(
  { from, attempt }: { readonly from: number; readonly attempt: Attempt },
  next: number | undefined,
): TimelineSegment {
  const { ended } = attempt;
  const to = ended?.at ?? next;
  return {
    kind: 'attempt',
    from,
    ...(to === undefined ? {} : { to: Math.max(from, to) }),
    failed: ended ? ended.status !== 'success' : next !== undefined,
  };
}

function waitSegment({ at, until, nominalMs }: WaitPiece, next: number | undefined): TimelineSegment {
  const to = Math.max(at, next === undefined ? until : Math.min(until, next));
  // What was skipped of a wait was not waited for on AWS's clock either.
  const part = until > at ? (to - at) / (until - at) : 1;
  return { kind: 'wait', from: at, to, failed: false, nominalMs: nominalMs * part };
}
