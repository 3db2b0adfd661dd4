import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { WaitPiece } from '../../model/invocation.ts';
import type { AsyncSettings } from './asyncSettings.ts';

/** A wait of an event: AWS's length of it and when it began; the event's `dueAt` is its end. */
export type QueuedWait = Pick<WaitPiece, 'at' | 'nominalMs' | 'reason' | 'fault'>;

/** Of an event that is delivered twice. */
export interface Duplicate {
  /** Its age in ms when that came about: as old its second run begins. */
  readonly ageMs: number;
  /** Attempts of its first run; absent: that is not over yet. */
  readonly attemptsBefore?: number;
}

/** An event in the queue. Times epoch ms. It is running only in memory: on disk it stays due until it is over. */
export interface QueuedEvent {
  /** Order of arrival. */
  readonly seq: number;
  readonly requestId: string;
  readonly functionName: string;
  readonly qualifier: string | undefined;
  /** Unqualified. */
  readonly functionArn: string;
  readonly traceId: string;
  readonly payload: Uint8Array;
  /** When it may run next. */
  readonly dueAt: number;
  /** Attempts that ended, look-ups of a missing function included (spec 1.4). */
  readonly attempts: number;
  /** Attempts that ran. */
  readonly executions: number;
  /** Throttles in a row. */
  readonly throttles: number;
  /** Its age (real time plus nominal waits) at `ageAt`; real time counts from there on, also while nothing runs. */
  readonly ageMs: number;
  readonly ageAt: number;
  /** The wait it is in, or was in last. */
  readonly wait: QueuedWait | undefined;
  /** The settings when it last came to the queue, for when they are gone. */
  readonly lastSettings: AsyncSettings;
  /** It is to be run twice, or for the second time. */
  readonly duplicate: Duplicate | undefined;
}

/** What changes of an event when it goes back to the queue. */
export type EventChange = Pick<
  QueuedEvent,
  'dueAt' | 'attempts' | 'executions' | 'throttles' | 'ageMs' | 'ageAt' | 'wait' | 'lastSettings' | 'duplicate'
>;

/** An event that waits, without what may be large of it. */
export type WaitingEvent = Pick<
  QueuedEvent,
  'seq' | 'requestId' | 'functionArn' | 'qualifier' | 'attempts' | 'dueAt' | 'duplicate'
> & { readonly wait: QueuedWait };

type WaitingRow = Pick<
  EventRow,
  'seq' | 'request_id' | 'function_arn' | 'qualifier' | 'attempts' | 'due_at' | 'duplicate'
> & { readonly wait: string };

interface EventRow {
  readonly seq: number;
  readonly request_id: string;
  readonly function_name: string;
  readonly qualifier: string | null;
  readonly function_arn: string;
  readonly trace_id: string;
  readonly due_at: number;
  readonly attempts: number;
  readonly executions: number;
  readonly throttles: number;
  readonly age_ms: number;
  readonly age_at: number;
  readonly wait: string | null;
  readonly last_settings: string;
  readonly payload: Uint8Array;
  readonly duplicate: string | null;
}

/** The queue's table. */
export class EventTable {
  readonly #insert: StatementSync;
  readonly #bySeq: StatementSync;
  readonly #byRequestId: StatementSync;
  readonly #due: StatementSync;
  readonly #nextDue: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #count: StatementSync;
  readonly #waiting: StatementSync;
  readonly #countWaiting: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS queued_events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        request_id TEXT NOT NULL UNIQUE,
        function_name TEXT NOT NULL,
        qualifier TEXT,
        function_arn TEXT NOT NULL,
        trace_id TEXT NOT NULL,
        due_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        executions INTEGER NOT NULL DEFAULT 0,
        throttles INTEGER NOT NULL DEFAULT 0,
        age_ms INTEGER NOT NULL DEFAULT 0,
        age_at INTEGER NOT NULL,
        wait TEXT,
        last_settings TEXT NOT NULL,
        payload BLOB NOT NULL,
        duplicate TEXT
      ) STRICT;
      CREATE INDEX IF NOT EXISTS queued_events_due ON queued_events (due_at, seq);
    `);
    addDuplicates(db);
    this.#insert = db.prepare(`INSERT INTO queued_events
      (request_id, function_name, qualifier, function_arn, trace_id, due_at, age_at, last_settings, payload)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#bySeq = db.prepare('SELECT * FROM queued_events WHERE seq = ?');
    this.#byRequestId = db.prepare('SELECT * FROM queued_events WHERE request_id = ?');
    this.#due = db.prepare('SELECT seq FROM queued_events WHERE due_at <= ? ORDER BY due_at, seq LIMIT ?');
    this.#nextDue = db.prepare('SELECT min(due_at) AS at FROM queued_events WHERE due_at > ?');
    this.#update = db.prepare(`UPDATE queued_events SET due_at = ?, attempts = ?, executions = ?, throttles = ?,
      age_ms = ?, age_at = ?, wait = ?, last_settings = ?, duplicate = ? WHERE seq = ?`);
    this.#delete = db.prepare('DELETE FROM queued_events WHERE seq = ?');
    this.#count = db.prepare('SELECT count(*) AS count FROM queued_events');
    this.#waiting = db.prepare(`SELECT seq, request_id, function_arn, qualifier, attempts, due_at, wait, duplicate
      FROM queued_events WHERE due_at > ? AND wait IS NOT NULL ORDER BY due_at, seq LIMIT ?`);
    this.#countWaiting = db.prepare(
      'SELECT count(*) AS count FROM queued_events WHERE due_at > ? AND wait IS NOT NULL',
    );
  }

  /** Puts a new event in, due at once. */
  insert(
    event: Pick<QueuedEvent, 'requestId' | 'functionName' | 'qualifier' | 'functionArn' | 'traceId' | 'payload'>,
    settings: AsyncSettings,
    now: number,
  ): void {
    this.#insert.run(
      event.requestId,
      event.functionName,
      event.qualifier ?? null,
      event.functionArn,
      event.traceId,
      now,
      now,
      JSON.stringify(settings),
      event.payload,
    );
  }

  get(seq: number): QueuedEvent | undefined {
    return toEvent(this.#bySeq.get(seq) as unknown as EventRow | undefined);
  }

  find(requestId: string): QueuedEvent | undefined {
    return toEvent(this.#byRequestId.get(requestId) as unknown as EventRow | undefined);
  }

  /** Those whose time has come, longest due first. */
  due(now: number, limit: number): readonly number[] {
    return (this.#due.all(now, limit) as unknown as readonly { seq: number }[]).map(({ seq }) => seq);
  }

  /** When the next event after `now` becomes due. */
  nextDue(now: number): number | undefined {
    return (this.#nextDue.get(now) as unknown as { at: number | null }).at ?? undefined;
  }

  update(seq: number, change: EventChange): void {
    const { dueAt, attempts, executions, throttles, ageMs, ageAt, wait, lastSettings, duplicate } = change;
    const texts = [wait, lastSettings, duplicate].map((value) => (value === undefined ? null : JSON.stringify(value)));
    this.#update.run(dueAt, attempts, executions, throttles, ageMs, ageAt, ...texts, seq);
  }

  delete(seq: number): void {
    this.#delete.run(seq);
  }

  count(): number {
    return (this.#count.get() as unknown as { count: number }).count;
  }

  /** Those that wait, due soonest first. */
  waiting(now: number, limit: number): readonly WaitingEvent[] {
    return (this.#waiting.all(now, limit) as unknown as readonly WaitingRow[]).map((row) => ({
      seq: row.seq,
      requestId: row.request_id,
      functionArn: row.function_arn,
      qualifier: row.qualifier ?? undefined,
      attempts: row.attempts,
      dueAt: row.due_at,
      wait: JSON.parse(row.wait) as QueuedWait,
      duplicate: toDuplicate(row),
    }));
  }

  countWaiting(now: number): number {
    return (this.#countWaiting.get(now) as unknown as { count: number }).count;
  }
}

function toEvent(row: EventRow | undefined): QueuedEvent | undefined {
  if (!row) return undefined;
  return {
    seq: row.seq,
    requestId: row.request_id,
    functionName: row.function_name,
    qualifier: row.qualifier ?? undefined,
    functionArn: row.function_arn,
    traceId: row.trace_id,
    payload: row.payload,
    dueAt: row.due_at,
    attempts: row.attempts,
    executions: row.executions,
    throttles: row.throttles,
    ageMs: row.age_ms,
    ageAt: row.age_at,
    wait: row.wait === null ? undefined : (JSON.parse(row.wait) as QueuedWait),
    lastSettings: JSON.parse(row.last_settings) as AsyncSettings,
    duplicate: toDuplicate(row),
  };
}

function toDuplicate({ duplicate }: Pick<EventRow, 'duplicate'>): Duplicate | undefined {
  return duplicate === null ? undefined : (JSON.parse(duplicate) as Duplicate);
}

/** Data folders from before there were duplicates. */
function addDuplicates(db: DatabaseSync): void {
  const columns = db.prepare("SELECT name FROM pragma_table_info('queued_events')").all();
  if (!columns.some(({ name }) => name === 'duplicate')) db.exec('ALTER TABLE queued_events ADD COLUMN duplicate TEXT');
}
