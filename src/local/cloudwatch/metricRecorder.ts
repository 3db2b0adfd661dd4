import type { DatabaseSync } from 'node:sqlite';
import type { Logger } from '../../model/logger.ts';
import { afterCommit, transaction } from '../state/database.ts';
import { Distribution } from './distribution.ts';
import { type Dimensions, type MetricTable, minuteMs } from './metricTable.ts';

/** What is measured; each value goes to a metric for each of the sets of dimensions. The object itself is its identity. */
export interface MeasuredMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly unit: string;
  readonly dimensionSets: readonly Dimensions[];
}

/** How long measurements are only in memory, in ms; that much is lost when the process is killed. */
const flushMs = 1_000;
/** AWS keeps data of a minute for 15 days (CloudWatch concepts: "Metrics retention"). */
const retentionMs = 15 * 86_400_000;
const pruneEveryMs = 3_600_000;
/** Of minutes of metrics: some 100 MB. A function that is invoked has thirty in a minute. */
const maximumRows = 500_000;

/**
 * Measurements on their way to the database: summed up in memory, written once a second, so that measuring costs an
 * invocation next to nothing. Those made in a transaction count when it is kept.
 */
export class MetricRecorder {
  readonly #db: DatabaseSync;
  readonly #table: MetricTable;
  readonly #log: Logger | undefined;
  readonly #now: () => number;
  /** By the minute they were made in. */
  #pending = new Map<number, Map<MeasuredMetric, Distribution>>();
  #timer: NodeJS.Timeout | undefined;
  #nextPrune = 0;

  constructor(options: {
    readonly db: DatabaseSync;
    readonly table: MetricTable;
    readonly log?: Logger | undefined;
    /** Epoch ms. */
    readonly now: () => number;
  }) {
    this.#db = options.db;
    this.#table = options.table;
    this.#log = options.log;
    this.#now = options.now;
  }

  /** @param at Epoch ms. */
  record(metric: MeasuredMetric, value: number, at: number): void {
    if (this.#db.isTransaction) afterCommit(this.#db, () => this.#add(metric, value, at));
    else this.#add(metric, value, at);
  }

  /** Writes what is in memory, before it is read. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#db.isOpen) return;
    transaction(this.#db, () => {
      for (const [minute, measured] of this.#pending) this.#write(minute * minuteMs, measured);
    });
    this.#pending.clear();
    const now = this.#now();
    if (now < this.#nextPrune) return;
    this.#nextPrune = now + pruneEveryMs;
    this.#table.prune(now - retentionMs, maximumRows);
  }

  #add(metric: MeasuredMetric, value: number, at: number): void {
    const minute = Math.floor(at / minuteMs);
    let measured = this.#pending.get(minute);
    if (!measured) {
      measured = new Map();
      this.#pending.set(minute, measured);
    }
    let distribution = measured.get(metric);
    if (!distribution) {
      distribution = new Distribution();
      measured.set(metric, distribution);
    }
    distribution.add(value);
    this.#timer ??= setTimeout(() => this.tryFlush(), flushMs).unref();
  }

  /** Writes what is in memory; a failure is told on the log, and tried again with what comes next. */
  tryFlush(): void {
    try {
      this.flush();
    } catch (error) {
      this.#log?.error(`Metrics can't be written: ${String(error)}`);
    }
  }

  /** Several measured metrics can share one without dimensions: each row is written once. */
  #write(at: number, measured: ReadonlyMap<MeasuredMetric, Distribution>): void {
    const rows = new Map<string, () => void>();
    const sums = new Map<string, Distribution>();
    for (const [{ namespace, metricName, unit, dimensionSets }, distribution] of measured) {
      for (const dimensions of dimensionSets) {
        const key = JSON.stringify([metricName, namespace, unit, dimensions]);
        const sum = sums.get(key) ?? new Distribution();
        sum.merge(distribution);
        sums.set(key, sum);
        rows.set(key, () => this.#table.add({ namespace, metricName, dimensions }, unit, at, sum));
      }
    }
    for (const write of rows.values()) write();
  }
}
