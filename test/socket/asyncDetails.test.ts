import assert from 'node:assert/strict';
import { DeleteEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  DeleteFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DeliveryPiece, InvocationPiece } from '../../src/model/invocation.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';

const files: Readonly<Record<string, string>> = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: nodejs22.x, CodeUri: src }
Resources:
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: echo
      Handler: index.echo
      EventInvokeConfig: { DestinationConfig: { OnSuccess: { Type: SQS } } }
  Fails:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: fails
      Handler: index.fails
      DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt First.Arn }
      EventInvokeConfig: { MaximumRetryAttempts: 0 }
  Next:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: next, Handler: index.echo }
  First: { Type: AWS::SQS::Queue, Properties: { QueueName: first } }
  Second: { Type: AWS::SQS::Queue, Properties: { QueueName: second } }
`,
  'src/index.mjs': `
export const echo = async (event) => event;
export const fails = async () => { throw new Error('as asked'); };
`,
};

const arn = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:000000000000:${resource}`;

describe('asynchronous invocation in its details', () => {
  let local: TestLocalLambda;
  let lambda: LambdaClient;
  let sqs: SQSClient;

  beforeEach(async () => {
    local = await runLocalLambda({ files });
    lambda = new LambdaClient(local.clientConfig);
    sqs = new SQSClient(local.clientConfig);
  });

  afterEach(async () => {
    lambda.destroy();
    sqs.destroy();
    await local[Symbol.asyncDispose]();
  });

  /** Sends an event by hand, and gives the answer. */
  function post(name: string, body: string, headers: Readonly<Record<string, string>> = {}) {
    return local.raw({
      method: 'POST',
      path: `/2015-03-31/functions/${name}/invocations`,
      headers: { 'x-amz-invocation-type': 'Event', ...headers },
      body,
    });
  }

  async function deliveries(count: number, requestId?: string): Promise<readonly DeliveryPiece[]> {
    const find = (all: readonly InvocationPiece[]): readonly DeliveryPiece[] =>
      all.filter(
        (piece): piece is DeliveryPiece =>
          piece.kind === 'delivery' && (requestId === undefined || piece.requestId === requestId),
      );
    return find(await local.pieces((all) => find(all).length >= count));
  }

  it('an event without a body is an empty object, for the handler and in the record', async () => {
    assert.equal((await post('echo', '')).status, 202);
    const [delivery] = await deliveries(1);
    assert.match(delivery?.body ?? '', /"requestPayload":\{\},.*"responsePayload":\{\}\}$/);
  });

  it('any JSON value is an event, and stands in the record as it was sent', async () => {
    const events = ['null', '-0.0', '"a\\u0041"', ' [1, 2]\n', 'true'];
    for (const event of events) assert.equal((await post('echo', event)).status, 202);
    const bodies = (await deliveries(events.length)).map(({ body }) => body);
    for (const event of events) {
      assert.ok(
        bodies.some((body) => body.includes(`"requestPayload":${event},"responseContext"`)),
        event,
      );
    }
    for (const body of bodies) JSON.parse(body);
  });

  it('a client context that is none is no matter for an event', async () => {
    assert.equal((await post('echo', '{}', { 'x-amz-client-context': 'none' })).status, 202);
    assert.equal((await deliveries(1))[0]?.status, 'delivered');
  });

  it('an event gets no log, whatever it asks for', async () => {
    const { status, headers } = await post('echo', '{}', { 'x-amz-log-type': 'Tail' });
    assert.equal(status, 202);
    assert.equal(headers['x-amz-log-result'], undefined);
  });

  it('a synchronous failure goes nowhere', async () => {
    const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: 'fails' }));
    assert.equal(FunctionError, 'Unhandled');
    const { $metadata } = await lambda.send(new InvokeCommand({ FunctionName: 'fails', InvocationType: 'Event' }));
    // Were there one of the first, it would be here by now.
    assert.deepEqual(
      (await deliveries(1)).map(({ requestId }) => requestId),
      [$metadata.requestId],
    );
  });

  it('a version has no config of `$LATEST`', async () => {
    const { Version: Qualifier } = await lambda.send(new PublishVersionCommand({ FunctionName: 'fails' }));
    await assert.rejects(
      lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'fails', Qualifier })),
      /fails:1 doesn't have an EventInvokeConfig/,
    );
  });

  it('a version keeps the dead-letter queue that it was published with', async () => {
    const target = { FunctionName: 'fails' };
    const { Version: Qualifier } = await lambda.send(new PublishVersionCommand(target));
    await lambda.send(new PutFunctionEventInvokeConfigCommand({ ...target, Qualifier, MaximumRetryAttempts: 0 }));
    const DeadLetterConfig = { TargetArn: arn('sqs', 'second') };
    await lambda.send(new UpdateFunctionConfigurationCommand({ ...target, DeadLetterConfig }));
    await lambda.send(new InvokeCommand({ ...target, Qualifier, InvocationType: 'Event' }));
    const [ofVersion] = await deliveries(1);
    await lambda.send(new InvokeCommand({ ...target, InvocationType: 'Event' }));
    const [, ofLatest] = await deliveries(2);
    assert.deepEqual(
      [ofVersion?.destinationArn, ofLatest?.destinationArn],
      [arn('sqs', 'first'), arn('sqs', 'second')],
    );
  });

  const targets: readonly {
    readonly kind: string;
    readonly target: string;
    readonly remove: () => Promise<unknown>;
  }[] = [
    { kind: 'SQS', target: arn('sqs', 'gone'), remove: () => removeQueue('gone') },
    {
      kind: 'SNS',
      target: arn('sns', 'gone'),
      remove: () =>
        by(new SNSClient(local.clientConfig), (client) =>
          client.send(new DeleteTopicCommand({ TopicArn: arn('sns', 'gone') })),
        ),
    },
    {
      kind: 'Lambda',
      target: arn('lambda', 'function:next'),
      remove: () => lambda.send(new DeleteFunctionCommand({ FunctionName: 'next' })),
    },
    {
      kind: 'EventBridge',
      target: arn('events', 'event-bus/gone'),
      remove: () =>
        by(new EventBridgeClient(local.clientConfig), (client) =>
          client.send(new DeleteEventBusCommand({ Name: 'gone' })),
        ),
    },
    {
      kind: 'S3',
      target: 'arn:aws:s3:::gone-bucket',
      remove: () =>
        by(new S3Client(local.clientConfig), (client) =>
          client.send(new DeleteBucketCommand({ Bucket: 'gone-bucket' })),
        ),
    },
  ];
  for (const { kind, target, remove } of targets) {
    it(`tells what is dropped for ${kind} by the log and by the stream`, async () => {
      const settings = { MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: target } } };
      await lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'fails', ...settings }));
      await remove();
      await removeQueue('first');
      const { $metadata } = await lambda.send(new InvokeCommand({ FunctionName: 'fails', InvocationType: 'Event' }));
      const dropped = await deliveries(2, $metadata.requestId);
      assert.deepEqual(
        dropped.map(({ role, status, destinationArn }) => [role, status, destinationArn]),
        [
          ['deadLetterQueue', 'dropped', arn('sqs', 'first')],
          ['onFailure', 'dropped', target],
        ],
      );
      for (const { reason = '' } of dropped) {
        assert.match(reason, /does not exist|not found/i);
        const lines = local.complaints.filter((line) => line.includes(reason));
        assert.equal(lines.length, 1);
        assert.match(lines[0] ?? '', new RegExp($metadata.requestId ?? '-'));
      }
    });
  }

  async function removeQueue(QueueName: string): Promise<void> {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  }
});

/** Does something by a client that is made for it. */
async function by<C extends { destroy(): void }>(client: C, work: (client: C) => Promise<unknown>): Promise<void> {
  try {
    await work(client);
  } finally {
    client.destroy();
  }
}
