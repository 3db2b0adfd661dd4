import { isObject, member, parseObject, textMember, type JsonObject } from '../reading/jsonText.ts';

/** What REPORT or `platform.report` tells. Lengths in ms. */
export interface LoggedReport {
  readonly durationMs: number;
  readonly billedDurationMs: number;
  readonly memorySizeMB: number;
  readonly maxMemoryUsedMB: number;
  readonly initDurationMs?: number;
  /** Absent where the runtime answered, be it with an error of the handler. */
  readonly status?: 'timeout' | 'exit';
  readonly errorType?: string;
}

/** A line by Lambda itself that says where a request's attempt stands (spec 5.8, 5.9). */
export type PlatformLine =
  | { readonly type: 'start'; readonly requestId: string; readonly executedVersion: string }
  | { readonly type: 'end'; readonly requestId: string }
  | ({ readonly type: 'report'; readonly requestId: string } & LoggedReport)
  /** A cold start; the next request is the one that it is for. */
  | { readonly type: 'init' };

/** Reads a platform line, of text or JSON format; `undefined`: another line. */
export function platformLine(message: string): PlatformLine | undefined {
  switch (message.charAt(0)) {
    case '{': {
      // Nearly all JSON lines are the function's own.
      const event = message.includes('"platform.') ? parseObject(message) : undefined;
      return event && jsonLine(event);
    }
    case 'S': {
      const [, requestId, executedVersion = '$LATEST'] =
        /^START RequestId: (\S+)(?: Version: (\S+))?\s*$/.exec(message) ?? [];
      return requestId === undefined ? undefined : { type: 'start', requestId, executedVersion };
    }
    case 'E': {
      const requestId = /^END RequestId: (\S+)\s*$/.exec(message)?.[1];
      return requestId === undefined ? undefined : { type: 'end', requestId };
    }
    case 'R':
      return reportLine(message);
    case 'I':
      return /^INIT_(?:START|REPORT) /.test(message) ? { type: 'init' } : undefined;
    default:
      return undefined;
  }
}

/** Fields between tabs; X-Ray's come in a line below. */
function reportLine(message: string): PlatformLine | undefined {
  const [line = ''] = message.split('\n', 1);
  const [head = '', ...parts] = line.split('\t');
  const requestId = /^REPORT RequestId: (\S+)\s*$/.exec(head)?.[1];
  if (requestId === undefined) return undefined;
  const fields = new Map<string, string>();
  for (const part of parts) {
    const colon = part.indexOf(':');
    if (colon > 0) fields.set(part.slice(0, colon).trim(), part.slice(colon + 1).trim());
  }
  const number = (name: string): number | undefined => {
    const found = /^\d+(?:\.\d+)?/.exec(fields.get(name) ?? '')?.[0];
    return found === undefined ? undefined : amountOf(Number(found));
  };
  return report(requestId, {
    durationMs: number('Duration'),
    billedDurationMs: number('Billed Duration'),
    memorySizeMB: number('Memory Size'),
    maxMemoryUsedMB: number('Max Memory Used'),
    initDurationMs: number('Init Duration') ?? number('Restore Duration'),
    status: fields.get('Status'),
    errorType: fields.get('Error Type'),
  });
}

function jsonLine(event: JsonObject): PlatformLine | undefined {
  const type = textMember(event, 'type');
  const record = member(event, 'record');
  if (!isObject(record)) return undefined;
  if (type === 'platform.initStart' || type === 'platform.restoreStart') return { type: 'init' };
  const requestId = textMember(record, 'requestId');
  if (requestId === undefined || requestId === '') return undefined;
  switch (type) {
    case 'platform.start':
      return { type: 'start', requestId, executedVersion: textMember(record, 'version') ?? '$LATEST' };
    case 'platform.runtimeDone':
      return { type: 'end', requestId };
    case 'platform.report': {
      const found = member(record, 'metrics');
      const metrics = isObject(found) ? found : {};
      return report(requestId, {
        durationMs: amount(metrics, 'durationMs'),
        billedDurationMs: amount(metrics, 'billedDurationMs'),
        memorySizeMB: amount(metrics, 'memorySizeMB'),
        maxMemoryUsedMB: amount(metrics, 'maxMemoryUsedMB'),
        initDurationMs: amount(metrics, 'initDurationMs') ?? amount(metrics, 'restoreDurationMs'),
        status: textMember(record, 'status'),
        errorType: textMember(record, 'errorType'),
      });
    }
    default:
      return undefined;
  }
}

function amount(metrics: JsonObject, name: string): number | undefined {
  const value = member(metrics, name);
  return typeof value === 'number' ? amountOf(value) : undefined;
}

/** No attempt is longer than a year, and no memory larger: functions may print lines that look like Lambda's. */
const largest = 365 * 86_400_000;

function amountOf(value: number): number | undefined {
  return value >= 0 && value <= largest ? value : undefined;
}

interface ReportFields {
  readonly durationMs: number | undefined;
  readonly billedDurationMs: number | undefined;
  readonly memorySizeMB: number | undefined;
  readonly maxMemoryUsedMB: number | undefined;
  readonly initDurationMs: number | undefined;
  readonly status: string | undefined;
  readonly errorType: string | undefined;
}

function report(requestId: string, fields: ReportFields): PlatformLine | undefined {
  const { durationMs, billedDurationMs, memorySizeMB = 0, maxMemoryUsedMB = 0, initDurationMs, errorType } = fields;
  if (durationMs === undefined) return undefined;
  const status = statuses.get(fields.status ?? '');
  return {
    type: 'report',
    requestId,
    durationMs,
    billedDurationMs: billedDurationMs ?? Math.ceil(durationMs),
    memorySizeMB,
    maxMemoryUsedMB,
    ...(initDurationMs === undefined ? {} : { initDurationMs }),
    ...(status === undefined ? {} : { status }),
    ...(errorType === undefined ? {} : { errorType }),
  };
}

const statuses: ReadonlyMap<string, 'timeout' | 'exit'> = new Map([
  ['timeout', 'timeout'],
  ['error', 'exit'],
  ['failure', 'exit'],
]);
