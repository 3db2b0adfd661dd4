import type { JsonInput } from '../server/jsonInput.ts';
import {
  readDimensions,
  readTimeRange,
  readToken,
  readUnit,
  requiredPeriod,
  requiredText,
  writeToken,
} from './metricInput.ts';
import type { MetricTable } from './metricTable.ts';
import { validationError } from './monitoringErrors.ts';
import { firstPeriod, periodsOf, statisticOf } from './statistics.ts';

/** One metric of a request. */
interface Query {
  readonly id: string;
  readonly label: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** AWS's limits of one request and of one answer. */
const maximumQueries = 500;
const maximumDatapoints = 100_800;

/** GetMetricData: several metrics, a statistic each. Metric math and Metrics Insights are refused. */
export function getMetricData(table: MetricTable, input: JsonInput): unknown {
  const { start, end } = readTimeRange(input);
  if (start > end) throw validationError('The parameter EndTime must be greater than StartTime.');
  if (start === end) throw validationError('The parameter StartTime must not equal parameter EndTime.');
  const inputs = input.inputs('MetricDataQueries') ?? [];
  if (inputs.length === 0) throw validationError('The parameter MetricDataQueries is required.\n');
  if (inputs.length > maximumQueries) {
    throw validationError(`The collection MetricDataQueries must not have a size greater than ${maximumQueries}.\n`);
  }
  const scanBy = input.text('ScanBy') ?? 'TimestampDescending';
  if (scanBy !== 'TimestampDescending' && scanBy !== 'TimestampAscending') {
    throw validationError(
      `The value ${scanBy} for parameter ScanBy is not TimestampDescending or TimestampAscending.\n`,
    );
  }
  checkTimezone(input);
  checkIds(inputs);
  const queries = inputs.flatMap((query, index) => {
    const read = readQuery(table, query, `MetricDataQueries.member.${index + 1}`, start, end);
    return query.flag('ReturnData') === false ? [] : [read];
  });
  return page(
    scanBy === 'TimestampAscending'
      ? queries
      : queries.map((query) => ({ ...query, points: query.points.toReversed() })),
    readToken(input),
    Math.min(input.integer('MaxDatapoints') ?? maximumDatapoints, maximumDatapoints),
  );
}

/** It would be that of times in dynamic labels, which are left as they are here. */
function checkTimezone(input: JsonInput): void {
  const zone = input.input('LabelOptions')?.text('Timezone');
  if (zone === undefined || /^[+-]\d{4}$/.test(zone)) return;
  throw validationError(`The value ${zone} for parameter LabelOptions.Timezone is not like +0130.\n`);
}

function checkIds(inputs: readonly JsonInput[]): void {
  const seen = new Set<string>();
  for (const [index, query] of inputs.entries()) {
    const path = `MetricDataQueries.member.${index + 1}.Id`;
    const id = query.text('Id') ?? '';
    if (!/^[a-z]\w{0,254}$/.test(id)) {
      throw validationError(
        `The value ${id} for parameter ${path} is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.\n`,
      );
    }
    if (seen.has(id))
      throw validationError(`The values for parameter Id in MetricDataQueries are not unique: ${id}.\n`);
    seen.add(id);
  }
}

function readQuery(table: MetricTable, query: JsonInput, path: string, start: number, end: number): Query {
  const id = query.text('Id') ?? '';
  const expression = query.text('Expression');
  if (expression !== undefined) {
    throw validationError(
      `Error in expression '${id}': local Lambda offers no metric math and no Metrics Insights (${expression}).\n`,
    );
  }
  const stat = query.input('MetricStat');
  // The line end is AWS's.
  if (!stat) throw validationError(`The parameter ${path}.MetricStat is required.\n`);
  const metric = stat.input('Metric');
  if (!metric) throw validationError(`The parameter ${path}.MetricStat.Metric is required.\n`);
  const name = requiredText(stat, 'Stat', `${path}.MetricStat.Stat`);
  const statistic = statisticOf(name);
  if (!statistic) {
    throw validationError(
      `The value ${name} for parameter ${path}.MetricStat.Stat is not one that local Lambda offers: the five statistics and percentiles (p0 to p100).\n`,
    );
  }
  const metricName = requiredText(metric, 'MetricName', `${path}.MetricStat.Metric.MetricName`);
  const identity = {
    namespace: requiredText(metric, 'Namespace', `${path}.MetricStat.Metric.Namespace`),
    metricName,
    dimensions: readDimensions(metric, `${path}.MetricStat.Metric.Dimensions`),
  };
  const period = requiredPeriod(stat, `${path}.MetricStat.Period`);
  const unit = readUnit(stat, `${path}.MetricStat.Unit`);
  const first = firstPeriod(start, period);
  const minutes = table.minutes(identity, first, end).filter((minute) => unit === undefined || minute.unit === unit);
  const points = periodsOf(minutes, first, period).flatMap(({ at, distribution }) => {
    const value = statistic(distribution);
    return value === undefined ? [] : [{ at, value }];
  });
  return { id, label: query.text('Label') ?? metricName, points };
}

/** The datapoints from the `after`th on, `limit` of them, query by query; one that is cut is continued on the next page. */
function page(queries: readonly Query[], after: number, limit: number): unknown {
  let skip = after;
  let room = Math.max(limit, 1);
  let given = after;
  const results: unknown[] = [];
  for (const { id, label, points } of queries) {
    const rest = points.slice(skip);
    const isOver = skip > 0 && rest.length === 0;
    skip = Math.max(skip - points.length, 0);
    // What an earlier page had in whole; an empty one is told on the first.
    if (isOver || (points.length === 0 && after > 0)) continue;
    const taken = rest.slice(0, room);
    room -= taken.length;
    given += taken.length;
    results.push({
      Id: id,
      Label: label,
      Timestamps: taken.map(({ at }) => new Date(at)),
      Values: taken.map(({ value }) => value),
      StatusCode: taken.length === rest.length ? 'Complete' : 'PartialData',
    });
  }
  const total = queries.reduce((sum, { points }) => sum + points.length, 0);
  return { MetricDataResults: results, Messages: [], ...(given < total ? { NextToken: writeToken(given) } : {}) };
}
