import assert from 'node:assert/strict';
import { CloudWatch, type Metric } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';

const files: Readonly<Record<string, string>> = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: nodejs22.x, CodeUri: src, Timeout: 5 }
Resources:
  Good:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: good, Handler: index.good, AutoPublishAlias: live }
  Fails:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: fails
      Handler: index.fails
      DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Gone.Arn }
  Lost:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: lost
      Handler: index.good
      EventInvokeConfig: { DestinationConfig: { OnSuccess: { Type: SQS, Destination: !GetAtt Gone.Arn } } }
  Busy:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: busy, Handler: index.good, ReservedConcurrentExecutions: 0 }
  One:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: one, Handler: index.slow, ReservedConcurrentExecutions: 1 }
  Own:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: own, Handler: index.own }
  Gone: { Type: AWS::SQS::Queue, Properties: { QueueName: gone } }
`,
  'src/index.mjs': `
export const good = async () => null;
export const fails = async () => { throw new Error('as asked'); };
export const own = async () => {
  const { status } = await fetch(process.env.AWS_ENDPOINT_URL_CLOUDWATCH, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData',
    },
    body: JSON.stringify({ Namespace: 'Shop', MetricData: [{ MetricName: 'Orders', Value: 3, Unit: 'Count' }] }),
  });
  return status;
};
export const slow = () => new Promise((resolve) => { setTimeout(resolve, 400); });
`,
};

/** Metrics by their dimensions, `fails`, `good/good:live`, `` for all functions; and what a statistic of an hour is. */
type Sums = Readonly<Record<string, Readonly<Record<string, number>>>>;

describe('CloudWatch’s metrics of Lambda', function () {
  this.timeout(60_000);
  let local: TestLocalLambda;
  let lambda: LambdaClient;
  let cloudWatch: CloudWatch;

  before(async () => {
    local = await runLocalLambda({ files });
    lambda = new LambdaClient(local.clientConfig);
    cloudWatch = new CloudWatch(local.clientConfig);
    const sqs = new SQSClient(local.clientConfig);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'gone' }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    sqs.destroy();
    const invoke = (FunctionName: string, InvocationType: 'Event' | 'RequestResponse', Qualifier?: string) =>
      lambda.send(new InvokeCommand({ FunctionName, InvocationType, Qualifier }));
    await invoke('good', 'RequestResponse');
    await invoke('good', 'Event');
    await invoke('good', 'Event', 'live');
    await invoke('fails', 'RequestResponse');
    await invoke('fails', 'Event');
    await invoke('lost', 'Event');
    await invoke('busy', 'Event');
    await assert.rejects(invoke('busy', 'RequestResponse'), { name: 'TooManyRequestsException' });
    await invoke('one', 'Event');
    await invoke('one', 'Event');
    await outcomes(7);
  });

  after(async () => {
    lambda?.destroy();
    cloudWatch?.destroy();
    await local?.[Symbol.asyncDispose]();
  });

  async function outcomes(count: number): Promise<void> {
    const ended = (all: readonly InvocationPiece[]): number => all.filter(({ kind }) => kind === 'outcome').length;
    await local.pieces((all) => ended(all) >= count);
  }

  const range = (): { readonly StartTime: Date; readonly EndTime: Date } => ({
    StartTime: new Date(Date.now() - 3_000_000),
    EndTime: new Date(Date.now() + 600_000),
  });

  async function measured(Stat: string, wanted: (metric: Metric) => boolean = () => true): Promise<Sums> {
    const { Metrics = [] } = await cloudWatch.listMetrics({ Namespace: 'AWS/Lambda' });
    const metrics = Metrics.filter(wanted);
    const { MetricDataResults = [] } = await cloudWatch.getMetricData({
      ...range(),
      MetricDataQueries: metrics.map((Metric, index) => ({
        Id: `m${index}`,
        MetricStat: { Metric, Period: 3600, Stat },
      })),
    });
    const sums: Record<string, Record<string, number>> = {};
    for (const [index, { MetricName = '', Dimensions = [] }] of metrics.entries()) {
      const name = Dimensions.map(({ Value }) => Value).join('/');
      const [value = NaN] = MetricDataResults[index]?.Values ?? [];
      (sums[name] ??= {})[MetricName] = value;
    }
    return sums;
  }

  const isTime = ({ MetricName = '' }: Metric): boolean => ['Duration', 'AsyncEventAge'].includes(MetricName);
  const isConcurrency = ({ MetricName }: Metric): boolean => MetricName === 'ConcurrentExecutions';
  /** Of a function as a whole, and as it was invoked when that was in one way only. */
  const twice = (name: string, sums: Readonly<Record<string, number>>): Sums => ({
    [name]: sums,
    [`${name}/${name}`]: sums,
  });

  it('count what happened, for each function, alias and version, and for all', async () => {
    const sums = await measured('Sum', (metric) => !isTime(metric) && !isConcurrency(metric));
    const { one = {}, 'one/one': alsoOne, '': all = {}, ...others } = sums;
    const ran = { Invocations: 1, Errors: 0, Throttles: 0 };
    assert.deepEqual(others, {
      good: { Invocations: 3, Errors: 0, Throttles: 0, AsyncEventsReceived: 2, AsyncEventsDropped: 0 },
      'good/good': { Invocations: 2, Errors: 0, Throttles: 0, AsyncEventsReceived: 1, AsyncEventsDropped: 0 },
      'good/good:live': { ...ran, AsyncEventsReceived: 1, AsyncEventsDropped: 0 },
      '$LATEST/good/good:live': { ...ran, AsyncEventsDropped: 0 },
      // Once by a synchronous invocation, three times by an event whose dead-letter queue is not there.
      ...twice('fails', {
        Invocations: 4,
        Errors: 4,
        Throttles: 0,
        AsyncEventsReceived: 1,
        AsyncEventsDropped: 1,
        DeadLetterErrors: 1,
      }),
      ...twice('lost', { ...ran, AsyncEventsReceived: 1, AsyncEventsDropped: 0, DestinationDeliveryFailures: 1 }),
      // Never ran: once refused, once dropped.
      ...twice('busy', { Errors: 0, Throttles: 2, AsyncEventsReceived: 1, AsyncEventsDropped: 1 }),
    });
    // How often the second had to wait for the first is a matter of time.
    const { Throttles = 0, ...rest } = one;
    assert.deepEqual(rest, { Invocations: 2, Errors: 0, AsyncEventsReceived: 2, AsyncEventsDropped: 0 });
    assert.ok(Throttles >= 1, `${Throttles} throttles`);
    assert.deepEqual(alsoOne, one);
    assert.deepEqual(all, {
      Invocations: 10,
      Errors: 4,
      Throttles: 2 + Throttles,
      AsyncEventsReceived: 7,
      AsyncEventsDropped: 2,
      DeadLetterErrors: 1,
      DestinationDeliveryFailures: 1,
    });
  });

  it('tell how old events were when they ran, waits in AWS’s length', async () => {
    const isOfFails = (metric: Metric): boolean =>
      isTime(metric) && metric.Dimensions?.length === 1 && metric.Dimensions[0]?.Value === 'fails';
    const { fails: samples } = await measured('SampleCount', isOfFails);
    assert.deepEqual(samples, { Duration: 4, AsyncEventAge: 3 });
    const { fails: longest } = await measured('Maximum', isOfFails);
    const { fails: middle } = await measured('p50', isOfFails);
    const { fails: shortest } = await measured('Minimum', isOfFails);
    const between = (value: number | undefined, from: number, to: number): void =>
      assert.ok(value !== undefined && value >= from && value <= to, `${value}: ${from} to ${to}`);
    between(shortest?.['AsyncEventAge'], 0, 20_000);
    between(middle?.['AsyncEventAge'], 59_000, 100_000);
    between(longest?.['AsyncEventAge'], 180_000, 220_000);
    between(shortest?.['Duration'], 0.01, 5_000);
  });

  it('tell how many ran at the same time', async () => {
    const highest = await measured('Maximum', isConcurrency);
    assert.equal(highest['one']?.['ConcurrentExecutions'], 1);
    assert.equal(highest['one/one']?.['ConcurrentExecutions'], 1);
    const all = highest['']?.['ConcurrentExecutions'] ?? 0;
    assert.ok(all >= 1 && all <= 7, String(all));
  });

  it('have AWS’s units', async () => {
    for (const [MetricName, Unit] of [
      ['Invocations', 'Count'],
      ['Duration', 'Milliseconds'],
      ['AsyncEventAge', 'Milliseconds'],
    ]) {
      const { Datapoints } = await cloudWatch.getMetricStatistics({
        ...{ Namespace: 'AWS/Lambda', MetricName, Statistics: ['Sum'], Period: 3600 },
        ...range(),
      });
      assert.deepEqual(
        Datapoints?.map((point) => point.Unit),
        [Unit],
        MetricName,
      );
    }
  });

  it('a handler’s own are beside them', async () => {
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'own' }));
    assert.equal(Payload?.transformToString(), '200');
    const { Datapoints } = await cloudWatch.getMetricStatistics({
      ...{ Namespace: 'Shop', MetricName: 'Orders', Statistics: ['Sum'], Period: 3600 },
      ...range(),
    });
    assert.deepEqual(
      Datapoints?.map(({ Sum, Unit }) => [Sum, Unit]),
      [[3, 'Count']],
    );
  });

  it('are there after a restart, and go on', async () => {
    const sumsBefore = await measured('Sum');
    await local.stop(0);
    await using next = await runLocalLambda({ projectDir: local.projectDir, dataDir: local.dataDir });
    cloudWatch.destroy();
    cloudWatch = new CloudWatch(next.clientConfig);
    assert.deepEqual(await measured('Sum'), sumsBefore);
    const client = new LambdaClient(next.clientConfig);
    await client.send(new InvokeCommand({ FunctionName: 'lost' }));
    client.destroy();
    const { lost } = await measured('Sum', ({ MetricName }) => MetricName === 'Invocations');
    assert.deepEqual(lost, { Invocations: 2 });
  });
});
