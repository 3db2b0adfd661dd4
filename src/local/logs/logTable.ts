import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LogLine } from '../../model/invocation.ts';
import { transaction } from '../state/database.ts';
import type { EventPosition } from './eventPosition.ts';

/** A log group. */
export interface LogGroup {
  readonly id: number;
  readonly name: string;
  readonly created_at: number;
  readonly stored_bytes: number;
  readonly event_count: number;
}

/** A log stream. The times of its events are null as long as it has none. */
export interface LogStream {
  readonly id: number;
  readonly name: string;
  readonly created_at: number;
  readonly first_at: number | null;
  readonly last_at: number | null;
  readonly last_ingested_at: number | null;
}

/** A log event as kept. */
export interface LogEvent extends EventPosition {
  readonly stream: string;
  readonly ingested_at: number;
  readonly message: string;
}

/** Events in `[from, to)`: those after a position, rising, or `backward` those before it, falling. */
export interface EventSpan {
  readonly from: number;
  readonly to: number;
  readonly beyond: EventPosition;
  readonly backward: boolean;
}

/** How much of a group is kept; beyond either, its oldest events go, and streams that are empty then. */
export interface GroupLimits {
  readonly bytes: number;
  readonly events: number;
}

/** Is told of events that were appended. `now` is when. */
export type AppendListener = (group: string, stream: string, lines: readonly LogLine[], now: number) => void;

/** What AWS adds to a message's bytes. */
const eventOverhead = 26;
const trimStep = 1000;

/** Log groups, streams and events, kept in local Lambda's database. */
export class LogTable {
  readonly #db: DatabaseSync;
  readonly #limits: GroupLimits;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #listeners = new Set<AppendListener>();

  constructor(db: DatabaseSync, limits: GroupLimits) {
    this.#db = db;
    this.#limits = limits;
    db.exec(schema);
    this.#sql = prepare(db);
  }

  /** Appends events; makes group and stream when they are not there. */
  append(groupName: string, streamName: string, lines: readonly LogLine[], now: number): void {
    transaction(this.#db, () => {
      const group = this.findGroup(groupName) ?? this.#newGroup(groupName, now);
      const stream = this.findStream(group, streamName) ?? this.#newStream(group, streamName, now);
      if (lines.length === 0) return;
      let bytes = 0;
      let [first, last] = [Infinity, -Infinity];
      for (const { at, message } of lines) {
        const size = Buffer.byteLength(message) + eventOverhead;
        this.#sql.addEvent.run(group.id, stream.id, at, now, size, message);
        bytes += size;
        first = Math.min(first, at);
        last = Math.max(last, at);
      }
      this.#sql.streamGrew.run({ first, last, now, id: stream.id });
      this.#sql.groupGrew.run(bytes, lines.length, group.id);
      this.#trim(group, { bytes: group.stored_bytes + bytes, events: group.event_count + lines.length });
    });
    for (const listener of this.#listeners) listener(groupName, streamName, lines, now);
  }

  /** Tells of what is appended from now on, until the function it returns is called. */
  listen(listener: AppendListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `false`: it is there already. */
  createGroup(name: string, now: number): boolean {
    return this.#sql.addGroup.run(name, now).changes === 1;
  }

  /** `false`: it is there already. */
  createStream(group: LogGroup, name: string, now: number): boolean {
    return this.#sql.addStream.run(group.id, name, now).changes === 1;
  }

  #newGroup(name: string, now: number): LogGroup {
    this.createGroup(name, now);
    return this.findGroup(name) as LogGroup;
  }

  #newStream(group: LogGroup, name: string, now: number): LogStream {
    this.createStream(group, name, now);
    return this.findStream(group, name) as LogStream;
  }

  findGroup(name: string): LogGroup | undefined {
    return this.#sql.group.get(name) as LogGroup | undefined;
  }

  findStream(group: LogGroup, name: string): LogStream | undefined {
    return this.#sql.stream.get(group.id, name) as LogStream | undefined;
  }

  /** Groups after a name, by name. `part`: what a name holds anywhere. */
  groups(filter: { readonly prefix: string; readonly part: string; readonly after: string; readonly limit: number }) {
    return this.#sql.groups.all(filter) as never as readonly LogGroup[];
  }

  /** Streams by name, or by the time of the last event. `after`: the last one of the page before. */
  streams(
    group: LogGroup,
    options: {
      readonly orderBy: 'LogStreamName' | 'LastEventTime';
      readonly descending: boolean;
      readonly prefix: string;
      readonly after: { readonly name: string; readonly lastAt: number } | undefined;
      readonly limit: number;
    },
  ): readonly LogStream[] {
    const { orderBy, descending, prefix, after, limit } = options;
    const statement = this.#sql.streams[orderBy][descending ? 'descending' : 'ascending'];
    const { name = null, lastAt = null } = after ?? {};
    const bindings = orderBy === 'LastEventTime' ? { name, lastAt } : { name };
    return statement.all({ group: group.id, prefix, limit, ...bindings }) as never as readonly LogStream[];
  }

  /** A stream's events in a span of time. */
  streamEvents(stream: LogStream, span: EventSpan): IterableIterator<LogEvent> {
    const { backward, beyond, ...bindings } = span;
    const statement = this.#sql.streamEvents[backward ? 'backward' : 'forward'];
    return statement.iterate({ owner: stream.id, ...bindings, ...beyond }) as never;
  }

  /** The same of all streams of a group. */
  groupEvents(group: LogGroup, span: EventSpan): IterableIterator<LogEvent> {
    const { backward, beyond, ...bindings } = span;
    const statement = this.#sql.groupEvents[backward ? 'backward' : 'forward'];
    return statement.iterate({ owner: group.id, ...bindings, ...beyond }) as never;
  }

  removeGroup(group: LogGroup): void {
    this.#sql.removeGroup.run(group.id);
  }

  removeStream(group: LogGroup, stream: LogStream): void {
    transaction(this.#db, () => {
      const { bytes, events } = this.#sql.streamSize.get(stream.id) as {
        readonly bytes: number;
        readonly events: number;
      };
      this.#sql.groupGrew.run(-bytes, -events, group.id);
      this.#sql.removeStream.run(stream.id);
    });
  }

  /** To nine tenths of the limits, so that it does not run with every append. */
  #trim(group: LogGroup, size: { bytes: number; events: number }): void {
    if (size.bytes <= this.#limits.bytes && size.events <= this.#limits.events) return;
    const before = { ...size };
    while (size.bytes > this.#limits.bytes * 0.9 || size.events > this.#limits.events * 0.9) {
      const step = Math.min(trimStep, Math.ceil(size.events / 10));
      const gone = this.#sql.removeOldest.all(group.id, step) as unknown as readonly { readonly bytes: number }[];
      if (gone.length === 0) break;
      for (const { bytes } of gone) size.bytes -= bytes;
      size.events -= gone.length;
    }
    this.#sql.groupGrew.run(size.bytes - before.bytes, size.events - before.events, group.id);
    this.#sql.removeEmptied.run(group.id);
  }
}

const schema = `
  CREATE TABLE IF NOT EXISTS log_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    stored_bytes INTEGER NOT NULL DEFAULT 0,
    event_count INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS log_streams (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES log_groups ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    first_at INTEGER,
    last_at INTEGER,
    last_ingested_at INTEGER,
    UNIQUE (group_id, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS log_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL REFERENCES log_streams ON DELETE CASCADE,
    at INTEGER NOT NULL,
    ingested_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS log_events_group ON log_events (group_id, at, id);
  CREATE INDEX IF NOT EXISTS log_events_stream ON log_events (stream_id, at, id);
`;

function bothWays(db: DatabaseSync, owner: string): Readonly<Record<'forward' | 'backward', StatementSync>> {
  const select = `SELECT event.id, event.at, event.ingested_at, event.message, stream.name AS stream
    FROM log_events AS event JOIN log_streams AS stream ON stream.id = event.stream_id
    WHERE ${owner} = :owner AND event.at >= :from AND event.at < :to`;
  return {
    forward: db.prepare(`${select} AND (event.at, event.id) > (:at, :id) ORDER BY event.at, event.id`),
    backward: db.prepare(`${select} AND (event.at, event.id) < (:at, :id) ORDER BY event.at DESC, event.id DESC`),
  };
}

function prepare(db: DatabaseSync) {
  const streams = (order: string, beyond: string): StatementSync =>
    db.prepare(`SELECT * FROM log_streams WHERE group_id = :group AND substr(name, 1, length(:prefix)) = :prefix
      AND (:name IS NULL OR ${beyond}) ORDER BY ${order} LIMIT :limit`);
  return {
    addGroup: db.prepare('INSERT OR IGNORE INTO log_groups (name, created_at) VALUES (?, ?)'),
    group: db.prepare('SELECT * FROM log_groups WHERE name = ?'),
    groups: db.prepare(`SELECT * FROM log_groups WHERE name > :after AND substr(name, 1, length(:prefix)) = :prefix
      AND instr(lower(name), lower(:part)) > 0 ORDER BY name LIMIT :limit`),
    groupGrew: db.prepare(
      'UPDATE log_groups SET stored_bytes = stored_bytes + ?, event_count = event_count + ? WHERE id = ?',
    ),
    removeGroup: db.prepare('DELETE FROM log_groups WHERE id = ?'),
    addStream: db.prepare('INSERT OR IGNORE INTO log_streams (group_id, name, created_at) VALUES (?, ?, ?)'),
    stream: db.prepare('SELECT * FROM log_streams WHERE group_id = ? AND name = ?'),
    streams: {
      LogStreamName: {
        ascending: streams('name', 'name > :name'),
        descending: streams('name DESC', 'name < :name'),
      },
      LastEventTime: {
        ascending: streams('coalesce(last_at, 0), name', '(coalesce(last_at, 0), name) > (:lastAt, :name)'),
        descending: streams('coalesce(last_at, 0) DESC, name DESC', '(coalesce(last_at, 0), name) < (:lastAt, :name)'),
      },
    },
    streamGrew: db.prepare(`UPDATE log_streams SET first_at = min(coalesce(first_at, :first), :first),
      last_at = max(coalesce(last_at, :last), :last), last_ingested_at = :now WHERE id = :id`),
    streamSize: db.prepare(
      'SELECT coalesce(sum(bytes), 0) AS bytes, count(*) AS events FROM log_events WHERE stream_id = ?',
    ),
    removeStream: db.prepare('DELETE FROM log_streams WHERE id = ?'),
    addEvent: db.prepare(
      'INSERT INTO log_events (group_id, stream_id, at, ingested_at, bytes, message) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    streamEvents: bothWays(db, 'event.stream_id'),
    groupEvents: bothWays(db, 'event.group_id'),
    removeOldest: db.prepare(`DELETE FROM log_events WHERE id IN
      (SELECT id FROM log_events WHERE group_id = ? ORDER BY at, id LIMIT ?) RETURNING bytes`),
    removeEmptied: db.prepare(`DELETE FROM log_streams WHERE group_id = ? AND last_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM log_events WHERE stream_id = log_streams.id)`),
  } as const;
}
