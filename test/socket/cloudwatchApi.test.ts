import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CloudWatch, InvalidParameterValueException } from '@aws-sdk/client-cloudwatch';
import {
  callByBoto3,
  callCloudWatch,
  type CloudWatchAnswer,
  type CloudWatchCall,
  cloudWatchProtocols,
} from '../support/cloudwatchCallers.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { hasModule, pythonOf } from '../support/pythons.ts';
import { skip } from '../support/skip.ts';

const run = promisify(execFile);

/** A whole hour, yesterday; epoch seconds. */
const hour = Math.floor(Date.now() / 3_600_000) * 3600 - 86_400;
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** What a protocol's client puts and asks for; each has a namespace of its own. */
function calls(Namespace: string): readonly CloudWatchCall[] {
  const Dimensions = [
    { Name: 'Stage', Value: 'a & <b>' },
    { Name: 'App', Value: 'ü' },
  ];
  const metric = { Namespace, MetricName: 'orders', Dimensions };
  const range = { StartTime: iso(hour), EndTime: iso(hour + 3600) };
  const datum = { MetricName: 'orders', Dimensions, Unit: 'Seconds' };
  const at = (minute: number): string => iso(hour + minute * 60);
  const query = (Id: string, Stat: string, Period: number): object => ({
    Id,
    MetricStat: { Metric: { ...metric, Dimensions: Dimensions.toReversed() }, Period, Stat, Unit: 'Seconds' },
  });
  const everyStatistic = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'];
  return [
    [
      'put_metric_data',
      {
        Namespace,
        MetricData: [
          { ...datum, Value: 1.5, Timestamp: at(1) },
          { ...datum, Values: [1, 2.25, 1e-7], Counts: [1, 2, 1], Timestamp: at(1) },
          { ...datum, StatisticValues: { SampleCount: 2, Sum: 8, Minimum: 4, Maximum: 4 }, Timestamp: at(7) },
          { ...datum, Value: 10, Unit: 'Count', Timestamp: at(7) },
        ],
      },
    ],
    ['list_metrics', { Namespace, Dimensions: [{ Name: 'App' }] }],
    ['get_metric_statistics', { ...metric, ...range, Period: 300, Statistics: everyStatistic }],
    [
      'get_metric_statistics',
      { ...metric, ...range, Period: 60, Unit: 'Seconds', ExtendedStatistics: ['p50', 'p99.9'] },
    ],
    [
      'get_metric_data',
      {
        ...range,
        ScanBy: 'TimestampAscending',
        LabelOptions: { Timezone: '+0100' },
        MetricDataQueries: [
          query('a', 'Sum', 60),
          { ...query('b', 'p50', 3600), Label: 'half' },
          { ...query('c', 'Sum', 60), ReturnData: false },
        ],
      },
    ],
    ['get_metric_data', { ...range, MaxDatapoints: 1, MetricDataQueries: [query('a', 'Maximum', 60)] }],
    // More than 10 KB is compressed.
    [
      'put_metric_data',
      {
        Namespace,
        MetricData: Array.from({ length: 100 }, () => ({ MetricName: 'many', Values: Array(100).fill(0.5) })),
      },
    ],
    ['get_metric_data', { ...range, MetricDataQueries: [{ Id: 'a', Expression: 'SUM(METRICS())' }] }],
    ['put_metric_data', { Namespace: 'AWS/Lambda', MetricData: [{ MetricName: 'orders', Value: 1 }] }],
    ['get_metric_statistics', { ...metric, ...range, Period: 1, Statistics: ['Sum'] }],
    ['list_metrics', { NextToken: 'none' }],
    ['describe_alarms', {}],
  ];
}

const point = (
  minute: number,
  sum: number,
  samples: number,
  minimum: number,
  maximum: number,
  Unit: string,
): object => ({
  Timestamp: hour + minute * 60,
  SampleCount: samples,
  Average: sum / samples,
  Sum: sum,
  Minimum: minimum,
  Maximum: maximum,
  Unit,
});

const refusal = (Code: string, Message: RegExp): object => ({ Code, Message });

function expected(Namespace: string): readonly (object | undefined)[] {
  const dimensions = [
    { Name: 'App', Value: 'ü' },
    { Name: 'Stage', Value: 'a & <b>' },
  ];
  const sum = 1.5 + 1 + 2.25 * 2 + 1e-7;
  return [
    {},
    { Metrics: [{ Namespace, MetricName: 'orders', Dimensions: dimensions }] },
    {
      Label: 'orders',
      Datapoints: [
        point(0, sum, 5, 1e-7, 2.25, 'Seconds'),
        point(5, 8, 2, 4, 4, 'Seconds'),
        point(5, 10, 1, 10, 10, 'Count'),
      ],
    },
    {
      Label: 'orders',
      Datapoints: [
        { Timestamp: hour + 60, Unit: 'Seconds', ExtendedStatistics: { p50: 1.5, 'p99.9': 2.25 } },
        { Timestamp: hour + 420, Unit: 'Seconds', ExtendedStatistics: { p50: 4, 'p99.9': 4 } },
      ],
    },
    {
      MetricDataResults: [
        { Id: 'a', Label: 'orders', Timestamps: [hour + 60, hour + 420], Values: [sum, 8], StatusCode: 'Complete' },
        { Id: 'b', Label: 'half', Timestamps: [hour], Values: [2.25], StatusCode: 'Complete' },
      ],
      Messages: [],
    },
    {
      MetricDataResults: [
        { Id: 'a', Label: 'orders', Timestamps: [hour + 420], Values: [4], StatusCode: 'PartialData' },
      ],
      Messages: [],
      NextToken: 'YWZ0ZXI6MQ',
    },
    {},
    refusal('ValidationError', /metric math .*SUM\(METRICS\(\)\)/),
    refusal('InvalidParameterValue', /AWS\//),
    refusal(
      'InvalidParameterCombination',
      /You have requested up to 3,600 datapoints, which exceeds the limit of 1,440/,
    ),
    refusal('InvalidNextToken', /token/),
    refusal('InvalidAction', /DescribeAlarms of Amazon CloudWatch is not offered/),
  ];
}

function check(answer: CloudWatchAnswer | undefined, wanted: object | undefined): void {
  if (wanted && 'Code' in wanted) {
    const { Code, Message } = wanted as { readonly Code: string; readonly Message: RegExp };
    assert.deepEqual([answer?.status, answer?.error?.Code], [400, Code]);
    assert.match(answer?.error?.Message ?? '', Message);
  } else {
    assert.deepEqual(answer, { status: 200, answer: wanted });
  }
}

describe('the API of CloudWatch', function () {
  this.timeout(60_000);
  let local: TestLocalLambda;

  before(async () => {
    local = await runLocalLambda({ files: {} });
  });

  after(async () => local?.[Symbol.asyncDispose]());

  for (const protocol of cloudWatchProtocols) {
    it(`answers boto3 in ${protocol}`, async function () {
      const python = pythonOf('3.11');
      if (python === undefined || !hasModule(python, 'boto3')) skip(this, 'there is no Python 3.11 with boto3');
      const asked = calls(`Own/${protocol}`);
      const { protocol: spoken, answers } = await callByBoto3(python, local.endpoint, protocol, asked);
      if (spoken !== protocol) skip(this, `this boto3 speaks ${spoken} only`);
      const wanted = expected(`Own/${protocol}`);
      for (const [index, [operation]] of asked.entries()) {
        try {
          check(answers[index], wanted[index]);
        } catch (error) {
          throw new Error(`${index}: ${operation}`, { cause: error });
        }
      }
      // The exceptions that clients catch.
      assert.equal(answers[8]?.class, 'InvalidParameterValueException');
      assert.equal(answers[10]?.class, 'InvalidNextToken');
    });
  }

  for (const command of ['aws', '/usr/bin/aws']) {
    it(`answers the AWS CLI, ${command}`, async function () {
      const aws = async (...args: string[]): Promise<unknown> => {
        const { stdout } = await run(command, ['cloudwatch', ...args, '--endpoint-url', local.endpoint], {
          env: {
            ...process.env,
            ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_DEFAULT_REGION: 'us-east-1' },
          },
        });
        return stdout === '' ? undefined : JSON.parse(stdout);
      };
      try {
        await run(command, ['--version']);
      } catch {
        skip(this, 'this AWS CLI is not on this machine');
      }
      const Namespace = `Cli${command}`;
      const name = ['--namespace', Namespace, '--metric-name', 'orders'];
      await aws('put-metric-data', ...name, '--value', '3', '--dimensions', 'App=shop', '--timestamp', iso(hour));
      assert.deepEqual(await aws('list-metrics', '--namespace', Namespace), {
        Metrics: [{ Namespace, MetricName: 'orders', Dimensions: [{ Name: 'App', Value: 'shop' }] }],
      });
      const range = ['--start-time', iso(hour), '--end-time', iso(hour + 60), '--period', '60', '--statistics', 'Sum'];
      const { Datapoints } = (await aws(
        ...['get-metric-statistics', ...name, '--dimensions', 'Name=App,Value=shop', ...range],
      )) as { readonly Datapoints: readonly object[] };
      assert.deepEqual(
        Datapoints.map((one) => ({ ...one, Timestamp: '' })),
        [{ Timestamp: '', Sum: 3, Unit: 'None' }],
      );
      await assert.rejects(aws('describe-alarms'), /InvalidAction.*DescribeAlarms of Amazon CloudWatch/s);
    });
  }

  it('answers the AWS SDK for JavaScript, which compresses what is long', async () => {
    const client = new CloudWatch(local.clientConfig);
    const metric = { Namespace: 'Js', MetricName: 'orders' };
    const at = new Date(hour * 1000);
    const MetricData = Array.from({ length: 100 }, () => ({
      ...{ MetricName: 'orders', Timestamp: at },
      Values: Array<number>(100).fill(0.5),
    }));
    await client.putMetricData({ Namespace: 'Js', MetricData });
    const range = { StartTime: at, EndTime: new Date(at.getTime() + 60_000) };
    const { Datapoints } = await client.getMetricStatistics({
      ...{ ...metric, ...range },
      Period: 60,
      Statistics: ['Sum'],
    });
    assert.deepEqual(Datapoints, [{ Timestamp: at, Sum: 5_000, Unit: 'None' }]);
    const { $metadata: _, ...data } = await client.getMetricData({
      ...range,
      MetricDataQueries: [{ Id: 'a', MetricStat: { Metric: metric, Period: 60, Stat: 'p90' } }],
    });
    assert.deepEqual(data, {
      MetricDataResults: [{ Id: 'a', Label: 'orders', Timestamps: [at], Values: [0.5], StatusCode: 'Complete' }],
      Messages: [],
    });
    const invalid = { ...metric, ...range, Period: 90 };
    await assert.rejects(client.getMetricStatistics(invalid), InvalidParameterValueException);
    await assert.rejects(client.describeAlarms({}), { name: 'InvalidAction', message: /DescribeAlarms/ });
    client.destroy();
  });

  const put = (Namespace: string, MetricData: readonly object[]): Promise<unknown> =>
    callCloudWatch(local, 'PutMetricData', { Namespace, MetricData });

  it('gives lists and data in pages that lose nothing', async () => {
    const names = Array.from({ length: 1_100 }, (_, n) => `m${n}`);
    for (const from of [0, 1000]) {
      const some = names.slice(from, from + 1000);
      await put(
        'Pages',
        some.map((MetricName) => ({ MetricName, Value: 1, Timestamp: hour })),
      );
    }
    const listed: string[] = [];
    let NextToken: string | undefined;
    do {
      const page: { Metrics: { MetricName: string }[]; NextToken?: string } = await callCloudWatch(
        ...([local, 'ListMetrics', { Namespace: 'Pages', NextToken }] as const),
      );
      assert.ok(page.Metrics.length <= 500);
      listed.push(...page.Metrics.map(({ MetricName }) => MetricName));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    assert.deepEqual(listed, names);

    const data = [...Array(20).keys()].flatMap((minute) => [
      { MetricName: 'one', Value: minute, Timestamp: hour + minute * 60 },
      ...(minute < 5 ? [{ MetricName: 'two', Value: 100 + minute, Timestamp: hour + minute * 60 }] : []),
    ]);
    await put('Data', data);
    const MetricDataQueries = ['none', 'one', 'two'].map((MetricName) => ({
      Id: MetricName,
      MetricStat: { Metric: { Namespace: 'Data', MetricName }, Period: 60, Stat: 'Sum' },
    }));
    const values: Record<string, number[]> = {};
    const pages: string[] = [];
    do {
      const page: {
        MetricDataResults: { Id: string; Values: number[]; StatusCode: string }[];
        NextToken?: string;
      } = await callCloudWatch(
        ...([
          local,
          'GetMetricData',
          { MetricDataQueries, StartTime: hour, EndTime: hour + 3600, MaxDatapoints: 9, NextToken },
        ] as const),
      );
      pages.push(
        page.MetricDataResults.map(({ Id, Values, StatusCode }) => `${Id} ${Values.length} ${StatusCode}`).join(),
      );
      for (const { Id, Values } of page.MetricDataResults) (values[Id] ??= []).push(...Values);
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    assert.deepEqual(pages, [
      'none 0 Complete,one 9 PartialData,two 0 PartialData',
      'one 9 PartialData,two 0 PartialData',
      'one 2 Complete,two 5 Complete',
    ]);
    assert.deepEqual(values, {
      none: [],
      one: [...Array(20).keys()].toReversed(),
      two: [104, 103, 102, 101, 100],
    });
  });

  it('begins periods where the time range begins, on a whole minute', async () => {
    await put(
      'Periods',
      [0, 1, 2, 3, 4, 5].map((m) => ({ MetricName: 'm', Value: 1, Timestamp: hour + m * 60 })),
    );
    const { Datapoints } = await callCloudWatch<{ Datapoints: { Timestamp: number; Sum: number }[] }>(
      ...([
        local,
        'GetMetricStatistics',
        {
          ...{ Namespace: 'Periods', MetricName: 'm', Statistics: ['Sum'], Period: 120 },
          ...{ StartTime: hour + 61, EndTime: hour + 300 },
        },
      ] as const),
    );
    assert.deepEqual(
      Datapoints.map(({ Timestamp, Sum }) => [(Timestamp - hour) / 60, Sum]),
      [
        [1, 2],
        [3, 2],
      ],
    );
  });

  const refused: readonly (readonly [title: string, operation: string, input: object, error: RegExp])[] = [
    ['a period of 90 seconds', 'GetMetricStatistics', { Period: 90 }, /InvalidParameterValue.*multiple of 60/],
    ['no period', 'GetMetricStatistics', { Period: undefined }, /MissingRequiredParameter.*Period is required/],
    ['an end before the start', 'GetMetricStatistics', { EndTime: hour }, /StartTime must be less than/],
    ['no statistic', 'GetMetricStatistics', { Statistics: [] }, /InvalidParameterCombination/],
    ['both kinds of statistics', 'GetMetricStatistics', { ExtendedStatistics: ['p9'] }, /InvalidParameterCombination/],
    ['an unknown statistic', 'GetMetricStatistics', { Statistics: ['Median'] }, /Median/],
    ['an unknown unit', 'GetMetricStatistics', { Unit: 'Apples' }, /Apples/],
    ['a time that is none', 'GetMetricStatistics', { StartTime: 'now' }, /Serialization/],
    [
      'a dimension without a value',
      'GetMetricStatistics',
      { Dimensions: [{ Name: 'a' }] },
      /member.1.Value is required/,
    ],
    ['no queries', 'GetMetricData', { MetricDataQueries: [] }, /ValidationError/],
    ['an id with a capital', 'GetMetricData', { MetricDataQueries: [{ Id: 'A' }] }, /expected pattern/],
    ['a query of nothing', 'GetMetricData', { MetricDataQueries: [{ Id: 'a' }] }, /member\.1\.MetricStat is required/],
    ['a time zone that is none', 'GetMetricData', { LabelOptions: { Timezone: 'CET' } }, /Timezone/],
    ['an order that is none', 'GetMetricData', { ScanBy: 'Up' }, /ScanBy/],
    ['a metric without a value', 'PutMetricData', { MetricData: [{ MetricName: 'm' }] }, /Value is required/],
    ['values of two kinds', 'PutMetricData', { MetricData: [{ MetricName: 'm', Value: 1, Values: [1] }] }, /exclusive/],
    [
      'fewer counts than values',
      'PutMetricData',
      { MetricData: [{ MetricName: 'm', Values: [1], Counts: [] }] },
      /size/,
    ],
    ['a time long ago', 'PutMetricData', { MetricData: [{ MetricName: 'm', Value: 1, Timestamp: 1 }] }, /two weeks/],
    [
      'counts whose sums are no numbers',
      'PutMetricData',
      { MetricData: [{ MetricName: 'm', Values: [1e100, -1e100], Counts: [1e308, 1e308] }] },
      /Counts is invalid/,
    ],
    [
      'less than no values',
      'PutMetricData',
      { MetricData: [{ MetricName: 'm', StatisticValues: { SampleCount: -1, Sum: 1, Minimum: 1, Maximum: 1 } }] },
      /SampleCount is invalid/,
    ],
    ['a time beyond all times', 'GetMetricData', { StartTime: -1e300 }, /StartTime is no time/],
    ['no data', 'PutMetricData', { MetricData: [] }, /MetricData is required/],
    ['another age than three hours', 'ListMetrics', { RecentlyActive: 'P1D' }, /PT3H/],
  ];
  const Metric = { Namespace: 'Own', MetricName: 'm' };
  const valid: Readonly<Record<string, object>> = {
    GetMetricStatistics: { ...Metric, Period: 60, Statistics: ['Sum'], StartTime: hour, EndTime: hour + 60 },
    GetMetricData: {
      ...{ StartTime: hour, EndTime: hour + 60 },
      MetricDataQueries: [{ Id: 'a', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
    },
    PutMetricData: { Namespace: 'Own', MetricData: [{ MetricName: 'm', Value: 1 }] },
    ListMetrics: {},
  };
  for (const [title, operation, input, error] of refused) {
    it(`refuses ${title}`, async () => {
      await callCloudWatch(local, operation, valid[operation] ?? {});
      await assert.rejects(callCloudWatch(local, operation, { ...valid[operation], ...input }), error);
    });
  }

  it('takes what was measured no times at all for nothing', async () => {
    await put('Never', [
      { MetricName: 'never', Values: [7], Counts: [0] },
      { MetricName: 'never', StatisticValues: { SampleCount: 0, Sum: 0, Minimum: 0, Maximum: 9 } },
      { MetricName: 'once', Values: [7, 8], Counts: [0, 1] },
    ]);
    const { Metrics } = (await callCloudWatch(local, 'ListMetrics', { Namespace: 'Never' })) as {
      readonly Metrics: readonly { readonly MetricName: string }[];
    };
    assert.deepEqual(
      Metrics.map(({ MetricName }) => MetricName),
      ['once'],
    );
  });

  it('keeps nothing of a request that is refused', async () => {
    const data = [
      { MetricName: 'm', Value: 1 },
      { MetricName: 'm', Value: 1, Unit: 'Apples' },
    ];
    await assert.rejects(put('Half', data), /Apples/);
    assert.deepEqual(await callCloudWatch(local, 'ListMetrics', { Namespace: 'Half' }), { Metrics: [] });
  });

  it('says so when a body is not what it says it is', async () => {
    const headers = {
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0',
    };
    const cbor = { ...headers, 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' };
    const path = '/service/GraniteServiceVersion20100801/operation/ListMetrics';
    const answer = await local.raw({ method: 'POST', path, headers: cbor, body: '{}' });
    assert.equal(answer.status, 400);
    assert.equal(answer.headers['smithy-protocol'], 'rpc-v2-cbor');
    assert.equal(answer.headers['x-amzn-query-error'], 'MalformedInput;Sender');
    const target = { 'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics', 'content-encoding': 'gzip' };
    const zipped = await local.raw({ method: 'POST', path: '/', headers: { ...headers, ...target }, body: 'no gzip' });
    assert.match(zipped.body, /SerializationException/);
  });
});
