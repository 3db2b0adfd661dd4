import { Emitter } from '../../src/model/event.ts';
import { functionArn } from '../../src/model/arn.ts';
import type {
  Attempt,
  DeliveryPiece,
  Invocation,
  InvocationRow,
  InvocationStatus,
  TimelineSegment,
  WaitPiece,
} from '../../src/model/invocation.ts';
import type { Logger } from '../../src/model/logger.ts';
import type { MessagePortLike } from '../../src/protocol/messenger.ts';
import type { PanelRequests, StatusCounts } from '../../src/protocol/panel.ts';
import type { InvocationQuery, StoreChange } from '../../src/store/invocationStore.ts';
import type { PanelStore } from '../../src/views/recordsPanel/panelHost.ts';

/** The connection that fake rows belong to. */
export const fakeConnectionId = 'local:/workspace';

const scope = { region: 'us-east-1', account: '000000000000' } as const;

/** What a fake invocation went through. Lengths in ms; waits are nominal and pass 60 times as fast. */
export interface FakeInvocationSpec {
  readonly functionName: string;
  readonly status: InvocationStatus;
  /** When it was sent, epoch ms. */
  readonly at: number;
  readonly attempts?: readonly { readonly ms: number; readonly failed?: boolean; readonly open?: boolean }[];
  readonly condition?: string;
  readonly error?: { readonly type: string; readonly message: string };
  readonly destination?: string;
  readonly dropped?: string;
  readonly payload?: string;
  readonly response?: string;
  readonly logs?: readonly string[];
  readonly timeScale?: number;
}

/** A row with its invocation, as the store gives them. */
export interface FakeEntry {
  readonly row: InvocationRow;
  readonly invocation: Invocation;
}

/** Makes a row and its invocation that agree with each other. */
export function fakeInvocation(id: number, spec: FakeInvocationSpec): FakeEntry {
  const { at, functionName, status } = spec;
  const scale = spec.timeScale ?? 60;
  const requestId = `8ea123e4-4db7-4aca-94d2-${id.toString(16).padStart(12, '0')}`;
  const nominal = [60_000, 120_000];
  const attempts: Attempt[] = [];
  const waits: WaitPiece[] = [];
  const segments: TimelineSegment[] = [];
  let clock = at + 12;
  segments.push({ kind: 'queued', from: at, to: clock, failed: false });
  const response = spec.response ?? (spec.error ? errorResponse(spec.error) : '{"ok":true}');
  (spec.attempts ?? []).forEach(({ ms, failed = false, open = false }, index) => {
    const number = index + 1;
    const started = {
      kind: 'attemptStarted',
      requestId,
      attempt: number,
      at: clock,
      executedVersion: '$LATEST',
    } as const;
    if (open) {
      attempts.push({ number, started, logs: [] });
      segments.push({ kind: 'attempt', from: clock, failed: false });
      return;
    }
    const from = clock;
    clock += ms;
    attempts.push({
      number,
      started,
      ended: {
        kind: 'attemptEnded',
        requestId,
        attempt: number,
        startedAt: from,
        at: clock,
        executedVersion: '$LATEST',
        status: failed ? (spec.error?.type === 'Sandbox.Timedout' ? 'timeout' : 'error') : 'success',
        durationMs: ms,
        billedDurationMs: Math.ceil(ms),
        ...(index === 0 ? { initDurationMs: 182 } : {}),
        memorySizeMB: 128,
        maxMemoryUsedMB: 68,
        response: failed ? response : (spec.response ?? '{"ok":true}'),
        logGroupName: `/aws/lambda/${functionName}`,
        logStreamName: '2026/03/01/[$LATEST]0f1e2d3c4b5a69788796a5b4c3d2e1f0',
      },
      logs: [
        `START RequestId: ${requestId} Version: $LATEST`,
        ...(spec.logs ?? [`2026-03-01T09:12:04.120Z\t${requestId}\tINFO\tcharging order 42`]),
        ...(failed ? [`2026-03-01T09:12:04.151Z\t${requestId}\tERROR\tInvoke Error \t${response}`] : []),
        `END RequestId: ${requestId}`,
        `REPORT RequestId: ${requestId}\tDuration: ${ms} ms\tBilled Duration: ${Math.ceil(ms)} ms\tMemory Size: 128 MB\tMax Memory Used: 68 MB`,
      ].map((message, line) => ({ at: from + Math.min(ms, line), message })),
    });
    segments.push({ kind: 'attempt', from, to: clock, failed });
    const more = index + 1 < (spec.attempts?.length ?? 0) || status === 'waiting';
    const nominalMs = nominal[index];
    if (failed && more && nominalMs !== undefined) {
      const until = clock + nominalMs / scale;
      waits.push({ kind: 'wait', requestId, afterAttempt: number, reason: 'retry', at: clock, until, nominalMs });
      segments.push({ kind: 'wait', from: clock, to: until, failed: false, nominalMs });
      clock = until;
    }
  });
  const over = status === 'succeeded' || status === 'failed' || status === 'lost';
  const condition = spec.condition ?? (status === 'succeeded' ? 'Success' : 'RetriesExhausted');
  const tries = spec.attempts?.length ?? 0;
  const deliveries: DeliveryPiece[] = [];
  if (over && spec.destination !== undefined) {
    deliveries.push({
      kind: 'delivery',
      requestId,
      deliveryId: `d${id}`,
      role: status === 'succeeded' ? 'onSuccess' : 'onFailure',
      destinationArn: spec.destination,
      at: clock + 4,
      status: spec.dropped === undefined ? 'delivered' : 'dropped',
      ...(spec.dropped === undefined ? {} : { reason: spec.dropped }),
      body: `{"version":"1.0","timestamp":"2026-03-01T09:12:07.151Z","requestContext":{"requestId":"${requestId}","functionArn":"${functionArn(scope, functionName)}:$LATEST","condition":"${condition}","approximateInvokeCount":${tries}},"requestPayload":${spec.payload ?? '{"orderId":42}'},"responseContext":{"statusCode":200,"executedVersion":"$LATEST"${spec.error ? ',"functionError":"Unhandled"' : ''}},"responsePayload":${response}}`,
    });
    segments.push({ kind: 'delivery', from: clock + 4, to: clock + 4, failed: spec.dropped !== undefined });
  }
  const delivery = deliveries[0];
  const lastWait = waits.at(-1);
  const row: InvocationRow = {
    id,
    connectionId: fakeConnectionId,
    status,
    functionName,
    requestId,
    startedAt: at,
    updatedAt: clock,
    attempts: tries,
    segments,
    ...(over ? { endedAt: clock, condition } : {}),
    ...(spec.error ? { errorType: spec.error.type, errorMessage: spec.error.message } : {}),
    ...(status === 'waiting' && lastWait ? { waitingUntil: lastWait.until, waitNominalMs: lastWait.nominalMs } : {}),
    ...(delivery ? { delivery: { role: delivery.role, arn: delivery.destinationArn, status: delivery.status } } : {}),
  };
  const payload = spec.payload ?? '{"orderId":42,"amount":10.00,"ledger":9007199254740993}';
  const invocation: Invocation = {
    sent: { kind: 'sent', clientToken: `t${id}`, at, functionName, payload, origin: 'charge.js, lens' },
    accepted: {
      kind: 'accepted',
      clientToken: `t${id}`,
      requestId,
      at: at + 6,
      functionName,
      functionArn: `${functionArn(scope, functionName)}:$LATEST`,
      payload,
    },
    attempts,
    waits,
    deliveries,
    ...(over ? { outcome: { kind: 'outcome', requestId, at: clock, condition, approximateInvokeCount: tries } } : {}),
  };
  return { row, invocation };
}

function errorResponse(error: { readonly type: string; readonly message: string }): string {
  return JSON.stringify({
    errorType: error.type,
    errorMessage: error.message,
    trace: [`${error.type}: ${error.message}`, '    at chargeCard (/var/task/src/orders/charge.js:41:27)'],
  });
}

/** A store in memory that answers as the real one does. Rows are newest first. */
export class FakeStore {
  #entries: FakeEntry[];
  readonly #emitter = new Emitter<StoreChange>();
  readonly onDidChange = this.#emitter.event;
  /** Set to make every call fail with this message. */
  failure: string | undefined;
  /** Set to a number of rows: a search goes on, and has found no more than these. */
  found: number | undefined;
  /** How often each operation was called. */
  readonly calls = { rows: 0, counts: 0, get: 0 };

  constructor(entries: readonly FakeEntry[] = []) {
    this.#entries = entries.toSorted((a, b) => b.row.id - a.row.id);
  }

  /** Adds or replaces entries and says so. */
  put(...entries: readonly FakeEntry[]): void {
    for (const entry of entries) {
      const at = this.#entries.findIndex(({ row }) => row.id === entry.row.id);
      if (at >= 0) this.#entries[at] = entry;
      else this.#entries.unshift(entry);
    }
    this.#emitter.fire({ ids: entries.map(({ row }) => row.id) });
  }

  /** Pins a row and says so. */
  pin(id: number): void {
    this.#entries = this.#entries.map((entry) =>
      entry.row.id === id ? { ...entry, row: { ...entry.row, pinned: true } } : entry,
    );
    this.#emitter.fire({ ids: [id] });
  }

  rows(
    query: InvocationQuery,
    { offset, limit }: { readonly offset: number; readonly limit: number },
  ): Promise<PanelRequests['rows']['result']> {
    this.calls.rows++;
    if (this.failure !== undefined) return Promise.reject(new Error(this.failure));
    const all = this.#entries.filter((entry) => matches(entry, query));
    const matching = all.slice(0, this.found);
    return Promise.resolve({
      total: matching.length,
      rows: matching.slice(offset, offset + limit).map(({ row }) => row),
      ...(matching.length < all.length ? { incomplete: true as const } : {}),
    });
  }

  get(id: number): Promise<FakeEntry | undefined> {
    this.calls.get++;
    if (this.failure !== undefined) return Promise.reject(new Error(this.failure));
    return Promise.resolve(this.#entries.find(({ row }) => row.id === id));
  }

  counts(query: InvocationQuery): Promise<StatusCounts> {
    this.calls.counts++;
    if (this.failure !== undefined) return Promise.reject(new Error(this.failure));
    const counts: Record<InvocationStatus | 'all', number> = { ...emptyCounts };
    const all = this.#entries.filter((entry) => matches(entry, query));
    for (const entry of all.slice(0, this.found)) {
      counts[entry.row.status]++;
      counts.all++;
    }
    return Promise.resolve({ ...counts, ...(counts.all < all.length ? { incomplete: true as const } : {}) });
  }
}

/** A store of so many rows that it makes each when asked for it: its newest has the id `count`. It knows no filter. */
export function generatedStore(count: number, make: (id: number) => FakeEntry): PanelStore {
  return {
    rows: ({ maxId = count }, { offset, limit }) => {
      const total = Math.min(count, maxId);
      const length = Math.max(0, Math.min(limit, total - offset));
      return Promise.resolve({ total, rows: Array.from({ length }, (_, index) => make(total - offset - index).row) });
    },
    get: (id) => Promise.resolve(make(id)),
    counts: () => Promise.resolve({ ...emptyCounts, all: count, succeeded: count }),
    onDidChange: new Emitter<StoreChange>().event,
  };
}

/** No rows at all. */
export const emptyCounts: StatusCounts = {
  all: 0,
  sending: 0,
  queued: 0,
  running: 0,
  waiting: 0,
  succeeded: 0,
  failed: 0,
  lost: 0,
  notAccepted: 0,
  unknown: 0,
  raw: 0,
};

function matches({ row, invocation }: FakeEntry, query: InvocationQuery): boolean {
  if (query.connectionId !== undefined && row.connectionId !== query.connectionId) return false;
  if (query.ids && !query.ids.includes(row.id)) return false;
  if (query.statuses && !query.statuses.includes(row.status)) return false;
  if (query.maxId !== undefined && row.id > query.maxId) return false;
  const terms = (query.filter?.terms ?? []).filter((term) => term.kind === 'text');
  const text = `${row.functionName} ${row.requestId} ${row.errorType} ${row.errorMessage} ${invocation.sent?.payload}`;
  return terms.every((term) => text.toLowerCase().includes(term.text.toLowerCase()));
}

/** Two ports that hear each other; messages arrive in later microtasks, copied, as over a real boundary. */
export function portPair(): readonly [MessagePortLike, MessagePortLike] {
  const listeners: [Set<(message: unknown) => void>, Set<(message: unknown) => void>] = [new Set(), new Set()];
  const port = (own: 0 | 1): MessagePortLike => ({
    post(message) {
      const copy = structuredClone(message);
      queueMicrotask(() => {
        for (const listener of listeners[own === 0 ? 1 : 0]) listener(copy);
      });
    },
    listen(listener) {
      listeners[own].add(listener);
      return () => listeners[own].delete(listener);
    },
  });
  return [port(0), port(1)];
}

/** A logger that keeps its lines. */
export function fakeLog(lines: string[] = []): Logger {
  const log =
    (level: string) =>
    (message: string): void =>
      void lines.push(`${level}: ${message}`);
  return { trace: log('trace'), debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}
