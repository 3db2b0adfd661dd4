import assert from 'node:assert/strict';
import { callByBoto3, type CloudWatchAnswer, type CloudWatchCall } from '../support/cloudwatchCallers.ts';
import { runLocalLambda } from '../support/localLambda.ts';
import { motoMissing, startMoto } from '../support/motoServer.ts';
import { hasModule, pythonOf } from '../support/pythons.ts';
import { skip } from '../support/skip.ts';

const hour = Math.floor(Date.now() / 3_600_000) * 3600 - 86_400;
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
const Dimensions = [{ Name: 'App', Value: 'shop' }];
const metric = { Namespace: 'Own', MetricName: 'orders', Dimensions };
const range = { StartTime: iso(hour), EndTime: iso(hour + 3600) };
const datum = { MetricName: 'orders', Dimensions, Unit: 'Count' };
const everyStatistic = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'];
const query = { Id: 'a', Label: 'orders', MetricStat: { Metric: metric, Period: 60, Stat: 'Sum' } };

/** One after the other, to both. */
const calls: Readonly<Record<string, CloudWatchCall>> = {
  'list none': ['list_metrics', {}],
  put: ['put_metric_data', { Namespace: 'Own', MetricData: [{ ...datum, Value: 2, Timestamp: iso(hour) }] }],
  'put more': [
    'put_metric_data',
    { Namespace: 'Own', MetricData: [{ ...datum, Values: [3, 5], Counts: [2, 1], Timestamp: iso(hour + 60) }] },
  ],
  'put two values': [
    'put_metric_data',
    { Namespace: 'Own', MetricData: [{ ...datum, Value: 1, Values: [3], Timestamp: iso(hour + 60) }] },
  ],
  'put for AWS': ['put_metric_data', { Namespace: 'AWS/Lambda', MetricData: [{ MetricName: 'm', Value: 1 }] }],
  list: ['list_metrics', { Namespace: 'Own' }],
  'list by dimension': ['list_metrics', { Dimensions }],
  'list another name': ['list_metrics', { MetricName: 'none' }],
  statistics: ['get_metric_statistics', { ...metric, ...range, Period: 60, Statistics: everyStatistic }],
  'statistics of an hour': ['get_metric_statistics', { ...metric, ...range, Period: 3600, Statistics: everyStatistic }],
  'statistics of nothing': [
    'get_metric_statistics',
    { ...metric, MetricName: 'none', ...range, Period: 60, Statistics: ['Sum'] },
  ],
  'no statistics': ['get_metric_statistics', { ...metric, ...range, Period: 60 }],
  data: ['get_metric_data', { ...range, MetricDataQueries: [query] }],
  'data, oldest first': ['get_metric_data', { ...range, ScanBy: 'TimestampAscending', MetricDataQueries: [query] }],
  'data without a label': ['get_metric_data', { ...range, MetricDataQueries: [{ ...query, Label: undefined }] }],
  'data of no query': ['get_metric_data', { ...range, MetricDataQueries: [{ Id: 'a' }] }],
  'data of no time': ['get_metric_data', { ...range, EndTime: range.StartTime, MetricDataQueries: [query] }],
};

/** Where moto does otherwise, and why ours is right. Each pattern has to fit something that differs. */
const differences: readonly (readonly [RegExp, string])[] = [
  [/^put for AWS: /, 'AWS keeps its namespaces to itself (PutMetricData: Namespace)'],
  [/^data.*: answer\.Messages$/, 'AWS answers an empty list (spec 2.6: recordings of the third party)'],
  [/^data without a label: .*Label$/, 'AWS: the name of the metric'],
];

describe('CloudWatch by boto3, beside moto', function () {
  this.timeout(120_000);

  it('answers the same, field by field, but for what is listed', async function () {
    const python = pythonOf('3.11');
    if (python === undefined || !hasModule(python, 'boto3')) skip(this, 'there is no Python 3.11 with boto3');
    await using moto = await startMoto();
    if (!moto) skip(this, motoMissing);
    await using local = await runLocalLambda({ files: {} });
    const asked = withoutUndefined(Object.values(calls));
    const [ours, theirs] = await Promise.all(
      [local, moto].map(async ({ endpoint }) => factsOf(await callByBoto3(python, endpoint, 'json', asked))),
    );
    const names = [...new Set([...(ours?.keys() ?? []), ...(theirs?.keys() ?? [])])];
    assert.ok(names.length > 60, `${names.length} facts`);
    const differing = names.filter((name) => ours?.get(name) !== theirs?.get(name));
    const show = (name: string): string => `${name}: ${ours?.get(name)} here, ${theirs?.get(name)} there`;
    const unlisted = differing.filter((name) => !differences.some(([pattern]) => pattern.test(name)));
    assert.deepEqual(unlisted.map(show), [], 'differences nobody listed');
    for (const [pattern, why] of differences) {
      assert.ok(
        differing.some((name) => pattern.test(name)),
        `Nothing differs like ${pattern.source}: take it off (${why})`,
      );
    }
  });
});

function withoutUndefined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function factsOf({ answers }: { readonly answers: readonly CloudWatchAnswer[] }): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  const note = (path: string, value: unknown): void => {
    if (typeof value !== 'object' || value === null) {
      facts.set(path, JSON.stringify(value));
      return;
    }
    if (Object.keys(value).length === 0) facts.set(path, JSON.stringify(value));
    for (const [name, member] of Object.entries(value)) note(`${path}.${name}`, member);
  };
  for (const [index, name] of Object.keys(calls).entries()) {
    const { status, answer, error } = answers[index] ?? { status: 0 };
    note(`${name}: status`, status);
    if (answer !== undefined) note(`${name}: answer`, answer);
    if (error !== undefined) note(`${name}: error`, error);
  }
  return facts;
}
