import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  InvokeCommand,
  LambdaClient,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import type { LocalReadyEvent } from '../../src/protocol/localEvents.ts';
import { deploymentPackage } from '../support/deploymentPackage.ts';
import { streamLines, writeFiles } from '../support/localLambda.ts';
import { startLocalProcess, type LocalProcess } from '../support/localProcess.ts';

const count = 10_000;

const nameOf = (index: number): string => `fn-${String(index).padStart(5, '0')}`;

/** As people write them: some twenty values a function. */
function template(functions: number): string {
  const one = (index: number): string => `
  Fn${index}:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: ${nameOf(index)}
      Runtime: nodejs22.x
      Handler: fn.handler
      MemorySize: 256
      Environment: { Variables: { STAGE: test, NUMBER: '${index}' } }
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig:
          OnSuccess: { Type: SQS, Destination: !GetAtt Results.Arn }`;
  const all = Array.from({ length: functions }, (_, index) => one(index)).join('');
  return `Transform: AWS::Serverless-2016-10-31\nResources:\n  Results: { Type: AWS::SQS::Queue }${all}\n`;
}

describe('ten thousand functions', function () {
  this.timeout(180_000);
  let folder: string;
  let local: LocalProcess | undefined;
  let client: LambdaClient | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lambda-destinations-test-'));
  });

  afterEach(async () => {
    client?.destroy();
    local?.child.kill('SIGKILL');
    await local?.ended();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function start(...args: string[]): Promise<{ readonly ready: LocalReadyEvent; readonly client: LambdaClient }> {
    local = startLocalProcess(['--project', join(folder, 'project'), ...args]);
    const ready = await local.ready();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    client = new LambdaClient({ endpoint: ready.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
    return { ready, client };
  }

  async function namesOf(lambda: LambdaClient): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, { MaxItems: 50 })) {
      names.push(...Functions.map(({ FunctionName }) => FunctionName ?? ''));
    }
    return names;
  }

  /** Of the process, in MB; `undefined` where the system does not say. */
  async function memory(): Promise<number | undefined> {
    const status = await readFile(`/proc/${local?.child.pid}/status`, 'utf8').catch(() => '');
    const kilobytes = /VmRSS:\s+(\d+)/.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  }

  it('of a template are there within seconds, are listed, run, and follow it', async () => {
    const files = { 'template.yaml': template(count), 'fn.mjs': 'export const handler = async () => "done";' };
    await writeFiles(join(folder, 'project'), files);
    const began = performance.now();
    const { ready, client: lambda } = await start();
    // 3 s on two cores at rest.
    assert.ok(performance.now() - began < 60_000);
    assert.deepEqual(
      await namesOf(lambda),
      Array.from({ length: count }, (_, index) => nameOf(index)),
    );
    const FunctionName = nameOf(count - 1);
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
    assert.equal(Buffer.from(Payload ?? []).toString(), '"done"');
    const sent = await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event' }));
    assert.equal(sent.StatusCode, 202);
    for await (const line of streamLines(ready.endpoint, ready.controlToken)) {
      if ('cursor' in line && line.piece.kind === 'delivery') break;
    }
    assert.ok(((await memory()) ?? 0) < 1_000, `${await memory()} MB`);

    await local?.nextEvent();
    await writeFile(join(folder, 'project', 'template.yaml'), template(count - 1));
    const project = await local?.nextEvent();
    assert.ok(project?.event === 'project');
    assert.equal(project.functions.length, count - 1);
    assert.equal((await namesOf(lambda)).length, count - 1);
  });

  it('are created through the API, the last as fast as the first, and are there after a restart', async () => {
    await writeFiles(join(folder, 'project'), { 'template.yaml': 'Resources: {}\n' });
    const data = ['--data', join(folder, 'data')];
    const { client: lambda } = await start(...data);
    const ZipFile = deploymentPackage([{ path: 'index.js', text: 'exports.handler = async () => "done";' }]);
    const parameters = {
      Role: 'arn:aws:iam::000000000000:role/r',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile },
    } as const;
    let next = 0;
    const create = async (until: number): Promise<number> => {
      const began = performance.now();
      const work = async (): Promise<void> => {
        while (next < until) {
          await lambda.send(new CreateFunctionCommand({ FunctionName: nameOf(next++), ...parameters }));
        }
      };
      await Promise.all(Array.from({ length: 8 }, work));
      return performance.now() - began;
    };
    await create(1_000);
    const first = await create(3_000);
    await create(count - 2_000);
    const last = await create(count);
    assert.ok(last < 4 * first, `${Math.round(first)} ms, then ${Math.round(last)} ms`);
    assert.ok(((await memory()) ?? 0) < 500, `${await memory()} MB`);
    assert.equal((await namesOf(lambda)).length, count);
    await lambda.send(new DeleteFunctionCommand({ FunctionName: nameOf(0) }));
    lambda.destroy();
    local?.child.kill('SIGTERM');
    assert.equal(await local?.ended(), 0);

    const { client: again } = await start(...data);
    assert.equal((await namesOf(again)).length, count - 1);
    const { Payload } = await again.send(new InvokeCommand({ FunctionName: nameOf(count - 1) }));
    assert.equal(Buffer.from(Payload ?? []).toString(), '"done"');
  });
});
