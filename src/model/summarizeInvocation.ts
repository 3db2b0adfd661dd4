import { parseFunctionArn } from './arn.ts';
import type {
  Attempt,
  DeliveryPiece,
  Invocation,
  InvocationStatus,
  InvocationSummary,
  TimelineSegment,
  WaitPiece,
} from './invocation.ts';
import { parseErrorPayload } from './stack/errorPayload.ts';

/** Longer error messages are cut in rows; the error itself is whole in the invocation. Characters. */
const maximumMessageLength = 2_000;

/** What a list row shows of an invocation. It asks no clock: a wait whose end has passed is still one until something follows. */
export function summarizeInvocation(invocation: Invocation): InvocationSummary {
  const { sent, accepted, notAccepted, outcome } = invocation;
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
    attempts: invocation.attempts.at(-1)?.number ?? 0,
    ...(wait ? { waitingUntil: wait.until, waitNominalMs: wait.nominalMs } : {}),
    ...(delivery ? { delivery: { role: delivery.role, arn: delivery.destinationArn, status: delivery.status } } : {}),
    segments: segmentsOf(invocation, startedAt, status),
  };
}

function statusOf(invocation: Invocation): InvocationStatus {
  const { sent, accepted, notAccepted, attempts, outcome, waits, deliveries } = invocation;
  if (outcome) {
    if (outcome.condition === 'Success') return 'succeeded';
    const caught = deliveries.some(({ role, status }) => role !== 'onSuccess' && status === 'delivered');
    return caught ? 'failed' : 'lost';
  }
  const last = attempts.at(-1);
  if (currentWait(invocation)) return 'waiting';
  // All that ended with a success is over, whether or not someone says so.
  if (last?.ended) return last.ended.status === 'success' ? 'succeeded' : 'waiting';
  if (last) return 'running';
  if (waits.length > 0) return 'waiting';
  if (accepted) return 'queued';
  if (notAccepted) return notAccepted.mayHaveRun ? 'unknown' : 'notAccepted';
  return sent ? 'sending' : 'queued';
}

/** The wait that nothing has followed yet. */
function currentWait({ attempts, waits, outcome }: Invocation): WaitPiece | undefined {
  const wait = waits.at(-1);
  if (!wait || outcome) return undefined;
  const last = attempts.at(-1);
  if (!last) return wait;
  const lastStart = startOf(last);
  if (last.number > wait.afterAttempt) return undefined;
  // The same number again after a crash: it runs, it does not wait.
  if (!last.ended && lastStart !== undefined && lastStart > wait.at) return undefined;
  return wait;
}

function endOf({ outcome, attempts, notAccepted }: Invocation, status: InvocationStatus): number | undefined {
  if (outcome) return outcome.at;
  if (status === 'succeeded') return attempts.at(-1)?.ended?.at;
  return status === 'notAccepted' || status === 'unknown' ? notAccepted?.at : undefined;
}

function errorOf(
  { attempts, notAccepted }: Invocation,
  status: InvocationStatus,
): Pick<InvocationSummary, 'errorType' | 'errorMessage'> {
  if (status === 'succeeded') return {};
  if (status === 'notAccepted' || status === 'unknown') {
    return notAccepted ? { errorType: notAccepted.errorName, errorMessage: cut(notAccepted.errorMessage) } : {};
  }
  const ended = attempts.findLast((attempt) => attempt.ended !== undefined)?.ended;
  if (!ended || ended.status === 'success' || ended.response === undefined) return {};
  const { type, message } = parseErrorPayload(ended.response);
  return { errorType: cut(type), errorMessage: cut(message) };
}

function cut(text: string): string {
  return text.length > maximumMessageLength ? `${text.slice(0, maximumMessageLength)}…` : text;
}

function shownDelivery(deliveries: readonly DeliveryPiece[]): DeliveryPiece | undefined {
  return deliveries.find(({ role }) => role !== 'deadLetterQueue') ?? deliveries[0];
}

function requestIdOf({ accepted, attempts, waits, outcome, deliveries }: Invocation): string | undefined {
  if (accepted) return accepted.requestId;
  const attempt = attempts.find(({ started, ended }) => started ?? ended);
  return (attempt?.started ?? attempt?.ended ?? waits[0] ?? outcome ?? deliveries[0])?.requestId;
}

function functionNameOf({ sent, accepted, attempts, deliveries }: Invocation): string {
  const known = sent?.functionName ?? accepted?.functionName;
  if (known !== undefined) return known;
  const group = attempts.find(({ ended }) => ended !== undefined)?.ended?.logGroupName;
  if (group !== undefined) return group.replace(/^\/aws\/lambda\//, '');
  const record = deliveries.find(({ role }) => role !== 'deadLetterQueue')?.body ?? '';
  const arn = /"functionArn":"([^"]+)"/.exec(record)?.[1] ?? '';
  return parseFunctionArn(arn)?.functionName ?? '';
}

/** As sent; of others' events only what was asked for is known, and an ARN is always qualified. */
function qualifierOf({ sent, accepted }: Invocation): string | undefined {
  if (sent) return sent.qualifier;
  const qualifier = accepted && parseFunctionArn(accepted.functionArn)?.qualifier;
  return qualifier === '$LATEST' ? undefined : qualifier;
}

function timesOf({ sent, accepted, notAccepted, attempts, waits, outcome, deliveries }: Invocation): number[] {
  return [
    sent?.at,
    accepted?.at,
    notAccepted?.at,
    outcome?.at,
    ...attempts.flatMap(({ started, ended, logs }) => [started?.at, ended?.startedAt, ended?.at, logs.at(-1)?.at]),
    ...waits.map(({ at }) => at),
    ...deliveries.map(({ at }) => at),
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
