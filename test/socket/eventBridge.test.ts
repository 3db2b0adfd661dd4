import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { skip } from '../support/skip.ts';

const arn = (service: string, name: string): string => `arn:aws:${service}:us-east-1:000000000000:${name}`;

type AcceptedPiece = Extract<InvocationPiece, { readonly kind: 'accepted' }>;

/** A function whose failures go to a bus, a rule that hands them to a queue, and a second function behind a rule. */
const project = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: nodejs22.x, CodeUri: src, Timeout: 5 }
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: worker
      Handler: worker.handler
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig:
          OnFailure: { Type: EventBridge, Destination: !GetAtt Bus.Arn }
          OnSuccess:
            Type: EventBridge
            Destination: !Sub arn:aws:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/default
  Listener:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: listener
      Handler: worker.listener
      Events:
        Succeeded:
          Type: EventBridgeRule
          Properties:
            Pattern: { source: [lambda], detail: { responsePayload: { orderId: [{ prefix: o- }] } } }
            InputPath: $.detail.responsePayload
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: failures } }
  Failed:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern:
        source: [lambda]
        detail-type: [{ suffix: Failure }]
        resources: [{ suffix: 'function:worker:$LATEST' }]
      Targets: [{ Id: queue, Arn: !GetAtt Queue.Arn }, { Id: log, Arn: !GetAtt Log.Arn }]
  Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: failed } }
  Log: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: /aws/events/failures } }
`,
  'src/worker.mjs': `
export const handler = async (event) => {
  if (event.fail) throw new TypeError('as asked');
  return event.result ?? null;
};
export const listener = async (event) => console.log('heard', JSON.stringify(event));
`,
};

describe('local EventBridge', () => {
  let local: TestLocalLambda;
  let client: EventBridgeClient;

  before(async () => {
    local = await runLocalLambda({ files: project });
    client = new EventBridgeClient(local.clientConfig);
  });

  after(async () => {
    client?.destroy();
    await local?.[Symbol.asyncDispose]();
  });

  async function receive(QueueName: string): Promise<string> {
    const sqs = new SQSClient(local.clientConfig);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    sqs.destroy();
    return Messages?.[0]?.Body ?? assert.fail(`no message in ${QueueName}`);
  }

  async function invoke(FunctionName: string, payload: string): Promise<string> {
    const lambda = new LambdaClient(local.clientConfig);
    const input = { FunctionName, InvocationType: 'Event', Payload: Buffer.from(payload) } as const;
    const { $metadata } = await lambda.send(new InvokeCommand(input));
    lambda.destroy();
    return $metadata.requestId ?? assert.fail('no request id');
  }

  async function logged(logGroupName: string): Promise<readonly string[]> {
    const logs = new CloudWatchLogsClient(local.clientConfig);
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
    logs.destroy();
    return events.map(({ message = '' }) => message);
  }

  it('hands a failure from its bus through a rule to a queue and a log group', async () => {
    const requestId = await invoke('worker', '{"fail":true,"id":9007199254740993}');
    const body = await receive('failed');
    const event = JSON.parse(body) as Record<string, unknown>;
    assert.deepEqual(Object.keys(event), [
      ...['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail'],
    ]);
    assert.equal(event['detail-type'], 'Lambda Function Invocation Result - Failure');
    assert.deepEqual(event['resources'], [
      arn('events', 'event-bus/failures'),
      arn('lambda', 'function:worker:$LATEST'),
    ]);
    assert.match(String(event['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const { requestContext } = event['detail'] as { requestContext: Record<string, unknown> };
    assert.equal(requestContext['requestId'], requestId);
    assert.equal(requestContext['condition'], 'RetriesExhausted');
    assert.ok(body.includes('"requestPayload":{"fail":true,"id":9007199254740993}'));
    assert.deepEqual(await logged('/aws/events/failures'), [body]);
    const pieces = await local.pieces((all) => all.some(({ kind }) => kind === 'delivery'));
    const delivery = pieces.find((piece) => piece.kind === 'delivery');
    assert.equal(delivery?.kind === 'delivery' && delivery.status, 'delivered');
  });

  it('hands a success through a rule of a SAM function to that function, as an event of its own', async () => {
    const requestId = await invoke('worker', '{"result":{"orderId":"o-1"}}');
    const listens = (piece: InvocationPiece): piece is AcceptedPiece =>
      piece.kind === 'accepted' && piece.functionName === 'listener';
    const pieces = await local.pieces((all) => {
      const id = all.find(listens)?.requestId;
      return all.some((piece) => piece.kind === 'outcome' && piece.requestId === id);
    });
    const heard = pieces.find(listens) ?? assert.fail('the listener got nothing');
    assert.equal(heard.payload, '{"orderId":"o-1"}');
    assert.notEqual(heard.requestId, requestId);
    const lines = await logged('/aws/lambda/listener');
    assert.ok(lines.some((line) => line.includes('heard {"orderId":"o-1"}')));
  });

  it('ends a loop of a function that a rule invokes with its own result', async () => {
    const lambda = new LambdaClient(local.clientConfig);
    const OnSuccess = { Destination: arn('events', 'event-bus/loop') };
    const config = { FunctionName: 'listener', DestinationConfig: { OnSuccess } };
    await lambda.send(new PutFunctionEventInvokeConfigCommand(config));
    lambda.destroy();
    // The bus is there since the config names it.
    const rule = { EventBusName: 'loop', EventPattern: '{"source":["lambda"]}' };
    await client.send(new PutRuleCommand({ Name: 'again', ...rule }));
    const Targets = [{ Id: 'one', Arn: arn('lambda', 'function:listener') }];
    await client.send(new PutTargetsCommand({ Rule: 'again', EventBusName: 'loop', Targets }));
    await invoke('listener', '{}');
    const pieces = await local.pieces((all) =>
      all.some((piece) => piece.kind === 'outcome' && piece.condition === 'RecursiveInvocation'),
    );
    assert.ok(pieces.filter(({ kind }) => kind === 'accepted').length < 30);
  });

  it('delivers nothing to a bus that is gone, and says so', async () => {
    await client.send(new CreateEventBusCommand({ Name: 'passing' }));
    const lambda = new LambdaClient(local.clientConfig);
    const OnSuccess = { Destination: arn('events', 'event-bus/passing') };
    const config = { FunctionName: 'worker', Qualifier: '$LATEST', DestinationConfig: { OnSuccess } };
    await lambda.send(new PutFunctionEventInvokeConfigCommand(config));
    lambda.destroy();
    await client.send(new DeleteEventBusCommand({ Name: 'passing' }));
    const requestId = await invoke('worker', '{}');
    const pieces = await local.pieces((all) =>
      all.some((piece) => piece.kind === 'delivery' && piece.requestId === requestId),
    );
    const delivery = pieces.find((piece) => piece.kind === 'delivery' && piece.requestId === requestId);
    assert.ok(delivery?.kind === 'delivery' && delivery.status === 'dropped');
    assert.match(delivery.reason ?? '', /event-bus\/passing does not exist/);
  });

  it('speaks with the AWS CLI', async function () {
    this.timeout(60_000);
    const run = promisify(execFile);
    try {
      await run('aws', ['--version']);
    } catch {
      skip(this, 'the AWS CLI (aws) is not on the PATH');
    }
    const env = { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_PAGER: '' };
    const aws = async (...args: string[]): Promise<unknown> => {
      const options = ['--endpoint-url', local.endpoint, '--region', 'us-east-1', '--output', 'json'];
      const { stdout } = await run('aws', ['events', ...args, ...options], { env });
      return stdout.trim() === '' ? undefined : JSON.parse(stdout);
    };
    const rule = ['--name', 'cli', '--event-pattern', '{"source":["cli"]}'];
    assert.deepEqual(await aws('put-rule', ...rule), { RuleArn: arn('events', 'rule/cli') });
    const targets = ['--rule', 'cli', '--targets', `Id=1,Arn=${arn('sqs', 'failed')},InputPath=$.detail`];
    assert.deepEqual(await aws('put-targets', ...targets), { FailedEntryCount: 0, FailedEntries: [] });
    const entry = [{ Source: 'cli', DetailType: 'd', Detail: '{"a": 1.0}', Time: '2026-01-02T03:04:05Z' }];
    const { FailedEntryCount } = (await aws('put-events', '--entries', JSON.stringify(entry))) as Record<
      string,
      number
    >;
    assert.equal(FailedEntryCount, 0);
    assert.equal(await receive('failed'), '{"a":1.0}');
    await assert.rejects(aws('describe-rule', '--name', 'nope'), /Rule nope does not exist on EventBus default\./);
  });

  it('has what it had after a start on the same data', async () => {
    const Detail = '{"again":true}';
    await local.stop(0);
    const { projectDir, dataDir } = local;
    await using again = await runLocalLambda({ projectDir, dataDir });
    const second = new EventBridgeClient(again.clientConfig);
    const { Rules } = await second.send(new ListRulesCommand({ EventBusName: 'loop' }));
    assert.deepEqual(
      Rules?.map(({ Name }) => Name),
      ['again'],
    );
    await second.send(new PutEventsCommand({ Entries: [{ Source: 'cli', DetailType: 'd', Detail }] }));
    second.destroy();
    const sqs = new SQSClient(again.clientConfig);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'failed' }));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    sqs.destroy();
    assert.ok(Messages?.some(({ Body }) => Body === Detail));
  });
});
