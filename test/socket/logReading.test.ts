import assert from 'node:assert/strict';
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { foldInvocation } from '../../src/model/foldInvocation.ts';
import type { Invocation, InvocationPiece } from '../../src/model/invocation.ts';
import { LogReader } from '../../src/model/logs/logReader.ts';
import { readMessage } from '../../src/model/reading/readMessage.ts';
import { parseErrorPayload } from '../../src/model/stack/errorPayload.ts';
import { summarizeInvocation } from '../../src/model/summarizeInvocation.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { anyPython } from '../support/pythons.ts';

const names = ['node', 'nodeJson', 'nodeWarn', 'python', 'pythonJson'] as const;
const actions = ['return', 'throw', 'exit', 'wait', 'catch'] as const;

function declared(name: (typeof names)[number]): string {
  const runtime = name.startsWith('node')
    ? 'Runtime: nodejs22.x\n      Handler: index.handler'
    : 'Runtime: python3.13\n      Handler: app.handler';
  const logging = name.endsWith('Json')
    ? '\n      LoggingConfig: { LogFormat: JSON, ApplicationLogLevel: INFO, SystemLogLevel: INFO }'
    : name.endsWith('Warn')
      ? '\n      LoggingConfig: { LogFormat: JSON, ApplicationLogLevel: INFO, SystemLogLevel: WARN }'
      : '';
  return `
  ${name}Function:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: ${name}
      CodeUri: code
      Timeout: 1
      ${runtime}${logging}
      DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Dead.Arn }
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig:
          OnSuccess: { Type: SQS, Destination: !GetAtt Caught.Arn }
          OnFailure: { Type: SQS, Destination: !GetAtt Caught.Arn }`;
}

const files = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Caught: { Type: AWS::SQS::Queue, Properties: { QueueName: caught } }
  Dead: { Type: AWS::SQS::Queue, Properties: { QueueName: dead } }${names.map(declared).join('')}
`,
  'code/index.js': `
console.log('loading');
exports.handler = async ({ action }) => {
  console.log('begins');
  process.stdout.write('raw\\n');
  if (action === 'exit') process.exit(3);
  if (action === 'wait') await new Promise((resolve) => setTimeout(resolve, 5000));
  if (action === 'throw') throw new TypeError('no sku\\nat all');
  if (action === 'catch') { console.error(new Error('caught')); console.log('goes on'); }
  return 9007199254740991;
};
`,
  'code/app.py': `import os
import time

print('loading')


def handler(event, context):
    action = event['action']
    print('begins')
    if action == 'exit':
        os._exit(3)
    if action == 'wait':
        time.sleep(5)
    if action == 'throw':
        raise ValueError('no sku')
    if action == 'catch':
        print('[ERROR] Shop: caught, goes on')
    return 1
`,
};

const queues = { caught: 'onFailure', dead: 'deadLetterQueue' } as const;

describe('reading AWS’s logs and destinations', function () {
  this.timeout(120_000);
  let local: TestLocalLambda;
  let told: ReadonlyMap<string, readonly InvocationPiece[]>;
  let read: ReadonlyMap<string, readonly InvocationPiece[]>;
  const requests = new Map<string, string>();

  before(async function () {
    local = await runLocalLambda({ files, pythonPath: anyPython(this) });
    const lambda = new LambdaClient(local.clientConfig);
    for (const name of names) {
      for (const action of actions) {
        const answer = await lambda.send(
          new InvokeCommand({
            FunctionName: name,
            InvocationType: 'Event',
            Payload: Buffer.from(`{"action": "${action}", "id": 9007199254740993}`),
          }),
        );
        requests.set(`${name} ${action}`, answer.$metadata.requestId ?? '');
      }
    }
    // A record for each; a dead letter for those that fail.
    const deliveries = names.length * (actions.length + 3);
    const over = (pieces: readonly InvocationPiece[]): boolean =>
      pieces.filter(({ kind }) => kind === 'delivery').length === deliveries;
    told = byRequest(await local.pieces(over));
    read = byRequest([...(await readLogs(local)), ...(await readQueues(local))]);
  });

  after(() => local[Symbol.asyncDispose]());

  for (const name of names) {
    for (const action of actions) {
      it(`gives what local Lambda tells of it: ${name}, ${action}`, () => {
        const id = requests.get(`${name} ${action}`) ?? '';
        const [exact, seen] = [foldInvocation(told.get(id) ?? []), foldInvocation(read.get(id) ?? [])];
        const withoutLogs = name === 'nodeWarn' && action !== 'wait' && action !== 'exit';
        assert.deepEqual(attempts(seen, withoutLogs), attempts(exact, withoutLogs));
        assert.deepEqual(ends(seen), ends(exact));
        assert.equal(seen.payload, `{"action": "${action}", "id": 9007199254740993}`);
      });
    }
  }

  it('gives plain lines to their request', () => {
    for (const name of ['node', 'nodeJson', 'python', 'pythonJson'] as const) {
      for (const attempt of foldInvocation(read.get(requests.get(`${name} throw`) ?? '') ?? []).attempts) {
        const text = attempt.logs.map(({ message }) => message).join('');
        assert.equal(text.split('begins').length, 2, text);
      }
    }
  });
});

function byRequest(pieces: readonly InvocationPiece[]): ReadonlyMap<string, readonly InvocationPiece[]> {
  return Map.groupBy(pieces, (piece) => ('requestId' in piece ? (piece.requestId ?? '') : ''));
}

async function readLogs(local: TestLocalLambda): Promise<readonly InvocationPiece[]> {
  const client = new CloudWatchLogsClient(local.clientConfig);
  const pieces: InvocationPiece[] = [];
  for (const functionName of names) {
    const logGroupName = `/aws/lambda/${functionName}`;
    const reader = new LogReader({ functionName, logGroupName });
    for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, limit: 7 })) {
      pieces.push(
        ...reader.read(
          events.map(({ eventId, timestamp = 0, message = '', logStreamName = '' }) => ({
            id: eventId,
            timestamp,
            message,
            logStreamName,
          })),
        ),
      );
    }
  }
  return pieces;
}

async function readQueues(local: TestLocalLambda): Promise<readonly InvocationPiece[]> {
  const client = new SQSClient(local.clientConfig);
  const pieces: InvocationPiece[] = [];
  for (const QueueName of Object.keys(queues)) {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
    for (;;) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
      );
      if (Messages.length === 0) break;
      const destinationArn = `arn:aws:sqs:us-east-1:000000000000:${QueueName}`;
      pieces.push(...Messages.map((message) => readMessage(message, { destinationArn, at: 1 })));
    }
  }
  return pieces;
}

function attempts({ attempts: all }: Invocation, lastOnly: boolean): readonly unknown[] {
  return (lastOnly ? all.slice(-1) : all).map(({ number, ended, response = ended?.response }) => {
    const error = ended?.status === 'success' || response === undefined ? undefined : parseErrorPayload(response);
    if (lastOnly) return [response];
    // JSON logs do not say how a process exited; the record says it of the last attempt.
    const message = ended?.status === 'exit' ? undefined : error?.message;
    return [number, ended?.status, ended?.executedVersion, ended?.initDurationMs !== undefined, error?.type, message];
  });
}

function ends(invocation: Invocation): unknown {
  const { outcome, deliveries } = invocation;
  const { status, errorType, errorMessage, condition } = summarizeInvocation(invocation);
  return {
    outcome: [outcome?.condition, outcome?.at],
    deliveries: new Map(deliveries.map(({ deliveryId, destinationArn, body }) => [deliveryId, [destinationArn, body]])),
    row: [status, errorType, errorMessage, condition],
  };
}
