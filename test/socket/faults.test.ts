import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, LambdaClient, TooManyRequestsException } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createFaultControls, type FaultControls } from '../../src/connections/faultControls.ts';
import { createLocalConnection } from '../../src/connections/localConnection.ts';
import type { LocalSettings } from '../../src/connections/localServer.ts';
import { LocalFaultRegistry } from '../../src/local/faults/localFaults.ts';
import { Emitter } from '../../src/model/event.ts';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import { faultsPath } from '../../src/protocol/localFaults.ts';
import { startHarness } from '../support/environmentsHarness.ts';
import { runLocalLambda, streamLines, writeFiles, type TestLocalLambda } from '../support/localLambda.ts';
import { fakeLog } from '../support/panelFakes.ts';
import { when } from '../support/when.ts';

const worker = `
let runs = 0;
export const handler = async () => {
  console.log('ran');
  return { runs: ++runs };
};
`;

const files = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: nodejs22.x, CodeUri: src, Timeout: 5, MemorySize: 256 }
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: worker
      Handler: worker.handler
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig:
          OnSuccess: { Type: SQS, Destination: !GetAtt Good.Arn }
          OnFailure: { Type: SQS, Destination: !GetAtt Bad.Arn }
  Counted:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: counted
      Handler: worker.handler
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig: { OnFailure: { Type: SQS, Destination: !GetAtt Bad.Arn } }
  Limited:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: limited, Handler: worker.handler, ReservedConcurrentExecutions: 2 }
  Good: { Type: AWS::SQS::Queue, Properties: { QueueName: good } }
  Bad: { Type: AWS::SQS::Queue, Properties: { QueueName: bad } }
`,
  'src/worker.mjs': worker,
};

interface RecordBody {
  readonly requestContext: {
    readonly requestId: string;
    readonly condition: string;
    readonly approximateInvokeCount: number;
  };
  readonly responseContext: unknown;
  readonly responsePayload: unknown;
}

/** What changes from run to run. */
function normalised(lines: readonly string[], requestId: string): string[] {
  return lines.map((line) =>
    line
      .replaceAll(requestId, 'ID')
      .replace(/^INIT_START.*\n$/, 'INIT_START\n')
      .replace(/Init Duration: [\d.]+ ms/, 'Init Duration: N ms'),
  );
}

describe('faults on demand', function () {
  this.timeout(40_000);
  let local: TestLocalLambda;
  let lambda: LambdaClient;
  let sqs: SQSClient;
  let faults: FaultControls;

  before(async () => {
    local = await runLocalLambda({ files });
    lambda = new LambdaClient(local.clientConfig);
    sqs = new SQSClient(local.clientConfig);
    faults = createFaultControls(local);
  });
  after(async () => {
    lambda.destroy();
    sqs.destroy();
    await local[Symbol.asyncDispose]();
  });
  afterEach(() => faults.removeAll());

  /** Sends an event and waits until so many pieces of a kind are told of it; gives its pieces. */
  const run = async (FunctionName: string, kind: InvocationPiece['kind'] = 'outcome', count = 1): Promise<Run> => {
    const { $metadata } = await lambda.send(
      new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: Buffer.from('{"n":1}') }),
    );
    const { requestId = '' } = $metadata;
    const ours = (all: readonly InvocationPiece[]): InvocationPiece[] =>
      all.filter((piece) => 'requestId' in piece && piece.requestId === requestId);
    const all = await local.pieces((pieces) => ours(pieces).filter((piece) => piece.kind === kind).length >= count);
    return { requestId, pieces: ours(all) };
  };
  interface Run {
    readonly requestId: string;
    readonly pieces: readonly InvocationPiece[];
  }
  const of = <K extends InvocationPiece['kind']>({ pieces }: Run, kind: K): Extract<InvocationPiece, { kind: K }>[] =>
    pieces.filter((piece): piece is Extract<InvocationPiece, { kind: K }> => piece.kind === kind);
  const linesOf = (ran: Run): string[] =>
    normalised(
      of(ran, 'log').flatMap(({ lines }) => lines.map(({ message }) => message)),
      ran.requestId,
    );
  /** The next records of a queue. */
  const receive = async (QueueName: string): Promise<RecordBody[]> => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5, MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body = '' }) => JSON.parse(Body) as RecordBody);
  };
  const invoke = async (FunctionName: string): Promise<{ functionError: string | undefined; payload: unknown }> => {
    const { FunctionError: functionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
    return { functionError, payload: JSON.parse(Buffer.from(Payload ?? []).toString()) as unknown };
  };
  const unhandled = { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' };

  it('timeout: log, record and error are those of a time-out, and the handler has not run', async () => {
    await faults.add({ functionName: 'worker', kind: 'timeout', times: 1 });
    const ran = await run('worker');
    const lines = linesOf(ran);
    assert.deepEqual(lines.slice(0, 3), [
      'INIT_START\n',
      'START RequestId: ID Version: $LATEST\n',
      'END RequestId: ID\n',
    ]);
    assert.match(
      lines[3] ?? '',
      /^REPORT RequestId: ID\tDuration: 5000\.00 ms\tBilled Duration: 5\d{3} ms\tMemory Size: 256 MB\tMax Memory Used: [1-9]\d* MB\tInit Duration: N ms\tStatus: timeout\n$/,
    );
    assert.equal(lines.length, 4);
    const [ended] = of(ran, 'attemptEnded');
    assert.equal(ended?.fault, 'timeout');
    assert.equal(ended.status, 'timeout');
    assert.equal(of(ran, 'outcome')[0]?.fault, 'timeout');
    const errorMessage = `RequestId: ${ran.requestId} Error: Task timed out after 5.00 seconds`;
    const [record] = await receive('bad');
    assert.equal(record?.requestContext.condition, 'RetriesExhausted');
    assert.equal(record.requestContext.approximateInvokeCount, 1);
    assert.deepEqual(record.responseContext, unhandled);
    assert.equal(
      JSON.stringify(record.responsePayload),
      JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage }),
    );
    assert.deepEqual(await faults.list(), []);
  });

  it('outOfMemory: the process was killed, and all of the memory was used', async () => {
    await faults.add({ functionName: '*', kind: 'outOfMemory', times: 1 });
    const ran = await run('worker');
    const lines = linesOf(ran);
    assert.deepEqual(lines.slice(0, 4), [
      'INIT_START\n',
      'START RequestId: ID Version: $LATEST\n',
      'RequestId: ID Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n',
      'END RequestId: ID\n',
    ]);
    assert.match(
      lines[4] ?? '',
      /\tMemory Size: 256 MB\tMax Memory Used: 256 MB\tInit Duration: N ms\tStatus: error\tError Type: Runtime\.OutOfMemory\n$/,
    );
    assert.equal(lines.length, 5);
    assert.deepEqual(
      of(ran, 'attemptEnded').map(({ status, fault, maxMemoryUsedMB }) => ({ status, fault, maxMemoryUsedMB })),
      [{ status: 'exit', fault: 'outOfMemory', maxMemoryUsedMB: 256 }],
    );
    const [record] = await receive('bad');
    const errorMessage = `RequestId: ${ran.requestId} Error: Runtime exited with error: signal: killed`;
    assert.deepEqual(record?.responseContext, unhandled);
    assert.deepEqual(record.responsePayload, { errorType: 'Runtime.ExitError', errorMessage });
  });

  it('throttle: waits at the queue, then runs; a synchronous Invoke is refused with the reason', async () => {
    await faults.add({ functionName: 'worker', kind: 'throttle', times: 2 });
    const ran = await run('worker');
    assert.deepEqual(
      of(ran, 'wait').map(({ reason, nominalMs, fault }) => ({ reason, nominalMs, fault })),
      [1_000, 2_000].map((nominalMs) => ({ reason: 'throttle', nominalMs, fault: 'throttle' })),
    );
    const [record] = await receive('good');
    assert.equal(record?.requestContext.condition, 'Success');
    assert.ok(!linesOf(ran).join('').includes('hrottl'));

    await faults.add({ functionName: '*', kind: 'throttle', times: 2 });
    for (const [name, Reason] of [
      ['worker', 'ConcurrentInvocationLimitExceeded'],
      ['limited', 'ReservedFunctionConcurrentInvocationLimitExceeded'],
    ] as const) {
      await assert.rejects(invoke(name), (error) => {
        assert.ok(error instanceof TooManyRequestsException);
        assert.equal(error.$metadata.httpStatusCode, 429);
        assert.equal(error.Reason, Reason);
        return true;
      });
    }
    assert.equal((await invoke('worker')).functionError, undefined);
  });

  it('are counted by CloudWatch’s metrics as the real thing is', async () => {
    const cloudWatch = new CloudWatch(local.clientConfig);
    const sum = async (MetricName: string): Promise<number> => {
      const { Datapoints = [] } = await cloudWatch.getMetricStatistics({
        Namespace: 'AWS/Lambda',
        MetricName,
        Dimensions: [{ Name: 'FunctionName', Value: 'counted' }],
        StartTime: new Date(Date.now() - 3_600_000),
        EndTime: new Date(Date.now() + 3_600_000),
        Period: 86_400,
        Statistics: ['Sum'],
      });
      return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
    };
    const names = ['Throttles', 'Invocations', 'Errors', 'AsyncEventsDropped', 'DestinationDeliveryFailures'];
    for (const kind of ['throttle', 'timeout', 'deliveryFailure'] as const) {
      await faults.add({ functionName: 'counted', kind, times: 1 });
    }
    await run('counted', 'delivery');
    const sums = await Promise.all(names.map(async (name) => [name, await sum(name)]));
    assert.deepEqual(Object.fromEntries(sums), {
      Throttles: 1,
      Invocations: 1,
      Errors: 1,
      AsyncEventsDropped: 1,
      DestinationDeliveryFailures: 1,
    });
    cloudWatch.destroy();
  });

  it('synchronous Invokes time out and run out of memory, too', async () => {
    await faults.add({ functionName: 'worker', kind: 'timeout', times: 1 });
    const timedOut = await invoke('worker');
    assert.equal(timedOut.functionError, 'Unhandled');
    assert.match(
      JSON.stringify(timedOut.payload),
      /^\{"errorType":"Sandbox\.Timedout","errorMessage":"RequestId: \S+ Error: Task timed out after 5\.00 seconds"\}$/,
    );
    await faults.add({ functionName: 'worker', kind: 'outOfMemory', times: 1 });
    const killed = await invoke('worker');
    assert.match(
      JSON.stringify(killed.payload),
      /^\{"errorType":"Runtime\.ExitError","errorMessage":"RequestId: \S+ Error: Runtime exited with error: signal: killed"\}$/,
    );
    // What was killed is gone: the next one starts anew.
    assert.deepEqual(await invoke('worker'), { functionError: undefined, payload: { runs: 1 } });
  });

  it('duplicate: one request id, two runs, two records', async () => {
    await faults.add({ functionName: 'worker', kind: 'duplicate', times: 1 });
    const ran = await run('worker', 'outcome', 2);
    const records = await receive('good');
    assert.deepEqual(
      records.map(({ requestContext }) => requestContext.requestId),
      [ran.requestId, ran.requestId],
    );
    assert.deepEqual(
      of(ran, 'attemptEnded').map(({ attempt, fault }) => ({ attempt, fault })),
      [
        { attempt: 1, fault: undefined },
        { attempt: 2, fault: 'duplicate' },
      ],
    );
  });

  it('ageOut: the record says so, and the handler has not run', async () => {
    await faults.add({ functionName: 'worker', kind: 'ageOut', times: 1 });
    const ran = await run('worker');
    const [record] = await receive('bad');
    assert.equal(record?.requestContext.condition, 'EventAgeExceeded');
    assert.equal(record.requestContext.approximateInvokeCount, 0);
    assert.deepEqual(record.responseContext, { statusCode: 429 });
    assert.deepEqual(of(ran, 'attemptStarted'), []);
  });

  it('deliveryFailure: nothing comes to the queue', async () => {
    await faults.add({ functionName: 'worker', kind: 'deliveryFailure', role: 'onSuccess', times: 1 });
    const dropped = of(await run('worker', 'delivery'), 'delivery');
    assert.deepEqual(
      dropped.map(({ role, status, fault }) => ({ role, status, fault })),
      [{ role: 'onSuccess', status: 'dropped', fault: 'deliveryFailure' }],
    );
    const { requestId } = await run('worker');
    assert.deepEqual(
      (await receive('good')).map(({ requestContext }) => requestContext.requestId),
      [requestId],
    );
  });

  it('slowStart: the init takes longer, within the first attempt only', async () => {
    await faults.add({ functionName: 'limited', kind: 'slowStart', delayMs: 400 });
    const [slow] = of(await run('limited'), 'attemptEnded');
    assert.ok((slow?.initDurationMs ?? 0) >= 400, String(slow?.initDurationMs));
    assert.equal(slow?.fault, 'slowStart');
    assert.equal(slow.status, 'success');
    const [warm] = of(await run('limited'), 'attemptEnded');
    assert.equal(warm?.initDurationMs, undefined);
    assert.equal(warm?.fault, undefined);
  });

  it('slowStart over the limits: the init fails as on AWS, and is done again on the function’s time', async () => {
    const slow = new LocalFaultRegistry([{ functionName: 'orders', kind: 'slowStart', delayMs: 2_500, times: 1 }]);
    // As AWS's 10 s, but sooner: enough for the init itself.
    const harness = await startHarness({ 'worker.mjs': worker }, { faults: slow, initLimitMs: 2_000 });
    try {
      const result = await harness.run('worker.handler', {}, { definition: { timeout: 1 } });
      const lines = normalised(result.messages, result.requestId);
      assert.match(lines[1] ?? '', /^INIT_REPORT Init Duration: N ms\tPhase: init\tStatus: timeout\n$/);
      assert.equal(lines[2], 'START RequestId: ID Version: $LATEST\n');
      assert.match(lines[3] ?? '', /^INIT_REPORT Init Duration: N ms\tPhase: invoke\tStatus: timeout\n$/);
      assert.match(lines.at(-1) ?? '', /\tDuration: 1000\.00 ms\t.*\tStatus: timeout\n$/);
      assert.equal(result.fault, 'slowStart');
      assert.equal(result.status, 'timeout');
    } finally {
      await harness.dispose();
    }
  });

  it('are listed, added, removed and declared by the local API, which says what is wrong', async () => {
    const added = await faults.add({ functionName: 'worker', kind: 'timeout', times: 3, probability: 0.5 });
    assert.deepEqual(await faults.list(), [{ ...added, remaining: 3, declared: false }]);
    await faults.declare([{ functionName: 'other', kind: 'ageOut' }]);
    assert.deepEqual(
      (await faults.list()).map(({ kind, declared }) => ({ kind, declared })),
      [
        { kind: 'ageOut', declared: true },
        { kind: 'timeout', declared: false },
      ],
    );
    await faults.remove(added.id);
    await faults.remove(added.id);
    assert.equal((await faults.list()).length, 1);
    await faults.removeAll();
    assert.deepEqual(await faults.list(), []);

    const authorization = `Bearer ${local.controlToken}`;
    const ask = (method: string, path: string, body?: string): Promise<{ status: number; body: string }> =>
      local.raw({ method, path, headers: { authorization }, ...(body === undefined ? {} : { body }) });
    const wrong = await ask('POST', faultsPath, '{"functionName":"worker","kind":"crash"}');
    assert.equal(wrong.status, 400);
    assert.match(wrong.body, /"kind\\" is one of throttle/);
    assert.equal((await ask('POST', faultsPath, '{')).status, 400);
    const list = await ask('PUT', faultsPath, '[{"functionName":"worker","kind":"timeout"},{"kind":"timeout"}]');
    assert.equal(list.status, 400);
    assert.match(list.body, /The fault at 1: /);
    assert.equal((await ask('PUT', faultsPath, '{}')).status, 400);
    assert.deepEqual(await faults.list(), []);
    assert.equal((await ask('DELETE', `${faultsPath}/none`)).status, 404);
    assert.equal((await local.raw({ path: faultsPath })).status, 401);
    await assert.rejects(faults.add({ functionName: 'worker', kind: 'timeout', times: -1 }), {
      name: 'UserFacingFailure',
      message: /"times" is a whole number/,
    });
  });

  it('are told of on the invocation stream', async () => {
    let changes = 0;
    const added: Promise<unknown>[] = [];
    for await (const line of streamLines(local.endpoint, local.controlToken)) {
      if ('stream' in line) added.push(faults.add({ functionName: 'worker', kind: 'timeout', times: 1 }));
      else if ('functions' in line && ++changes === 1) added.push(faults.removeAll());
      if (changes === 2) break;
    }
    await Promise.all(added);
  });
});

describe('faults that the settings declare', function () {
  this.timeout(30_000);

  it('are made from the start; a change of the setting is in effect at once, and leaves alone what was added', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lambda-faults-'));
    await writeFiles(join(folder, 'project'), files);
    await mkdir(join(folder, 'data'));
    const log: string[] = [];
    let declared: LocalSettings['local.faults'] = {
      worker: ['timeout', { kind: 'throttle', times: 2, probability: 0.25 }],
      '*': [{ kind: 'deliveryFailure', role: 'onFailure', destinationArn: 'arn:aws:sqs:eu-west-1:123456789012:x' }],
      wrong: ['crash'],
    };
    const connection = createLocalConnection({
      projectDir: join(folder, 'project'),
      dataDir: join(folder, 'data'),
      store: { cursor: () => Promise.resolve(0), ingest: () => Promise.resolve([]) },
      log: fakeLog(log),
      settings: () => ({
        'local.port': 0,
        'local.timeScale': 600,
        'local.region': 'eu-west-1',
        'local.account': '123456789012',
        'local.nodePath': process.execPath,
        'local.pythonPath': '',
        'local.runtimeCommands': {},
        'local.memoryLimit': true,
        'local.faults': declared,
      }),
      localProgram: new URL('../../src/local/main.ts', import.meta.url),
    });
    try {
      // Where nothing runs, nothing is started for it.
      await connection.faultSettingsChanged?.();
      assert.equal(connection.state.phase, 'stopped');
      const controls = (await connection.faults?.()) ?? assert.fail('no faults');
      const told = async (): Promise<string[]> =>
        (await controls.list()).map(({ functionName, kind }) => `${functionName} ${kind}`);
      assert.deepEqual(await told(), ['worker timeout', 'worker throttle', '* deliveryFailure']);
      assert.ok(
        log.some((line) => /local\.faults, wrong: "kind" is one of/.test(line)),
        log.join('\n'),
      );

      const changed = new Emitter<void>();
      let changes = 0;
      connection.onDidChangeFunctions(() => {
        changes++;
        changed.fire();
      });
      await controls.add({ functionName: 'worker', kind: 'ageOut' });
      await when(changed.event, () => (changes > 0 ? true : undefined));
      declared = { worker: ['duplicate'] };
      await connection.faultSettingsChanged?.();
      assert.deepEqual(await told(), ['worker duplicate', 'worker ageOut']);
    } finally {
      await connection.dispose();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
