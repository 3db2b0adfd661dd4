import type { Attempt, AttemptEndedPiece, AttemptStatus, LogEventsPiece, LogMark } from './invocation.ts';
import { errorInLine } from './logs/errorLine.ts';
import { cutText } from './reading/cutText.ts';

type Line = LogEventsPiece['lines'][number];
type Mark<T extends LogMark['type']> = Extract<LogMark, { readonly type: T }>;

/** All that one log stream has of a request. */
interface StreamLog {
  readonly first: LogEventsPiece;
  readonly lines: readonly Line[];
  readonly marks: readonly LogMark[];
}

interface LoggedAttempt {
  readonly log: StreamLog;
  begin: number;
  version: string | undefined;
  started: boolean;
  report?: Mark<'report'>;
  readonly errors: Mark<'error'>[];
  readonly lines: Line[];
}

/**
 * The attempts that logs tell of, in the order of their beginnings over all streams, however the events were read. What they
 * waited between is in `foldInvocation.ts`.
 */
export function foldLogEvents(pieces: readonly LogEventsPiece[]): readonly Attempt[] {
  // The streams have an order of their own, and sorting keeps it where two attempts begin at once.
  const attempts = streamLogs(pieces)
    .flatMap(attemptsIn)
    .toSorted((a, b) => a.begin - b.begin);
  return attempts.map((attempt, index) => toAttempt(attempt, index + 1, index + 1 < attempts.length));
}

/** Of log events, those of one stream from one time to another, times included. */
export function logLinesBetween(
  pieces: readonly LogEventsPiece[],
  logStreamName: string,
  from: number,
  to: number,
): readonly Line[] {
  const ofStream = pieces.filter((piece) => piece.logStreamName === logStreamName);
  return streamLogs(ofStream).flatMap(({ lines }) => lines.filter(({ at }) => at >= from && at <= to));
}

function streamLogs(pieces: readonly LogEventsPiece[]): readonly StreamLog[] {
  const groups = Map.groupBy(pieces, ({ logGroupName, logStreamName }) => `${logGroupName} ${logStreamName}`);
  const ordered = [...groups].toSorted(([a], [b]) => compareText(a, b));
  return ordered.map(([, group]) => ({
    first: group.reduce((least, piece) => (compareText(piece.functionName, least.functionName) < 0 ? piece : least)),
    lines: distinctLines(group.flatMap(({ lines }) => lines)),
    marks: distinctMarks(group.flatMap(({ marks }) => marks)),
  }));
}

/**
 * Each event once. Read in two ways an event has two ids, its own and one made up (`~…`): of lines that say the same at the
 * same time there are as many as the way that saw most of them tells.
 */
function distinctLines(lines: readonly Line[]): readonly Line[] {
  const byId = new Map<string, Line>();
  for (const line of lines) {
    const known = byId.get(line.id);
    if (!known || compareLines(line, known) < 0) byId.set(line.id, line);
  }
  const groups = Map.groupBy(byId.values(), ({ at, message }) => `${at} ${message}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [made, own] = [group.filter(isMadeUp), group.filter((line) => !isMadeUp(line))];
      return made.length > own.length ? made : own;
    })
    .toSorted(compareLines);
}

function isMadeUp({ id }: Line): boolean {
  return id.startsWith('~');
}

function compareLines(a: Line, b: Line): number {
  return a.at - b.at || a.id.length - b.id.length || compareText(a.id, b.id) || compareText(a.message, b.message);
}

/** Within a millisecond in the order in which an attempt has them. */
const ranks: Readonly<Record<LogMark['type'], number>> = { start: 0, error: 1, end: 2, report: 3 };

function distinctMarks(marks: readonly LogMark[]): readonly LogMark[] {
  const byText = new Map(marks.map((mark) => [markText(mark), mark]));
  return [...byText]
    .toSorted(([aText, a], [bText, b]) => a.at - b.at || ranks[a.type] - ranks[b.type] || compareText(aText, bText))
    .map(([, mark]) => mark);
}

function markText(mark: LogMark): string {
  return JSON.stringify(Object.entries(mark).toSorted(([a], [b]) => compareText(a, b)));
}

function attemptsIn(log: StreamLog): readonly LoggedAttempt[] {
  const attempts: LoggedAttempt[] = [];
  const begin = (at: number, version?: string): LoggedAttempt => {
    const attempt: LoggedAttempt = { log, begin: at, version, started: version !== undefined, errors: [], lines: [] };
    attempts.push(attempt);
    return attempt;
  };
  for (const mark of log.marks) {
    const current = attempts.at(-1);
    switch (mark.type) {
      case 'start':
        begin(mark.at, mark.executedVersion);
        break;
      case 'error':
        // Older time-outs and exits are told after REPORT.
        (current ?? begin(mark.at)).errors.push(mark);
        break;
      case 'end':
        if (!current) begin(mark.at);
        break;
      case 'report': {
        // Its beginning was not read.
        const attempt = !current || current.report ? begin(mark.at - mark.durationMs) : current;
        if (!attempt.started) attempt.begin = Math.min(attempt.begin, mark.at - mark.durationMs);
        attempt.report = mark;
      }
    }
  }
  // Lines alone (the platform logs failures only) are an attempt whose beginning and end nobody told.
  const [firstLine] = log.lines;
  const first = attempts[0] ?? (firstLine && begin(firstLine.at));
  if (first) shareLines(log.lines, attempts, first);
  return attempts;
}

/** Lines before the first beginning are its init's; lines after a REPORT are of the attempt that comes next, if one does. */
function shareLines(lines: readonly Line[], attempts: readonly LoggedAttempt[], first: LoggedAttempt): void {
  let index = 0;
  let current = first;
  for (const line of lines) {
    for (let next = attempts[index + 1]; next; next = attempts[index + 1]) {
      const over = current.report !== undefined && line.at > lastOf(current);
      if (line.at < next.begin && !over) break;
      current = next;
      index++;
    }
    current.lines.push(line);
  }
}

function lastOf({ report, errors }: LoggedAttempt): number {
  return Math.max(report?.at ?? 0, errors.at(-1)?.at ?? 0);
}

function toAttempt(attempt: LoggedAttempt, number: number, followed: boolean): Attempt {
  const { log, begin, version, started, lines } = attempt;
  const { requestId, logStreamName } = log.first;
  const executedVersion = version ?? /\[([^\]]+)\]/.exec(logStreamName)?.[1] ?? '$LATEST';
  const ended = endOf(attempt, number, executedVersion, followed);
  return {
    number,
    ...(started || ended
      ? { started: { kind: 'attemptStarted', requestId, attempt: number, at: begin, executedVersion } }
      : {}),
    ...(ended ? { ended } : {}),
    logs: lines.map(({ at, message }) => ({ at, message })),
    fromLogs: true,
  };
}

/** Where REPORT is missing (older logs are gone, or the function's platform logs failures only) an error is an end, too. */
function endOf(
  attempt: LoggedAttempt,
  number: number,
  executedVersion: string,
  followed: boolean,
): AttemptEndedPiece | undefined {
  const { log, begin, report, errors } = attempt;
  const { requestId, logGroupName, logStreamName } = log.first;
  const lastError = errors.at(-1);
  if (!report && !lastError) return undefined;
  const at = report?.at ?? lastError?.at ?? begin;
  const status = statusOf(report, errors, followed);
  const response = status === 'success' ? undefined : responseOf(attempt, status);
  return {
    kind: 'attemptEnded',
    requestId,
    attempt: number,
    startedAt: begin,
    at,
    executedVersion,
    status,
    durationMs: report?.durationMs ?? Math.max(0, at - begin),
    ...(report
      ? {
          billedDurationMs: report.billedDurationMs,
          memorySizeMB: report.memorySizeMB,
          maxMemoryUsedMB: report.maxMemoryUsedMB,
        }
      : {}),
    ...(report?.initDurationMs === undefined ? {} : { initDurationMs: report.initDurationMs }),
    ...(response === undefined ? {} : { response }),
    logGroupName,
    logStreamName,
  };
}

function statusOf(
  report: Mark<'report'> | undefined,
  errors: readonly Mark<'error'>[],
  followed: boolean,
): AttemptStatus {
  if (report?.status !== undefined && report.status !== 'success') return report.status;
  const statuses = new Set(errors.map(({ status }) => status));
  const worst = (['timeout', 'exit', 'error'] as const).find((status) => statuses.has(status));
  // Only what failed is tried again, even if its error was not seen.
  return worst ?? (followed ? 'error' : 'success');
}

/** What the runtime told of comes before what the platform says of the same; the line has the stack. */
function responseOf({ log, report, errors, lines }: LoggedAttempt, status: AttemptStatus): string | undefined {
  const error = errors.find((mark) => mark.status === 'error') ?? errors[0];
  if (error) {
    const { errorType, errorMessage } = error;
    const payload = lines
      .filter(({ at }) => at === error.at)
      .map(({ message }) => errorInLine(message))
      .find(
        (found) => found && cutText(found.errorType) === errorType && cutText(found.errorMessage) === errorMessage,
      )?.payload;
    return payload ?? JSON.stringify({ errorType, errorMessage });
  }
  if (!report || status === 'error') return undefined;
  const seconds = (report.durationMs / 1_000).toFixed(2);
  return status === 'timeout'
    ? JSON.stringify({
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${log.first.requestId} Error: Task timed out after ${seconds} seconds`,
      })
    : JSON.stringify({ errorType: report.errorType ?? 'Runtime.ExitError', errorMessage: '' });
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
