import type { MeasuredMetric, MetricRecorder } from './metricRecorder.ts';
import type { Dimensions } from './metricTable.ts';

/** The metrics of namespace `AWS/Lambda` that local Lambda has (Lambda developer guide: "Types of metrics"; spec 2.6). */
const units = {
  Invocations: 'Count',
  Errors: 'Count',
  Throttles: 'Count',
  Duration: 'Milliseconds',
  ConcurrentExecutions: 'Count',
  AsyncEventsReceived: 'Count',
  AsyncEventAge: 'Milliseconds',
  AsyncEventsDropped: 'Count',
  DeadLetterErrors: 'Count',
  DestinationDeliveryFailures: 'Count',
  RecursiveInvocationsDropped: 'Count',
} as const;

/** One of them. */
export type LambdaMetricName = keyof typeof units;

/** What a measurement is of. */
export interface MetricSubject {
  readonly functionName: string;
  /** As invoked; absent: unqualified. */
  readonly qualifier?: string | undefined;
  /** The version that ran, when one did. */
  readonly executedVersion?: string | undefined;
}

/** Takes measurements; inside a transaction they count when that is kept. `at`: epoch ms. */
export interface LambdaMetrics {
  /** Of a function, of what it was invoked as, and of all functions. */
  count(name: LambdaMetricName, subject: MetricSubject, value: number, at: number): void;
  /** Of one of these alone: they don't add up to one another. */
  countOnly(name: LambdaMetricName, level: MetricLevel, subject: MetricSubject, value: number, at: number): void;
}

/** How much a measurement is of: everything, a function, or what it was invoked as. */
export type MetricLevel = 'region' | 'function' | 'resource';

/** For who has nobody to tell. */
export const noMetrics: LambdaMetrics = { count: () => undefined, countOnly: () => undefined };

/** Subjects that are remembered; a function that is not invoked any more would stay for ever. */
const maximumSubjects = 20_000;

/** Lambda's own metrics, as CloudWatch gets them. */
export class LambdaMetricRecorder implements LambdaMetrics {
  readonly #recorder: MetricRecorder;
  readonly #metrics = new Map<string, MeasuredMetric>();

  constructor(recorder: MetricRecorder) {
    this.#recorder = recorder;
  }

  count(name: LambdaMetricName, subject: MetricSubject, value: number, at: number): void {
    const { functionName, qualifier = '', executedVersion = '' } = subject;
    const key = `${name} ${functionName} ${qualifier} ${executedVersion}`;
    this.#recorder.record(
      this.#metric(key, name, () => allSets(subject)),
      value,
      at,
    );
  }

  countOnly(name: LambdaMetricName, level: MetricLevel, subject: MetricSubject, value: number, at: number): void {
    const key = level === 'region' ? name : `${name} ${level} ${resourceOf(subject)}`;
    this.#recorder.record(
      this.#metric(key, name, () => [setOf(level, subject)]),
      value,
      at,
    );
  }

  #metric(key: string, metricName: LambdaMetricName, dimensionSets: () => readonly Dimensions[]): MeasuredMetric {
    let metric = this.#metrics.get(key);
    if (!metric) {
      if (this.#metrics.size >= maximumSubjects) this.#metrics.clear();
      metric = { namespace: 'AWS/Lambda', metricName, unit: units[metricName], dimensionSets: dimensionSets() };
      this.#metrics.set(key, metric);
    }
    return metric;
  }
}

/**
 * "Across all functions", "by function name", "by resource"; of an alias "by executed version", too (Lambda developer guide:
 * "Viewing metrics"; the CDK's canned metrics have the three dimensions).
 */
function allSets(subject: MetricSubject): readonly Dimensions[] {
  const { qualifier, executedVersion } = subject;
  const sets = (['region', 'function', 'resource'] as const).map((level) => setOf(level, subject));
  const isAlias = qualifier !== undefined && !/^(?:\d+|\$LATEST)$/.test(qualifier);
  if (!isAlias || executedVersion === undefined) return sets;
  return [...sets, [['ExecutedVersion', executedVersion], ...setOf('resource', subject)]];
}

function setOf(level: MetricLevel, subject: MetricSubject): Dimensions {
  if (level === 'region') return [];
  const name = ['FunctionName', subject.functionName] as const;
  return level === 'function' ? [name] : [name, ['Resource', resourceOf(subject)]];
}

function resourceOf({ functionName, qualifier }: MetricSubject): string {
  return qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
}
