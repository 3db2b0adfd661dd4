import { foldLogEvents, logLinesBetween } from './foldLogEvents.ts';
import { deadLetterDeliveryOf, deliveryOf, outcomeOf, payloadOf, withRecord } from './foldRecord.ts';
import type {
  AcceptedPiece,
  Attempt,
  AttemptEndedPiece,
  AttemptStartedPiece,
  DeliveryPiece,
  Invocation,
  InvocationPiece,
  LogEventsPiece,
  OutcomePiece,
  LogPiece,
  WaitPiece,
} from './invocation.ts';
import { waitsBetween } from './waitsBetween.ts';

/**
 * Folds what is known of one invocation. The order of the pieces, and how often each is there, make no difference:
 * where several pieces tell the same fact, the choice depends on what they say only.
 */
export function foldInvocation(pieces: Iterable<InvocationPiece>): Invocation {
  const of = sortPieces(pieces);
  const { sent, accepted, notAccepted, outcome: outcomes, record: records, deadLetter: deadLetters } = of;
  const firstSent = first(sent, (a, b) => a.at - b.at);
  const theAccepted = mergeAccepted(accepted);
  // A refusal says more than "no answer came".
  const theNotAccepted = first(notAccepted, (a, b) => Number(a.mayHaveRun) - Number(b.mayHaveRun) || a.at - b.at);
  const record = first(records, (a, b) => a.at - b.at);
  const deadLetter = first(deadLetters, (a, b) => a.at - b.at);
  const isSecond = ({ fault }: OutcomePiece): boolean => fault === 'duplicate';
  const secondOutcome = first(outcomes.filter(isSecond), (a, b) => a.at - b.at);
  const firstOutcomes = outcomes.filter((piece) => !isSecond(piece));
  const outcome = first(firstOutcomes, (a, b) => a.at - b.at) ?? (record && outcomeOf(record));
  // The latest: what followed was by these.
  const settings = first(of.settings, (a, b) => b.at - a.at);
  const raw = first(of.raw, (a, b) => a.at - b.at);
  const payload =
    firstSent || theAccepted?.payload !== undefined
      ? undefined
      : ((record && payloadOf(record, 'requestPayload')) ?? deadLetter?.body);
  const told = foldAttempts(of.attemptStarted, of.attemptEnded, of.log);
  const attempts = told.length > 0 ? withLogEvents(told, of.logEvents) : foldLogEvents(of.logEvents);
  const answered = record ? withRecord(attempts, record) : attempts;
  const deliveries = foldDeliveries([
    ...of.delivery,
    ...records.map(deliveryOf),
    ...deadLetters.map(deadLetterDeliveryOf),
  ]);
  const waits = foldWaits(of.wait);
  const seenInLogs = sightIn(of.logEvents);
  return {
    ...(firstSent ? { sent: firstSent } : {}),
    ...(theAccepted ? { accepted: theAccepted } : {}),
    ...(theNotAccepted ? { notAccepted: theNotAccepted } : {}),
    ...(payload === undefined ? {} : { payload }),
    attempts: answered,
    waits:
      waits.length > 0 || told.length > 0
        ? waits
        : waitsBetween(answered, {
            queuedAt: firstSent?.at ?? theAccepted?.at,
            settings,
            isOver: outcome !== undefined || deadLetter !== undefined,
          }),
    ...(outcome ? { outcome } : {}),
    ...(secondOutcome ? { secondOutcome } : {}),
    deliveries,
    ...(record ? { record } : {}),
    ...(deadLetter ? { deadLetter } : {}),
    ...(seenInLogs ? { seenInLogs } : {}),
    ...(settings ? { settings } : {}),
    ...(raw ? { raw } : {}),
  };
}

type Kinds = { readonly [K in InvocationPiece['kind']]: Extract<InvocationPiece, { readonly kind: K }>[] };

function sortPieces(pieces: Iterable<InvocationPiece>): Kinds {
  const kinds: Kinds = {
    sent: [],
    accepted: [],
    notAccepted: [],
    attemptStarted: [],
    attemptEnded: [],
    log: [],
    wait: [],
    outcome: [],
    delivery: [],
    record: [],
    deadLetter: [],
    logEvents: [],
    settings: [],
    raw: [],
  };
  for (const piece of pieces) (kinds[piece.kind] as InvocationPiece[]).push(piece);
  return kinds;
}

/** Our 202 knows the client token, local Lambda's own report the exact ARN and the payload too. */
function mergeAccepted(pieces: readonly AcceptedPiece[]): AcceptedPiece | undefined {
  const best = first(
    pieces,
    (a, b) => Number(a.payload === undefined) - Number(b.payload === undefined) || a.at - b.at,
  );
  if (!best) return undefined;
  const ordered = pieces.toSorted(byContent);
  const clientToken = ordered.find((piece) => piece.clientToken !== undefined)?.clientToken;
  const payload = best.payload ?? ordered.find((piece) => piece.payload !== undefined)?.payload;
  return {
    ...best,
    at: Math.min(...pieces.map(({ at }) => at)),
    ...(clientToken === undefined ? {} : { clientToken }),
    ...(payload === undefined ? {} : { payload }),
  };
}

function foldAttempts(
  started: readonly AttemptStartedPiece[],
  ended: readonly AttemptEndedPiece[],
  logs: readonly LogPiece[],
): readonly Attempt[] {
  const numbers = new Set([...started, ...ended, ...logs].map(({ attempt }) => attempt));
  return [...numbers]
    .toSorted((a, b) => a - b)
    .map((number) => {
      const ofThis = (piece: { readonly attempt: number }): boolean => piece.attempt === number;
      // An attempt that a crash cut off starts again under its number: the later one counts.
      const start = first(started.filter(ofThis), (a, b) => b.at - a.at);
      const end = first(ended.filter(ofThis), (a, b) => b.startedAt - a.startedAt || b.at - a.at);
      const overtaken = start && end && end.at < start.at;
      return {
        number,
        ...(start ? { started: start } : {}),
        ...(end && !overtaken ? { ended: end } : {}),
        logs: foldLogs(logs.filter(ofThis)),
      };
    });
}

function sightIn(pieces: readonly LogEventsPiece[]): Invocation['seenInLogs'] {
  const least = first(pieces, (a, b) => a.from - b.from);
  if (!least) return undefined;
  const { requestId, functionName, from } = least;
  return { requestId, functionName, from, to: pieces.reduce((latest, { to }) => Math.max(latest, to), from) };
}

/** Attempts that others told of, with logs where those came by log events only. */
function withLogEvents(attempts: readonly Attempt[], pieces: readonly LogEventsPiece[]): readonly Attempt[] {
  if (pieces.length === 0) return attempts;
  return attempts.map((attempt) => {
    const { ended, logs } = attempt;
    if (!ended || logs.length > 0) return attempt;
    const lines = logLinesBetween(pieces, ended.logStreamName, ended.startedAt, ended.at);
    return { ...attempt, logs: lines.map(({ at, message }) => ({ at, message })) };
  });
}

function foldLogs(pieces: readonly LogPiece[]): Attempt['logs'] {
  if (pieces.length === 1) return pieces[0]?.lines ?? [];
  return distinct(pieces)
    .toSorted((a, b) => (a.lines[0]?.at ?? 0) - (b.lines[0]?.at ?? 0) || byContent(a, b))
    .flatMap(({ lines }) => lines);
}

/** One wait per place and begin. Told twice with different ends, the earlier end holds: a wait can only be cut short. */
function foldWaits(pieces: readonly WaitPiece[]): readonly WaitPiece[] {
  const groups = Map.groupBy(pieces, ({ afterAttempt, at, reason }) => `${afterAttempt} ${at} ${reason}`);
  return [...groups.values()]
    .flatMap((group) => first(group, (a, b) => a.until - b.until) ?? [])
    .toSorted((a, b) => a.afterAttempt - b.afterAttempt || a.at - b.at || byContent(a, b));
}

/** One entry a delivery. What was delivered is not dropped. */
function foldDeliveries(pieces: readonly DeliveryPiece[]): readonly DeliveryPiece[] {
  const groups = Map.groupBy(pieces, ({ deliveryId }) => deliveryId);
  return [...groups.values()]
    .flatMap(
      (group) =>
        first(group, (a, b) => Number(a.status === 'dropped') - Number(b.status === 'dropped') || a.at - b.at) ?? [],
    )
    .toSorted((a, b) => a.at - b.at || byContent(a, b));
}

/** The least item; what `compare` takes as equal is told apart by content. */
function first<T extends InvocationPiece>(items: readonly T[], compare: (a: T, b: T) => number): T | undefined {
  let least: T | undefined;
  for (const item of items) {
    if (least === undefined || (compare(item, least) || byContent(item, least)) < 0) least = item;
  }
  return least;
}

function distinct<T extends InvocationPiece>(pieces: readonly T[]): readonly T[] {
  return [...new Map(pieces.map((piece) => [pieceText(piece), piece])).values()];
}

function byContent(a: InvocationPiece, b: InvocationPiece): number {
  if (a === b) return 0;
  const [left, right] = [pieceText(a), pieceText(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A piece as text that is the same for pieces that say the same, whatever the order of their keys. */
export function pieceText(piece: InvocationPiece): string {
  return JSON.stringify(piece, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
