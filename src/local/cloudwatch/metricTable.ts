import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { transaction } from '../state/database.ts';
import { Distribution } from './distribution.ts';

/** Names and values, sorted by name. */
export type Dimensions = readonly (readonly [name: string, value: string])[];

/** What makes a metric one of its own (CloudWatch concepts: "Metrics", "Dimensions"). */
export interface MetricIdentity {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Dimensions;
}

/** A minute of a metric, or of a metric in one of its units. */
export interface MetricMinute {
  /** When it began, epoch ms. */
  readonly at: number;
  readonly unit: string;
  readonly distribution: Distribution;
}

/** What metrics are looked for by; what is absent does not matter. */
export interface MetricFilter {
  readonly namespace?: string | undefined;
  readonly metricName?: string | undefined;
  /** A metric has to have all of them; without a value any will do. */
  readonly dimensions: readonly { readonly name: string; readonly value?: string | undefined }[];
  /** Only those with data since then, epoch ms. */
  readonly activeSince?: number | undefined;
}

/** The length of what one row tells of, in ms: AWS's own resolution for Lambda's metrics. */
export const minuteMs = 60_000;

interface MetricRow {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: string;
}

interface MinuteRow {
  readonly minute: number;
  readonly unit: string;
  readonly samples: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly counts: string | null;
}

/** Metrics in local Lambda's database: a row for each minute of a metric in which something was measured. */
export class MetricTable {
  readonly #db: DatabaseSync;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #list: StatementSync;
  readonly #minute: StatementSync;
  readonly #write: StatementSync;
  readonly #minutes: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(`
      CREATE TABLE IF NOT EXISTS metric (
        id INTEGER PRIMARY KEY,
        namespace TEXT NOT NULL,
        name TEXT NOT NULL,
        dimensions TEXT NOT NULL,
        UNIQUE (namespace, name, dimensions)
      ) STRICT;
      CREATE TABLE IF NOT EXISTS metric_minute (
        metric INTEGER NOT NULL,
        minute INTEGER NOT NULL,
        unit TEXT NOT NULL,
        samples REAL NOT NULL,
        sum REAL NOT NULL,
        minimum REAL NOT NULL,
        maximum REAL NOT NULL,
        counts TEXT,
        PRIMARY KEY (metric, minute, unit)
      ) STRICT, WITHOUT ROWID;
    `);
    this.#find = db.prepare('SELECT id FROM metric WHERE namespace = ? AND name = ? AND dimensions = ?');
    this.#insert = db.prepare('INSERT INTO metric (namespace, name, dimensions) VALUES (?, ?, ?) RETURNING id');
    this.#list = db.prepare(`
      SELECT * FROM metric
      WHERE id > :after AND (:namespace IS NULL OR namespace = :namespace) AND (:name IS NULL OR name = :name)
        AND (:since IS NULL OR EXISTS (SELECT 1 FROM metric_minute WHERE metric = id AND minute >= :since))
      ORDER BY id
    `);
    this.#minute = db.prepare('SELECT * FROM metric_minute WHERE metric = ? AND minute = ? AND unit = ?');
    this.#write = db.prepare('INSERT OR REPLACE INTO metric_minute VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#minutes = db.prepare(
      'SELECT * FROM metric_minute WHERE metric = ? AND minute >= ? AND minute < ? ORDER BY minute, unit',
    );
  }

  /** Adds what was measured in the minute that `at` (epoch ms) is in. */
  add(metric: MetricIdentity, unit: string, at: number, distribution: Distribution): void {
    const id = this.#idOf(metric) ?? this.#create(metric);
    const minute = Math.floor(at / minuteMs);
    const row = this.#minute.get(id, minute, unit) as unknown as MinuteRow | undefined;
    const all = row ? restore(row) : new Distribution();
    all.merge(distribution);
    const { samples, sum, minimum, maximum } = all;
    this.#write.run(id, minute, unit, samples, sum, minimum, maximum, all.countsAsText());
  }

  /** The minutes that begin in [`from`, `to`), epoch ms, in their order. */
  minutes(metric: MetricIdentity, from: number, to: number): readonly MetricMinute[] {
    const id = this.#idOf(metric);
    if (id === undefined) return [];
    const rows = this.#minutes.all(id, Math.ceil(from / minuteMs), Math.ceil(to / minuteMs));
    return (rows as unknown as readonly MinuteRow[]).map((row) => ({
      at: row.minute * minuteMs,
      unit: row.unit,
      distribution: restore(row),
    }));
  }

  /** Metrics in the order they came to be, at most `limit`; `next` goes on after them, if there are more. */
  list(
    filter: MetricFilter,
    after: number,
    limit: number,
  ): { readonly metrics: readonly MetricIdentity[]; readonly next?: number } {
    const { namespace = null, metricName: name = null, activeSince } = filter;
    const since = activeSince === undefined ? null : Math.floor(activeSince / minuteMs);
    const metrics: MetricIdentity[] = [];
    let last = after;
    for (const row of this.#list.iterate({ after, namespace, name, since })) {
      const { id, ...metric } = readMetric(row as unknown as MetricRow);
      if (!hasDimensions(metric, filter)) continue;
      if (metrics.length === limit) return { metrics, next: last };
      metrics.push(metric);
      last = id;
    }
    return { metrics };
  }

  /**
   * Forgets what was measured before `at`, epoch ms, the oldest minutes of what is more than `maximum` rows, and the metrics
   * of which nothing is left.
   */
  prune(at: number, maximum: number): void {
    transaction(this.#db, () => {
      const forget = this.#db.prepare('DELETE FROM metric_minute WHERE minute < ?');
      forget.run(Math.floor(at / minuteMs));
      const tooOld = this.#db
        .prepare('SELECT minute FROM metric_minute ORDER BY minute DESC LIMIT 1 OFFSET ?')
        .get(maximum)?.['minute'];
      if (tooOld !== undefined) forget.run(Number(tooOld) + 1);
      this.#db.exec('DELETE FROM metric WHERE NOT EXISTS (SELECT 1 FROM metric_minute WHERE metric = id)');
    });
  }

  #idOf({ namespace, metricName, dimensions }: MetricIdentity): number | undefined {
    return this.#find.get(namespace, metricName, JSON.stringify(dimensions))?.['id'] as number | undefined;
  }

  #create({ namespace, metricName, dimensions }: MetricIdentity): number {
    return this.#insert.get(namespace, metricName, JSON.stringify(dimensions))?.['id'] as number;
  }
}

function readMetric({ id, namespace, name, dimensions }: MetricRow): MetricIdentity & { readonly id: number } {
  return { id, namespace, metricName: name, dimensions: JSON.parse(dimensions) as Dimensions };
}

function restore(row: MinuteRow): Distribution {
  return Distribution.restored(row, row.counts);
}

function hasDimensions({ dimensions }: MetricIdentity, filter: MetricFilter): boolean {
  return filter.dimensions.every(({ name, value }) =>
    dimensions.some(([has, is]) => has === name && (value === undefined || is === value)),
  );
}
