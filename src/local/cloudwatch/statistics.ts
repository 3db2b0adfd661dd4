import { Distribution } from './distribution.ts';
import { type MetricMinute, minuteMs } from './metricTable.ts';

/** A statistic of a period; `undefined`: it can't be told. */
export type Statistic = (distribution: Distribution) => number | undefined;

/** The five that always can be told, by AWS's names. */
export const statistics = {
  SampleCount: ({ samples }: Distribution) => samples,
  Average: ({ samples, sum }: Distribution) => sum / samples,
  Sum: ({ sum }: Distribution) => sum,
  Minimum: ({ minimum }: Distribution) => minimum,
  Maximum: ({ maximum }: Distribution) => maximum,
} as const satisfies Record<string, Statistic>;

/** A percentile, `p0` to `p100` with up to ten decimals; `undefined`: `name` is none. */
export function percentileOf(name: string): Statistic | undefined {
  if (!/^p(?:\d{1,2}(?:\.\d{1,10})?|100)$/.test(name)) return undefined;
  const percent = Number(name.slice(1));
  return (distribution) => distribution.percentile(percent);
}

/** Any statistic; `undefined`: there is none of that name here. */
export function statisticOf(name: string): Statistic | undefined {
  return Object.hasOwn(statistics, name) ? statistics[name as keyof typeof statistics] : percentileOf(name);
}

/** One datapoint's worth of a metric. */
export interface MetricPeriod {
  /** When it began, epoch ms. */
  readonly at: number;
  readonly distribution: Distribution;
}

/** When the first period begins: AWS rounds the start down to a whole minute, or to the period if that is shorter. Epoch ms. */
export function firstPeriod(start: number, periodSeconds: number): number {
  const unit = Math.min(periodSeconds * 1000, minuteMs);
  return Math.floor(start / unit) * unit;
}

/** Minutes put together to periods that follow one another from `first`; empty ones are left out. */
export function periodsOf(
  minutes: readonly MetricMinute[],
  first: number,
  periodSeconds: number,
): readonly MetricPeriod[] {
  const length = periodSeconds * 1000;
  const periods = new Map<number, Distribution>();
  for (const { at, distribution } of minutes) {
    const start = first + Math.floor((at - first) / length) * length;
    const period = periods.get(start) ?? new Distribution();
    period.merge(distribution);
    periods.set(start, period);
  }
  return [...periods].map(([at, distribution]) => ({ at, distribution })).toSorted((a, b) => a.at - b.at);
}
