import type { JsonInput } from '../server/jsonInput.ts';
import { readToken, requiredText, writeToken } from './metricInput.ts';
import type { MetricTable } from './metricTable.ts';
import { invalidValue } from './monitoringErrors.ts';

const pageSize = 500;
const recentMs = 3 * 3_600_000;

/** ListMetrics: what there is data of, 500 at a time. `now`: epoch ms. */
export function listMetrics(table: MetricTable, input: JsonInput, now: number): unknown {
  const active = input.text('RecentlyActive');
  if (active !== undefined && active !== 'PT3H') {
    throw invalidValue(`The value ${active} for parameter RecentlyActive is not PT3H.`);
  }
  const dimensions = (input.inputs('Dimensions') ?? []).map((filter, index) => ({
    name: requiredText(filter, 'Name', `Dimensions.member.${index + 1}.Name`),
    value: filter.text('Value'),
  }));
  if (dimensions.length > 10) throw invalidValue('The collection Dimensions must not have a size greater than 10.');
  const { metrics, next } = table.list(
    {
      namespace: input.text('Namespace'),
      metricName: input.text('MetricName'),
      dimensions,
      activeSince: active === undefined ? undefined : now - recentMs,
    },
    readToken(input),
    pageSize,
  );
  return {
    Metrics: metrics.map((metric) => ({
      Namespace: metric.namespace,
      MetricName: metric.metricName,
      Dimensions: metric.dimensions.map(([Name, Value]) => ({ Name, Value })),
    })),
    ...(next === undefined ? {} : { NextToken: writeToken(next) }),
  };
}
