import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFunctionCommand, InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { LocalStatus } from '../../src/protocol/localApi.ts';
import type { LocalReadyEvent } from '../../src/protocol/localEvents.ts';
import { deploymentPackage } from '../support/deploymentPackage.ts';
import { rawRequest, streamLines, writeFiles } from '../support/localLambda.ts';
import { startLocalProcess, type LocalProcess } from '../support/localProcess.ts';
import { mountSmallDisk, type SmallDisk } from '../support/smallDisk.ts';

const project = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: fn
      Runtime: nodejs22.x
      Handler: fn.handler
      EventInvokeConfig:
        DestinationConfig:
          OnSuccess: { Type: SQS, Destination: !GetAtt Results.Arn }
  Results: { Type: AWS::SQS::Queue, Properties: { QueueName: results } }
`,
  // Runs are counted where there is room.
  'fn.mjs': `
import { appendFileSync } from 'node:fs';
export const handler = async ({ number, runs }) => {
  appendFileSync(runs, number + '\\n');
  console.log('y'.repeat(10_000));
  return 'z'.repeat(50_000);
};
`,
};

describe('local Lambda on a full disk', function () {
  this.timeout(60_000);
  let folder: string;
  let disk: SmallDisk | undefined;
  let local: LocalProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lambda-destinations-test-'));
    await writeFiles(join(folder, 'project'), project);
  });

  afterEach(async () => {
    local?.child.kill('SIGKILL');
    await local?.ended();
    local = undefined;
    await disk?.[Symbol.asyncDispose]();
    disk = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  function start(dataDir: string): LocalProcess {
    return (local = startLocalProcess(['--project', join(folder, 'project'), '--data', dataDir]));
  }

  async function control(
    { endpoint, controlToken }: LocalReadyEvent,
    path: string,
    method = 'POST',
  ): Promise<LocalStatus> {
    const headers = { authorization: `Bearer ${controlToken}` };
    const { body } = await rawRequest(endpoint, { method, path: `/_local/v1/${path}`, headers });
    return JSON.parse(body === '' ? '{}' : body) as LocalStatus;
  }

  it('refuses what it can’t keep, keeps what it has accepted, and goes on when there is room', async function () {
    disk = await mountSmallDisk(this, join(folder, 'disk'), 24);
    const filler = join(disk.folder, 'filler');
    const runs = join(folder, 'runs.txt');
    const ready = await start(join(disk.folder, 'data')).ready();
    const { endpoint } = ready;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const config = { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
    const [lambda, sqs] = [new LambdaClient(config), new SQSClient(config)];
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'results' }));
    let number = 0;
    const send = async (): Promise<string> => {
      const Payload = Buffer.from(JSON.stringify({ number: ++number, runs, pad: 'x'.repeat(20_000) }));
      const sent = await lambda.send(new InvokeCommand({ FunctionName: 'fn', InvocationType: 'Event', Payload }));
      assert.equal(sent.StatusCode, 202);
      return sent.$metadata.requestId ?? '';
    };

    await control(ready, 'queue/pause');
    const accepted: string[] = [];
    while (accepted.length < 20) accepted.push(await send());
    await assert.rejects(writeFile(filler, Buffer.alloc(32_000_000)), { code: 'ENOSPC' });

    const refusal = { name: 'ServiceException', message: /^The disk with local Lambda's data is full/ };
    await assert.rejects(async () => {
      for (;;) accepted.push(await send());
    }, refusal);
    const ZipFile = deploymentPackage([{ path: 'index.js', text: `// ${'w'.repeat(100_000)}` }]);
    const create = { FunctionName: 'other', Role: 'arn:aws:iam::000000000000:role/r', Code: { ZipFile } };
    await assert.rejects(
      lambda.send(new CreateFunctionCommand({ ...create, Runtime: 'nodejs22.x', Handler: 'index.handler' })),
      refusal,
    );
    await assert.rejects(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'v'.repeat(100_000) })), {
      ...refusal,
      name: 'InternalFailure',
    });

    await control(ready, 'queue/resume');
    // The handlers run, and what they came to can't be written.
    for (;;) {
      const event = await local?.nextEvent();
      assert.ok(event, 'it has ended');
      if (event.event === 'log' && /can't be written, next try in a second/.test(event.message)) break;
    }
    assert.equal((await lambda.send(new ListFunctionsCommand({}))).Functions?.length, 1);
    await rm(filler);

    const left = new Set(accepted);
    for await (const line of streamLines(endpoint, ready.controlToken)) {
      if (!('cursor' in line) || line.piece.kind !== 'delivery') continue;
      assert.equal(line.piece.status, 'delivered');
      assert.ok(left.delete(line.piece.requestId), 'once each');
      if (left.size === 0) break;
    }
    const records = new Set<string>();
    while (records.size < accepted.length) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      assert.ok(Messages.length > 0, `${records.size} of ${accepted.length} records`);
      for (const { Body = '' } of Messages) {
        records.add((JSON.parse(Body) as { requestContext: { requestId: string } }).requestContext.requestId);
      }
    }
    assert.deepEqual([...records].toSorted(), accepted.toSorted());
    await send();
    lambda.destroy();
    sqs.destroy();
  });

  it('does not start where nothing can be written, and says what to do', async function () {
    disk = await mountSmallDisk(this, join(folder, 'disk'), 1);
    const dataDir = join(disk.folder, 'data');
    await assert.rejects(writeFile(join(disk.folder, 'filler'), Buffer.alloc(4_000_000)), { code: 'ENOSPC' });
    const full = start(dataDir);
    const failed = await full.nextEvent();
    assert.ok(failed?.event === 'failed' && failed.code === 'badArgument', JSON.stringify(failed));
    assert.match(failed.message, /The data folder can't be used: .*[Ff]ull|no space left/);
    assert.match(failed.message, /choose another one with --data|Choose another one with --data/);
    assert.equal(await full.ended(), 1);

    await disk.makeReadOnly();
    const readOnly = start(dataDir);
    const refused = await readOnly.nextEvent();
    assert.ok(refused?.event === 'failed' && refused.code === 'badArgument', JSON.stringify(refused));
    assert.match(refused.message, /The data folder can't be used: .*read-only/);
    assert.equal(await readOnly.ended(), 1);
  });
});
