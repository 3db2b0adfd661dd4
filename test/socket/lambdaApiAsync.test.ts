import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient, type Message } from '@aws-sdk/client-sqs';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import type { LocalWaits } from '../../src/protocol/localApi.ts';
import type { LocalProjectEvent } from '../../src/protocol/localEvents.ts';
import { runLocalLambda, streamLines, type TestLocalLambda } from '../support/localLambda.ts';
import { twoFunctions } from '../support/localProjects.ts';

const example = join(import.meta.dirname, '..', '..', 'examples', 'event-destinations');

interface ExecutionRecord {
  readonly requestContext: { readonly requestId: string; readonly approximateInvokeCount: number };
  readonly responsePayload: {
    readonly errorType?: string;
    readonly stackTrace?: readonly string[];
    readonly trace?: readonly string[];
  };
}

/** Sends an event; gives its request id. */
async function send(local: TestLocalLambda, FunctionName: string, payload: string): Promise<string> {
  const client = new LambdaClient(local.clientConfig);
  const { StatusCode, $metadata } = await client.send(
    new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: Buffer.from(payload) }),
  );
  client.destroy();
  assert.equal(StatusCode, 202);
  return $metadata.requestId ?? assert.fail('no request id');
}

/** The next message of a queue. */
async function receive(local: TestLocalLambda, QueueName: string): Promise<Message> {
  const client = new SQSClient(local.clientConfig);
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
  const { Messages } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10, MessageAttributeNames: ['All'] }),
  );
  client.destroy();
  return Messages?.[0] ?? assert.fail(`no message in ${QueueName}`);
}

function of<K extends InvocationPiece['kind']>(
  pieces: readonly InvocationPiece[],
  kind: K,
  requestId: string,
): Extract<InvocationPiece, { kind: K }>[] {
  return pieces.filter(
    (piece): piece is Extract<InvocationPiece, { kind: K }> =>
      piece.kind === kind && 'requestId' in piece && piece.requestId === requestId,
  );
}

describe('asynchronous invocation from end to end', () => {
  let local: TestLocalLambda;
  const running: TestLocalLambda[] = [];

  async function start(...options: Parameters<typeof runLocalLambda>): Promise<TestLocalLambda> {
    local = await runLocalLambda(...options);
    running.push(local);
    return local;
  }

  afterEach(async () => {
    for (const one of running.splice(0).toReversed()) await one[Symbol.asyncDispose]();
  });

  it('AWS’s walkthrough: three attempts, and the record reaches the second function', async () => {
    await start({ projectDir: example });
    const requestId = await send(local, 'event-destinations', '{ "Success": false }');
    const pieces = await local.pieces((all) =>
      all.some((piece) => piece.kind === 'outcome' && piece.requestId !== requestId),
    );
    const shape = pieces.flatMap((piece) =>
      'requestId' in piece && piece.requestId === requestId ? [piece.kind] : [],
    );
    const attempt = ['attemptStarted', 'attemptEnded', 'log'];
    assert.deepEqual(shape, ['accepted', ...attempt, 'wait', ...attempt, 'wait', ...attempt, 'outcome', 'delivery']);
    assert.deepEqual(
      of(pieces, 'wait', requestId).map(({ nominalMs, at, until }) => [nominalMs, until - at]),
      [
        [60_000, 100],
        [120_000, 200],
      ],
    );

    const logs = new CloudWatchLogsClient(local.clientConfig);
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: '/aws/lambda/event-destinations-failures',
        filterPattern: 'RetriesExhausted',
      }),
    );
    logs.destroy();
    const record = JSON.parse(events[0]?.message?.split('\t')[3] ?? '') as Record<string, Record<string, unknown>>;
    assert.equal(record['requestContext']?.['requestId'], requestId);
    assert.equal(record['requestContext']['condition'], 'RetriesExhausted');
    assert.equal(record['requestContext']['approximateInvokeCount'], 3);
    assert.deepEqual(record['requestPayload'], { Success: false });
    assert.match(JSON.stringify(record['responsePayload']), /file:\/\/\/var\/task\/index\.mjs:\d+:\d+/);
  });

  it('AWS’s walkthrough: a success reaches the queue that is subscribed to the topic', async () => {
    await start({ projectDir: example });
    const requestId = await send(local, 'event-destinations', ' {"Success":  true}\n');
    const { Body = '' } = await receive(local, 'event-destinations-successes');
    assert.ok(Body.includes('"requestPayload": {"Success":  true}\n,"responseContext":'), Body);
    assert.ok(Body.endsWith('"responsePayload":null}'));
    assert.equal((JSON.parse(Body) as { requestContext: { requestId: string } }).requestContext.requestId, requestId);
  });

  it('the example in Python: the record of each outcome is in its queue', async () => {
    await start({ projectDir: example });
    const failed = await send(local, 'python-orders', '{ "Success": false }');
    const failure = JSON.parse((await receive(local, 'python-orders-failures')).Body ?? '') as ExecutionRecord;
    assert.equal(failure.requestContext.requestId, failed);
    assert.equal(failure.requestContext.approximateInvokeCount, 2);
    assert.equal(failure.responsePayload.errorType, 'ValueError');
    assert.match(
      failure.responsePayload.stackTrace?.at(-1) ?? '',
      /"\/var\/task\/app.py", line 12, in require_success/,
    );
    const succeeded = await send(local, 'python-orders', '{ "Success": true }');
    const success = JSON.parse((await receive(local, 'python-orders-successes')).Body ?? '') as ExecutionRecord;
    assert.deepEqual(success.responsePayload, { requestId: succeeded });
  });

  it('the example in TypeScript: a rule of the bus sends the record of a failure on to a queue', async () => {
    await start({ projectDir: example });
    await send(local, 'typescript-orders', '{ "Success": true, "Items": [] }');
    const failed = await send(local, 'typescript-orders', '{ "Success": false }');
    const event = JSON.parse((await receive(local, 'failed-orders')).Body ?? '') as {
      readonly 'detail-type': string;
      readonly detail: ExecutionRecord;
    };
    assert.equal(event['detail-type'], 'Lambda Function Invocation Result - Failure');
    assert.equal(event.detail.requestContext.requestId, failed);
    assert.equal(event.detail.responsePayload.errorType, 'RefusedOrder');
    assert.match(event.detail.responsePayload.trace?.[1] ?? '', /\(file:\/\/\/var\/task\/app\.ts:\d+:\d+\)/);
  });

  it('a failure reaches the dead-letter queue and the on-failure queue', async () => {
    await start({ files: twoFunctions });
    const requestId = await send(local, 'worker', '{"fail":true}');
    const dead = await receive(local, 'dead');
    assert.equal(dead.Body, '{"fail":true}');
    assert.equal(dead.MessageAttributes?.['RequestID']?.StringValue, requestId);
    const bad = await receive(local, 'bad');
    assert.match(bad.Body ?? '', /"condition":"RetriesExhausted","approximateInvokeCount":2/);
  });

  it('a queue that a config names through the API is there', async () => {
    await start({ files: twoFunctions });
    const client = new LambdaClient(local.clientConfig);
    const Destination = 'arn:aws:sqs:us-east-1:000000000000:made';
    await client.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: 'other',
        DestinationConfig: { OnSuccess: { Destination } },
      }),
    );
    client.destroy();
    await send(local, 'other', '{}');
    const { Body = '' } = await receive(local, 'made');
    assert.match(Body, /"condition":"Success"/);
  });

  it('a topic invokes a function that is subscribed to it', async () => {
    const template = `${twoFunctions['template.yaml']}
  News: { Type: AWS::SNS::Topic, Properties: { TopicName: news } }
  NewsToWorker:
    Type: AWS::SNS::Subscription
    Properties: { TopicArn: !Ref News, Protocol: lambda, Endpoint: !GetAtt Worker.Arn }
`;
    await start({ files: { ...twoFunctions, 'template.yaml': template } });
    const sns = new SNSClient(local.clientConfig);
    await sns.send(new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:000000000000:news', Message: 'hello' }));
    sns.destroy();
    const { Body = '' } = await receive(local, 'good');
    const { requestPayload } = JSON.parse(Body) as { requestPayload: { Records: { Sns: { Message: string } }[] } };
    assert.equal(requestPayload.Records[0]?.Sns.Message, 'hello');
  });

  it('an event that waits goes on after a restart, and the config set through the API stays', async () => {
    const first = await start({ files: twoFunctions, timeScale: 1 });
    const client = new LambdaClient(first.clientConfig);
    await client.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: 'worker',
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:api' } },
      }),
    );
    client.destroy();
    const requestId = await send(first, 'worker', '{"fail":true}');
    await first.pieces((all) => of(all, 'wait', requestId).length === 1);
    assert.deepEqual(
      { ...first.status(), pid: 0 },
      {
        pid: 0,
        projectDir: first.projectDir,
        timeScale: 1,
        queued: 1,
        running: 0,
        paused: false,
        templates: [join(first.projectDir, 'template.yaml')],
        problems: [],
      },
    );
    await first.stop(0);

    const { projectDir, dataDir } = first;
    const second = await start({ projectDir, dataDir, timeScale: 1 });
    assert.equal(second.status().queued, 1);
    const skipped = await second.raw({
      method: 'POST',
      path: `/_local/v1/invocations/${requestId}/skip-wait`,
      headers: { authorization: `Bearer ${second.controlToken}` },
    });
    assert.equal(skipped.status, 204);
    const { Body = '' } = await receive(second, 'api');
    assert.match(Body, new RegExp(`"requestId":"${requestId}".*"approximateInvokeCount":2`));

    const again = new LambdaClient(second.clientConfig);
    const config = await again.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'worker' }));
    again.destroy();
    assert.equal(config.DestinationConfig?.OnSuccess?.Destination, undefined);
  });

  it('a paused queue accepts events and runs them when it is resumed', async () => {
    await start({ files: twoFunctions });
    const control = async (path: string): Promise<number> => {
      const headers = { authorization: `Bearer ${local.controlToken}` };
      return (await local.raw({ method: 'POST', path, headers })).status;
    };
    assert.equal(await control('/_local/v1/queue/pause'), 204);
    const requestId = await send(local, 'other', '{}');
    // One after the other: what is not run first would be here by now.
    const { status } = await local.raw({ method: 'POST', path: '/2015-03-31/functions/other/invocations', body: '{}' });
    assert.equal(status, 200);
    assert.deepEqual([local.status().queued, local.status().running, local.status().paused], [1, 0, true]);
    assert.equal(await control('/_local/v1/queue/resume'), 204);
    await local.pieces((all) => of(all, 'outcome', requestId).length === 1);
    assert.equal(local.status().paused, false);
  });

  it('what waits is told with its due time, and can be skipped as a whole', async () => {
    await start({ files: twoFunctions, timeScale: 1 });
    const control = async (method: string, path: string): Promise<unknown> => {
      const headers = { authorization: `Bearer ${local.controlToken}` };
      const { status, body } = await local.raw({ method, path, headers });
      assert.equal(status, 200);
      return JSON.parse(body);
    };
    assert.deepEqual(await control('GET', '/_local/v1/waits'), { total: 0, waits: [] });
    const ids = [await send(local, 'worker', '{"fail":true}'), await send(local, 'worker', '{"fail":true}')];
    const pieces = await local.pieces((all) => ids.every((id) => of(all, 'wait', id).length === 1));
    const { total, waits } = (await control('GET', '/_local/v1/waits')) as LocalWaits;
    assert.equal(total, 2);
    for (const wait of waits) {
      const [piece] = of(pieces, 'wait', wait.requestId);
      const { functionArn, ...rest } = wait;
      assert.deepEqual({ kind: 'wait', ...rest }, piece);
      assert.equal(functionArn, 'arn:aws:lambda:us-east-1:000000000000:function:worker:$LATEST');
    }
    assert.deepEqual(await control('POST', '/_local/v1/waits/skip'), { skipped: 2 });
    await local.pieces((all) => ids.every((id) => of(all, 'attemptStarted', id).length === 2));
  });

  it('nothing waits under an unknown id', async () => {
    await start({ files: twoFunctions });
    const { status } = await local.raw({
      method: 'POST',
      path: '/_local/v1/invocations/nothing/skip-wait',
      headers: { authorization: `Bearer ${local.controlToken}` },
    });
    assert.equal(status, 404);
  });

  it('the stream goes on after a cursor, and begins anew for another stream’s', async () => {
    await start({ files: twoFunctions });
    const requestId = await send(local, 'other', '{}');
    await local.pieces((all) => of(all, 'outcome', requestId).length === 1);
    const read = async (query: string): Promise<string> => {
      const seen: string[] = [];
      for await (const line of streamLines(local.endpoint, local.controlToken, query)) {
        seen.push('cursor' in line ? line.piece.kind : `hello ${line.after}`);
        if (seen.length === 2) break;
      }
      return seen.join(', ');
    };
    let stream = '';
    for await (const line of streamLines(local.endpoint, local.controlToken)) {
      if (!('cursor' in line)) ({ stream } = line);
      else break;
    }
    assert.equal(await read('?after=1'), 'hello 1, attemptStarted');
    assert.equal(await read(`?after=1&stream=${stream}`), 'hello 1, attemptStarted');
    assert.equal(await read('?after=1&stream=other'), 'hello 0, accepted');
  });

  it('a template that changes is read again; one that does not parse changes nothing', async () => {
    const events: LocalProjectEvent[] = [];
    let told = (): void => undefined;
    const next = async (wanted: (event: LocalProjectEvent) => boolean): Promise<LocalProjectEvent> => {
      for (;;) {
        const found = events.find(wanted);
        if (found) return found;
        await new Promise<void>((resolve) => (told = resolve));
      }
    };
    await start({
      files: twoFunctions,
      onProject(event) {
        events.push(event);
        told();
      },
    });
    assert.deepEqual(events[0]?.functions, ['busy', 'other', 'worker']);
    const file = join(local.projectDir, 'template.yaml');
    const template = twoFunctions['template.yaml'] ?? '';

    await writeFile(file, `${template}\n  bad: [`);
    const broken = await next(({ problems }) => problems.length > 0);
    assert.deepEqual(broken.functions, ['busy', 'other', 'worker']);
    assert.match(broken.problems[0]?.message ?? '', /YAML/);
    assert.deepEqual(local.status().problems, broken.problems);
    assert.equal(await listed(local), 'busy, other, worker');

    // As editors save: a new file in the old one's place.
    await writeFile(`${file}.tmp`, template.replace('FunctionName: other', 'FunctionName: renamed'));
    await rename(`${file}.tmp`, file);
    await next(({ functions }) => functions.includes('renamed'));
    assert.equal(await listed(local), 'busy, renamed, worker');
    assert.deepEqual(local.status().problems, []);
  });

  it('inline code runs; an image is listed and says why it can’t', async () => {
    await start({
      files: {
        'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Inline:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: inline
      Runtime: nodejs22.x
      Handler: index.handler
      Role: arn:aws:iam::000000000000:role/r
      Code: { ZipFile: "exports.handler = async (event) => ({ got: event });" }
  Image:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: image, PackageType: Image, ImageUri: "x:latest" }
  Elsewhere:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: elsewhere, Runtime: nodejs22.x, Handler: a.b, CodeUri: "s3://bucket/key" }
`,
        'package.json': '{"type":"module"}',
      },
    });
    const client = new LambdaClient(local.clientConfig);
    const run = async (FunctionName: string): Promise<string> => {
      const { Payload, FunctionError } = await client.send(
        new InvokeCommand({ FunctionName, Payload: Buffer.from('1') }),
      );
      return `${FunctionError ?? ''} ${Payload?.transformToString() ?? ''}`;
    };
    assert.equal(await run('inline'), ' {"got":1}');
    assert.match(await run('image'), /^Unhandled .*container image/);
    assert.match(await run('elsewhere'), /^Unhandled .*not on this machine/);
    const { Functions = [] } = await client.send(new ListFunctionsCommand({}));
    client.destroy();
    assert.deepEqual(
      Functions.map(({ FunctionName, PackageType }) => [FunctionName, PackageType]),
      [
        ['elsewhere', 'Zip'],
        ['image', 'Image'],
        ['inline', 'Zip'],
      ],
    );
  });

  it('a handler’s own calls reach local Lambda, and the chain of events is kept', async () => {
    const code = `
import { request } from 'node:http';
export const handler = () => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(process.env.AWS_ENDPOINT_URL_LAMBDA);
  request({ hostname, port, method: 'POST', path: '/2015-03-31/functions/other/invocations', headers: {
    authorization: 'AWS4-HMAC-SHA256 Credential=t/20260101/us-east-1/lambda/aws4_request',
    'x-amz-invocation-type': 'Event', 'x-amzn-trace-id': process.env._X_AMZN_TRACE_ID } },
    (answer) => answer.on('end', () => resolve(answer.statusCode)).resume()).on('error', reject).end('{}');
});`;
    await start({ files: { ...twoFunctions, 'src/worker.mjs': code } });
    const requestId = await send(local, 'worker', '{}');
    const pieces = await local.pieces((all) => all.filter(({ kind }) => kind === 'outcome').length === 2);
    assert.equal(of(pieces, 'attemptEnded', requestId)[0]?.response, '202');
    assert.deepEqual(
      pieces.flatMap((piece) => (piece.kind === 'accepted' ? [piece.functionName] : [])),
      ['worker', 'other'],
    );
  });
});

async function listed(local: TestLocalLambda): Promise<string> {
  const client = new LambdaClient(local.clientConfig);
  const { Functions = [] } = await client.send(new ListFunctionsCommand({}));
  client.destroy();
  return Functions.map(({ FunctionName }) => FunctionName).join(', ');
}
