import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient, TooManyRequestsException } from '@aws-sdk/client-lambda';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import { eventually } from '../support/environmentsHarness.ts';
import { runLocalLambda } from '../support/localLambda.ts';
import type { TestLocalLambda } from '../support/localLambda.ts';

const FILES = {
  'template.yaml': `
Globals: { Function: { Runtime: nodejs22.x, CodeUri: src, Timeout: 30 } }
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: one, Handler: index.gated, ReservedConcurrentExecutions: 1 }
  Two:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: two, Handler: index.counted, ReservedConcurrentExecutions: 2 }
`,
  'src/index.js': `
    const { appendFileSync, existsSync } = require('node:fs');
    const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
    exports.gated = async ({ gate }) => {
      appendFileSync(gate + '.runs', '+');
      while (!existsSync(gate)) await pause();
      return 'done';
    };
    exports.counted = async ({ file }) => {
      appendFileSync(file, '+');
      for (let i = 0; i < 10; i++) await pause();
      appendFileSync(file, '-');
    };`,
};

describe('reserved concurrency', function () {
  this.timeout(30_000);
  let local: TestLocalLambda;
  let client: LambdaClient;

  beforeEach(async () => {
    local = await runLocalLambda({ files: FILES, timeScale: 100 });
    client = new LambdaClient(local.clientConfig);
  });

  afterEach(async () => {
    client.destroy();
    await local[Symbol.asyncDispose]();
  });

  const invoke = async (name: string, event: object, type: 'Event' | 'RequestResponse'): Promise<string> => {
    const Payload = Buffer.from(JSON.stringify(event));
    const answer = await client.send(new InvokeCommand({ FunctionName: name, InvocationType: type, Payload }));
    return answer.Payload?.transformToString() ?? '';
  };
  const runs = (gate: string): Promise<string> => readFile(`${gate}.runs`, 'utf8').catch(() => '');
  const kinds = (pieces: readonly InvocationPiece[]): readonly string[] =>
    pieces.flatMap((piece) => (piece.kind === 'wait' ? [`wait ${piece.reason}`] : [piece.kind]));

  it('is not exceeded by events', async () => {
    const file = join(local.projectDir, 'counted');
    for (let sent = 0; sent < 8; sent++) await invoke('two', { file }, 'Event');
    await eventually(async () => (await readFile(file, 'utf8').catch(() => '')).replaceAll('+', '').length === 8);
    let running = 0;
    let most = 0;
    for (const sign of await readFile(file, 'utf8')) {
      running += sign === '+' ? 1 : -1;
      most = Math.max(most, running);
    }
    assert.equal(most, 2);
  });

  it('is used up by an event: a synchronous invocation is refused meanwhile', async () => {
    const gate = join(local.projectDir, 'gate');
    await invoke('one', { gate }, 'Event');
    await eventually(async () => (await runs(gate)) === '+');
    await assert.rejects(invoke('one', { gate }, 'RequestResponse'), (error) => {
      assert.ok(error instanceof TooManyRequestsException);
      assert.deepEqual(
        [error.$metadata.httpStatusCode, error.Reason],
        [429, 'ReservedFunctionConcurrentInvocationLimitExceeded'],
      );
      return true;
    });
    await writeFile(gate, '');
    await eventually(() => local.status().queued + local.status().running === 0);
    assert.equal(await invoke('one', { gate }, 'RequestResponse'), '"done"');
  });

  it('is used up by a synchronous invocation: another is refused, an event waits', async () => {
    const gate = join(local.projectDir, 'gate');
    const first = invoke('one', { gate }, 'RequestResponse');
    await eventually(async () => (await runs(gate)) === '+');
    await assert.rejects(invoke('one', { gate }, 'RequestResponse'), TooManyRequestsException);
    await invoke('one', { gate }, 'Event');
    await local.pieces((pieces) => kinds(pieces).includes('wait throttle'));
    assert.equal(await runs(gate), '+');
    await writeFile(gate, '');
    assert.equal(await first, '"done"');
    await eventually(async () => (await runs(gate)) === '++');
  });
});
