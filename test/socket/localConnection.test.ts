import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LambdaClient, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import type { Connection } from '../../src/connections/connection.ts';
import { createLocalConnection, type LocalConnectionOptions } from '../../src/connections/localConnection.ts';
import type { LocalSettings } from '../../src/connections/localServer.ts';
import type { Invocation, InvocationRow } from '../../src/model/invocation.ts';
import { UserFacingFailure } from '../../src/model/userFacingFailure.ts';
import type { InvocationStore } from '../../src/store/invocationStore.ts';
import { openInvocationStore } from '../../src/store/sqliteStore.ts';
import { writeFiles } from '../support/localLambda.ts';
import { fakeLog } from '../support/panelFakes.ts';
import { when } from '../support/when.ts';

const files = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: orders
      Runtime: nodejs22.x
      CodeUri: src
      Handler: orders.handler
      EventInvokeConfig:
        DestinationConfig:
          OnFailure: { Type: SQS, Destination: !GetAtt Failed.Arn }
  Failed: { Type: AWS::SQS::Queue, Properties: { QueueName: orders-failed } }
`,
  'src/orders.mjs': `
export const handler = async ({ fail }) => {
  if (fail) throw new TypeError('no stock');
  return { at: Date.now() };
};
`,
};

describe('the local connection, with the real local Lambda', () => {
  let folder: string;
  let store: InvocationStore;
  let connection: Connection;
  let settings: LocalSettings;
  const log: string[] = [];
  /** What becomes of a send is not written down: its window ended at that moment. */
  let answersLost = false;
  let optionsOf: (into: LocalConnectionOptions['store']) => LocalConnectionOptions;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lambda-connection-'));
    await writeFiles(join(folder, 'project'), files);
    await mkdir(join(folder, 'data'));
    const workerUrl = new URL('../../src/store/storeWorker.ts', import.meta.url);
    store = await openInvocationStore({ file: join(folder, 'store.sqlite'), workerUrl, log: fakeLog(log) });
    settings = {
      'local.port': 0,
      'local.timeScale': 600,
      'local.region': 'eu-west-1',
      'local.account': '123456789012',
      'local.nodePath': process.execPath,
      'local.pythonPath': '',
      'local.runtimeCommands': {},
      'local.memoryLimit': true,
      'local.faults': {},
    };
    optionsOf = (into) => ({
      projectDir: join(folder, 'project'),
      dataDir: join(folder, 'data'),
      store: into,
      log: fakeLog(log),
      settings: () => settings,
      localProgram: new URL('../../src/local/main.ts', import.meta.url),
    });
    connection = createLocalConnection(
      optionsOf({
        cursor: (...args) => store.cursor(...args),
        ingest: (id, pieces, cursor) =>
          answersLost && !cursor && pieces[0]?.kind !== 'sent' ? Promise.resolve([]) : store.ingest(id, pieces, cursor),
      }),
    );
  });

  after(async () => {
    await connection.dispose();
    await store.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const rowWhen = (
    rowId: number,
    wanted: (row: InvocationRow) => boolean,
  ): Promise<{ row: InvocationRow; invocation: Invocation }> =>
    when(store.onDidChange, async () => {
      const found = await store.get(rowId);
      return found && wanted(found.row) ? found : undefined;
    });

  it('says what it will be before it runs', () => {
    assert.deepEqual(connection.state, {
      phase: 'stopped',
      info: {
        id: `local:${join(folder, 'project')}`,
        kind: 'local',
        label: 'Local Lambda',
        region: 'eu-west-1',
        account: '123456789012',
        timeScale: 600,
      },
    });
  });

  it('starts at the first use, once for all who ask', async () => {
    const phases: string[] = [];
    const subscription = connection.onDidChangeState(({ phase }) => void phases.push(phase));
    const [functions, configs] = await Promise.all([
      connection.listFunctions(),
      connection.eventInvokeConfigs('orders'),
      connection.start(),
    ]);
    subscription.dispose();
    assert.deepEqual([...new Set(phases)], ['starting', 'ready']);
    assert.deepEqual(
      functions.map(({ functionName, handler, functionArn }) => [functionName, handler, functionArn]),
      [['orders', 'orders.handler', 'arn:aws:lambda:eu-west-1:123456789012:function:orders']],
    );
    assert.deepEqual(
      configs.map(({ onFailure, onSuccess }) => [onFailure, onSuccess]),
      [['arn:aws:sqs:eu-west-1:123456789012:orders-failed', undefined]],
    );
    assert.match(connection.state.info.endpoint ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('follows a failing event through three attempts to its record, in one row', async () => {
    const { requestId, rowId } = await connection.sendAsync({
      functionName: 'orders',
      payload: '{"fail":true}',
      origin: 'test',
    });
    const { row, invocation } = await rowWhen(rowId, ({ status }) => status === 'failed');
    assert.deepEqual(
      [row.requestId, row.attempts, row.condition, row.errorType, row.errorMessage, row.delivery?.arn],
      [requestId, 3, 'RetriesExhausted', 'TypeError', 'no stock', 'arn:aws:sqs:eu-west-1:123456789012:orders-failed'],
    );
    assert.deepEqual(
      invocation.waits.map(({ nominalMs }) => nominalMs),
      [60_000, 120_000],
    );
    assert.equal(invocation.sent?.origin, 'test');
    assert.ok((invocation.attempts[2]?.logs.length ?? 0) >= 3);
    assert.match(invocation.deliveries[0]?.body ?? '', /"condition":"RetriesExhausted"/);
    assert.equal((await store.rows({}, { offset: 0, limit: 10 })).total, 1);
  });

  it('shows a send once whose answer never arrived, with its payload to the letter', async () => {
    const payload = '{ "n": 12345678901234567890, "text": "\\ud800 \u{1f600} \\u0000" }';
    const before = (await store.counts({})).all;
    answersLost = true;
    const { requestId, rowId } = await connection.sendAsync({ functionName: 'orders', payload, origin: 'test' });
    const { row, invocation } = await rowWhen(rowId, ({ status }) => status === 'succeeded');
    answersLost = false;
    assert.equal(row.requestId, requestId);
    assert.deepEqual([invocation.sent?.payload, invocation.accepted?.payload], [payload, payload]);
    assert.equal((await store.counts({})).all, before + 1);
  });

  it('shows a success soon after the handler returned', async () => {
    const lags: number[] = [];
    for (let run = 0; run < 5; run++) {
      const { rowId } = await connection.sendAsync({ functionName: 'orders', payload: '{}', origin: 'test' });
      const { invocation } = await rowWhen(rowId, ({ status }) => status === 'succeeded');
      const returned = JSON.parse(invocation.attempts[0]?.ended?.response ?? '{}') as { at: number };
      lags.push(Date.now() - returned.at);
    }
    const median = lags.toSorted((a, b) => a - b)[2] ?? Number.NaN;
    assert.ok(median < 300, `${lags.join(', ')} ms`);
  });

  it('records and throws a refusal', async () => {
    const sending = connection.sendAsync({ functionName: 'nobody', payload: '{}', origin: 'test' });
    await assert.rejects(sending, (error) => UserFacingFailure.is(error, 'functionNotFound'));
    const { rows } = await store.rows({ functionName: 'nobody' }, { offset: 0, limit: 10 });
    assert.deepEqual(
      rows.map(({ status, errorType }) => [status, errorType]),
      [['notAccepted', 'ResourceNotFoundException']],
    );
  });

  it('skips a wait, and says when there is none', async () => {
    settings = { ...settings, 'local.timeScale': 1 };
    await connection.stop();
    assert.equal(connection.state.phase, 'stopped');
    assert.equal(connection.state.info.endpoint, undefined);
    const { requestId, rowId } = await connection.sendAsync({
      functionName: 'orders',
      payload: '{"fail":true}',
      origin: 'test',
    });
    assert.equal(connection.state.info.timeScale, 1);
    await rowWhen(rowId, ({ status, waitingUntil }) => status === 'waiting' && waitingUntil !== undefined);
    await connection.skipWait?.(requestId);
    await rowWhen(
      rowId,
      ({ status, attempts, waitingUntil }) => attempts === 2 && status === 'waiting' && waitingUntil !== undefined,
    );
    const second = await connection.sendAsync({ functionName: 'orders', payload: '{"fail":true}', origin: 'test' });
    const waits = ({ status, waitingUntil }: InvocationRow): boolean =>
      status === 'waiting' && waitingUntil !== undefined && waitingUntil > Date.now();
    await rowWhen(second.rowId, waits);
    await connection.skipAllWaits?.();
    await rowWhen(rowId, ({ attempts }) => attempts === 3);
    await rowWhen(second.rowId, (row) => row.attempts === 2 && waits(row));
    const nothing = connection.skipWait?.('8ea123e4-1db7-4aca-94d2-000000000000') ?? assert.fail('it can skip');
    await assert.rejects(nothing, (error) => UserFacingFailure.is(error, 'notWaiting'));
  });

  it('says that it was killed, and goes on with what was accepted after a restart', async () => {
    const { rows } = await store.rows({ statuses: ['waiting'] }, { offset: 0, limit: 1 });
    const rowId = rows[0]?.id ?? assert.fail('one still waits');
    process.kill(await localPid(join(folder, 'project')), 'SIGKILL');
    const { problem, problemCode } = await when(connection.onDidChangeState, () =>
      connection.state.phase === 'failed' ? connection.state : undefined,
    );
    assert.equal(problemCode, 'exited');
    assert.match(problem ?? '', /SIGKILL.*kept.*Restart/);
    settings = { ...settings, 'local.timeScale': 600 };
    await connection.start();
    await connection.skipWait?.(rows[0]?.requestId ?? '').catch(() => undefined);
    const { row } = await rowWhen(rowId, ({ status: now }) => now === 'failed');
    assert.equal(row.attempts, 3);
  });

  it('starts with the settings as they are in the end, when some came while it started', async () => {
    const scales = [60, 60, 7];
    const late = createLocalConnection({
      ...optionsOf(store),
      dataDir: join(folder, 'late'),
      settings: () => ({ ...settings, 'local.timeScale': (scales.length > 1 ? scales.shift() : scales[0]) ?? 0 }),
    });
    try {
      const phases: string[] = [];
      late.onDidChangeState(({ phase }) => void phases.push(phase));
      await late.start();
      assert.equal(late.state.info.timeScale, 7);
      assert.deepEqual([...new Set(phases)], ['starting', 'ready']);
    } finally {
      await late.dispose();
    }
  });

  it('is shared with another window, and taken over when that one ends', async () => {
    const other = createLocalConnection(optionsOf(store));
    try {
      await other.start();
      assert.equal(other.state.info.endpoint, connection.state.info.endpoint);
      // A stop in a window that only uses it ends nothing for the one that runs it.
      await other.stop();
      assert.deepEqual([other.state.phase, connection.state.phase], ['stopped', 'ready']);
      await other.start();
      const { endpoint } = connection.state.info;
      const phases: string[] = [];
      const subscription = other.onDidChangeState(({ phase }) => void phases.push(phase));
      const { rowId } = await connection.sendAsync({
        functionName: 'orders',
        payload: '{"fail":true}',
        origin: 'test',
      });
      await rowWhen(rowId, ({ attempts }) => attempts > 0);
      await connection.stop();
      await when(other.onDidChangeState, () => (phases.includes('ready') ? true : undefined));
      assert.deepEqual([...new Set(phases)], ['starting', 'ready']);
      assert.notEqual(other.state.info.endpoint, endpoint);
      const { row } = await rowWhen(rowId, ({ status }) => status === 'failed');
      assert.equal(row.attempts, 3);
      subscription.dispose();
    } finally {
      await other.dispose();
    }
    await assert.rejects(other.start(), { name: 'AbortError' });
    await connection.start();
  });

  it('tells every window that functions are other ones, whoever changed them', async () => {
    const other = createLocalConnection(optionsOf(store));
    const { endpoint = '' } = connection.state.info;
    const client = new LambdaClient({
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    try {
      await other.start();
      const knows = ({ onDidChangeFunctions, eventInvokeConfigs }: Connection, onSuccess: string): Promise<true> =>
        when(onDidChangeFunctions, async () => {
          const configs = await eventInvokeConfigs.call(connection, 'orders');
          return configs.some((config) => config.onSuccess === onSuccess) || undefined;
        });
      const Destination = 'arn:aws:sqs:eu-west-1:123456789012:orders-done';
      const known = Promise.all([connection, other].map((window) => knows(window, Destination)));
      await client.send(
        new PutFunctionEventInvokeConfigCommand({
          FunctionName: 'orders',
          DestinationConfig: { OnSuccess: { Destination } },
        }),
      );
      await known;
      const gone = Promise.all(
        [connection, other].map((window) =>
          when(window.onDidChangeFunctions, async () => (await window.listFunctions()).length === 0 || undefined),
        ),
      );
      await writeFiles(join(folder, 'project'), { 'template.yaml': 'Resources: {}\n' });
      await gone;
    } finally {
      client.destroy();
      await other.dispose();
      await writeFiles(join(folder, 'project'), files);
    }
    await when(
      connection.onDidChangeFunctions,
      async () => (await connection.listFunctions()).length === 1 || undefined,
    );
  });

  it('says which port is in use, and starts on another', async () => {
    await connection.stop();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    settings = { ...settings, 'local.port': port };
    await assert.rejects(connection.start(), (error) => UserFacingFailure.is(error, 'portInUse'));
    assert.equal(connection.state.problemCode, 'portInUse');
    assert.match(connection.state.problem ?? '', new RegExp(String(port)));
    const sending = connection.sendAsync({ functionName: 'orders', payload: '{"n":1}', origin: 'test' });
    await assert.rejects(sending, (error) => UserFacingFailure.is(error, 'portInUse'));
    const { rows } = await store.rows({ statuses: ['notAccepted'] }, { offset: 0, limit: 1 });
    assert.equal(rows[0]?.errorType, 'portInUse');
    other.close();
    settings = { ...settings, 'local.port': 0 };
    await connection.start();
    assert.equal(connection.state.phase, 'ready');
  });
});

/** Of the process that serves a folder: who runs it does not tell. */
async function localPid(projectDir: string): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,args=']);
  const line = stdout.split('\n').find((candidate) => candidate.includes(`--project ${projectDir}`));
  const pid = Number(/^\s*(\d+)/.exec(line ?? '')?.[1]);
  assert.ok(pid > 0);
  return pid;
}
