import assert from 'node:assert/strict';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { createAwsClients, type AwsClients } from '../../src/aws/awsClients.ts';
import { createFunctionLogs, type FunctionLogs } from '../../src/aws/sources/functionLogs.ts';
import { createLogsPace } from '../../src/aws/sources/logsPace.ts';
import { foldInvocation } from '../../src/model/foldInvocation.ts';
import type { Invocation, InvocationPiece } from '../../src/model/invocation.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { fakeLog } from '../support/panelFakes.ts';
import { memorySink, type MemorySink } from '../support/sourceBackends.ts';
import { when } from '../support/when.ts';

const functionOf = (name: string, logging: string): string => `
  ${name}Function:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: ${name}
      CodeUri: code
      Handler: index.handler
      Runtime: nodejs22.x
      LoggingConfig: { ${logging} }
      EventInvokeConfig: { MaximumRetryAttempts: 1 }`;

const files = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:${functionOf('text', 'LogFormat: Text')}${functionOf('json', 'LogFormat: JSON')}${functionOf('east', 'LogFormat: Text, LogGroup: /shop/shared')}${functionOf('west', 'LogFormat: JSON, LogGroup: /shop/shared')}
`,
  'code/index.js': `
exports.handler = async ({ action, name }) => {
  console.log('begins ' + name);
  if (action === 'throw') throw new TypeError('no sku');
  return name;
};
`,
};

describe('the logs of a function', function () {
  this.timeout(60_000);
  let local: TestLocalLambda;
  let clients: AwsClients;
  let lambda: LambdaClient;
  const pace = createLogsPace({ perSecond: 50 });
  const started: FunctionLogs[] = [];

  before(async () => {
    local = await runLocalLambda({ files });
    const { endpoint, region, credentials } = local.clientConfig;
    clients = createAwsClients({ endpoint, region, credentials });
    lambda = new LambdaClient(local.clientConfig);
  });
  afterEach(async () => {
    for (const logs of started.splice(0)) await logs.dispose();
  });
  after(async () => {
    lambda.destroy();
    await clients.dispose();
    await local[Symbol.asyncDispose]();
  });

  const start = async (functionName: string, sink: MemorySink): Promise<FunctionLogs> => {
    const logs = createFunctionLogs({ clients, functionName, pace, sink, log: fakeLog(), fastestMs: 20 });
    started.push(logs);
    await logs.start();
    return logs;
  };

  const send = async (functionName: string, event: unknown): Promise<string> => {
    const command = new InvokeCommand({
      FunctionName: functionName,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(event)),
    });
    return (await lambda.send(command)).$metadata.requestId ?? '';
  };

  for (const name of ['text', 'json', 'east', 'west']) {
    it(`tell each attempt: ${name}`, async () => {
      const sink = memorySink();
      const logs = await start(name, sink);
      const at = Date.now();
      const [fine, failing] = [await send(name, { name: 'a' }), await send(name, { name: 'b', action: 'throw' })];
      logs.watch([fine, failing], at);
      const ends = ({ attempts }: Invocation): readonly unknown[] =>
        attempts.map(({ number, ended }) => [number, ended?.status]);
      const count = (id: string): number => invocation(sink, id).attempts.filter(({ ended }) => ended).length;
      await when(sink.onDidIngest, () => (count(failing) === 2 && count(fine) === 1 ? true : undefined));
      assert.deepEqual(ends(invocation(sink, fine)), [[1, 'success']]);
      assert.deepEqual(ends(invocation(sink, failing)), [
        [1, 'error'],
        [2, 'error'],
      ]);
      const lines = invocation(sink, fine).attempts.flatMap((attempt) => attempt.logs);
      assert.equal(lines.filter(({ message }) => message.includes('begins a')).length, 1);
    });
  }
});

function invocation(sink: MemorySink, requestId: string): Invocation {
  const own = (piece: InvocationPiece): boolean => 'requestId' in piece && piece.requestId === requestId;
  return foldInvocation(sink.pieces.filter(own));
}
