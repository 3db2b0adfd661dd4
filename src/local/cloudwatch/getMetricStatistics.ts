import type { JsonInput } from '../server/jsonInput.ts';
import {
  checkDatapoints,
  readDimensions,
  readTimeRange,
  readUnit,
  requiredPeriod,
  requiredText,
} from './metricInput.ts';
import type { MetricMinute, MetricTable } from './metricTable.ts';
import { invalidCombination, invalidValue } from './monitoringErrors.ts';
import { firstPeriod, type MetricPeriod, percentileOf, periodsOf, type Statistic, statistics } from './statistics.ts';

/** What AWS gives at once. */
const maximumDatapoints = 1_440;

/** GetMetricStatistics: one metric, several statistics; what came in different units stands apart. */
export function getMetricStatistics(table: MetricTable, input: JsonInput): unknown {
  const namespace = requiredText(input, 'Namespace');
  const metricName = requiredText(input, 'MetricName');
  const dimensions = readDimensions(input);
  const period = requiredPeriod(input);
  const { start, end } = readTimeRange(input);
  if (start >= end) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  const unit = readUnit(input);
  const simple = readStatistics(input);
  const extended = readExtended(input);
  if (simple.length === 0 && extended.length === 0) {
    throw invalidCombination('Must specify either Statistics or ExtendedStatistics');
  }
  if (simple.length > 0 && extended.length > 0) {
    throw invalidCombination('The parameters Statistics and ExtendedStatistics can not be specified together.');
  }
  checkDatapoints(start, end, period, maximumDatapoints);
  const first = firstPeriod(start, period);
  const minutes = table.minutes({ namespace, metricName, dimensions }, first, end);
  const Datapoints = Object.entries(byUnit(minutes))
    .filter(([its]) => unit === undefined || its === unit)
    .flatMap(([Unit, its]) =>
      periodsOf(its, first, period).flatMap((one) => datapoint(one, Unit, simple, extended) ?? []),
    );
  return { Label: metricName, Datapoints };
}

type Named = readonly (readonly [name: string, statistic: Statistic])[];

function readStatistics(input: JsonInput): Named {
  return (input.texts('Statistics') ?? []).map((name, index) => {
    if (Object.hasOwn(statistics, name)) return [name, statistics[name as keyof typeof statistics]];
    throw invalidValue(`The value ${name} for parameter Statistics.member.${index + 1} is not a statistic.`);
  });
}

function readExtended(input: JsonInput): Named {
  const names = input.texts('ExtendedStatistics') ?? [];
  if (names.length > 10) throw invalidValue('The collection ExtendedStatistics must not have a size greater than 10.');
  return names.map((name, index) => {
    const statistic = percentileOf(name);
    if (statistic) return [name, statistic];
    throw invalidValue(
      `The value ${name} for parameter ExtendedStatistics.member.${index + 1} is not a percentile (p0 to p100); local Lambda offers no others.`,
    );
  });
}

function byUnit(minutes: readonly MetricMinute[]): Readonly<Record<string, MetricMinute[]>> {
  const units: Record<string, MetricMinute[]> = {};
  for (const minute of minutes) (units[minute.unit] ??= []).push(minute);
  return units;
}

/** `undefined`: none of the percentiles can be told. */
function datapoint({ at, distribution }: MetricPeriod, Unit: string, simple: Named, extended: Named): unknown {
  const valuesOf = (named: Named): [string, number][] =>
    named.flatMap(([name, statistic]): [string, number][] => {
      const value = statistic(distribution);
      return value === undefined ? [] : [[name, value]];
    });
  const percentiles = valuesOf(extended);
  if (extended.length > 0 && percentiles.length === 0) return undefined;
  return {
    Timestamp: new Date(at),
    ...Object.fromEntries(valuesOf(simple)),
    Unit,
    ...(extended.length === 0 ? {} : { ExtendedStatistics: Object.fromEntries(percentiles) }),
  };
}
