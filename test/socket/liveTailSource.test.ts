import assert from 'node:assert/strict';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { createAwsClients, type AwsClients } from '../../src/aws/awsClients.ts';
import { createLiveTail, liveTailPrices, type LiveTailOptions } from '../../src/aws/sources/liveTail.ts';
import { foldInvocation } from '../../src/model/foldInvocation.ts';
import type { RecordSource } from '../../src/model/recordSource.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { attemptLines, type PutEvent } from '../support/logLines.ts';
import { fakeLog } from '../support/panelFakes.ts';
import { memorySink, recordText, requestIdOf, type MemorySink } from '../support/sourceBackends.ts';
import { startTailServer, tailedGroup, type TailServer, type TailSession } from '../support/tailServer.ts';
import { when } from '../support/when.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const stream = '2026/11/25/[$LATEST]0123456789abcdef0123456789abcdef';

describe('Live Tail as a source', function () {
  this.timeout(30_000);
  let clients: AwsClients;
  const running: RecordSource[] = [];

  const connect = (endpoint: string): void => {
    clients = createAwsClients({ endpoint, region: 'us-east-1', credentials });
  };
  const tail = (sink: MemorySink, names: readonly string[], more: Partial<LiveTailOptions> = {}): RecordSource => {
    const functions = names.map((functionName) => ({ functionName }));
    const source = createLiveTail({ clients, functions, sink, log: fakeLog(), ...more });
    running.push(source);
    return source;
  };
  afterEach(async () => {
    for (const source of running.splice(0)) await source.dispose();
  });

  it('says where its price is told', () => {
    assert.equal(liveTailPrices, 'https://aws.amazon.com/cloudwatch/pricing/');
  });

  describe('of local Lambda', () => {
    let local: TestLocalLambda;
    let lambda: LambdaClient;

    before(async () => {
      const declared = (name: string, more = ''): string => `
  ${name}:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: ${name}, CodeUri: code, Handler: index.handler, Runtime: nodejs22.x${more} }`;
      const shared = ', LoggingConfig: { LogFormat: JSON, LogGroup: /shop/shared }';
      local = await runLocalLambda({
        files: {
          'template.yaml': `Transform: AWS::Serverless-2016-10-31\nResources:${declared('charge')}${declared('refund', shared)}${declared('ship', shared)}${declared('never')}\n`,
          'code/index.js': `exports.handler = async (event) => { console.log('begins'); if (event.fail) throw new Error('no'); };`,
        },
      });
      connect(local.endpoint);
      lambda = new LambdaClient(local.clientConfig);
    });
    after(async () => {
      lambda.destroy();
      await clients.dispose();
      await local[Symbol.asyncDispose]();
    });

    const invoke = async (FunctionName: string, payload = '{}'): Promise<string> =>
      (await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(payload) }))).$metadata.requestId ?? '';

    it('tells what functions do, of several log groups in one session', async () => {
      const names = ['charge', 'refund', 'ship'];
      for (const name of names) await invoke(name);
      const sink = memorySink();
      const source = tail(sink, names);
      await source.start();
      await when(source.onDidChangeState, () => source.state.lastReadAt);
      const sent = [await invoke('charge'), await invoke('refund', '{"fail":true}'), await invoke('ship')];
      const seen = (id: string): readonly unknown[] => {
        const pieces = sink.pieces.filter((piece) => piece.kind === 'logEvents' && piece.requestId === id);
        return foldInvocation(pieces).attempts.map(({ ended }) => ended?.status);
      };
      await when(sink.onDidIngest, () => (sent.every((id) => seen(id)[0] !== undefined) ? true : undefined));
      assert.deepEqual(sent.map(seen), [['success'], ['error'], ['success']]);
      const functions = sent.map((id) =>
        sink.pieces.flatMap((piece) =>
          piece.kind === 'logEvents' && piece.requestId === id ? [piece.functionName] : [],
        ),
      );
      assert.deepEqual(
        functions.map((some) => [...new Set(some)]),
        names.map((name) => [name]),
      );
      assert.ok(source.state.received >= 3);
      assert.deepEqual(source.state.sampled, {});
    });

    it('waits for a log group that is not there yet', async () => {
      const sink = memorySink();
      const source = tail(sink, ['never']);
      await source.start();
      await when(source.onDidChangeState, () => (source.state.problemCode === 'logGroupMissing' ? true : undefined));
      assert.match(source.state.problem ?? '', /\/aws\/lambda\/never.*runs for the first time/);
      await invoke('never');
      await when(source.onDidChangeState, () => (source.state.problem === undefined ? true : undefined));
    });

    it('refuses what is no function', async () => {
      await assert.rejects(tail(memorySink(), ['nobody']).start(), { code: 'functionNotFound' });
    });
  });

  describe('of a server that a test leads', () => {
    let server: TailServer;

    beforeEach(async () => {
      server = await startTailServer();
      connect(server.endpoint);
    });
    afterEach(async () => {
      for (const source of running.splice(0)) await source.dispose();
      await clients.dispose();
      await server[Symbol.asyncDispose]();
    });

    const results = (name: string, events: readonly PutEvent[]): readonly unknown[] =>
      events.map((event) => ({ ...event, logStreamName: stream, logGroupIdentifier: tailedGroup(name) }));
    const session = (n: number): Promise<TailSession> => when(server.onDidBegin, () => server.sessions[n]);
    const requests = (sink: MemorySink): readonly string[] => [...new Set(sink.requestIds())];

    it('begins the next session when three hours are over, and says that some may be missing', async () => {
      const sink = memorySink();
      const source = tail(sink, ['charge'], { now: () => 1_000 });
      await source.start();
      const first = await session(0);
      assert.deepEqual(first.logGroupIdentifiers, [tailedGroup('charge')]);
      first.start();
      first.update(results('charge', attemptLines(requestIdOf(1), 500)));
      await when(sink.onDidIngest, () => (sink.pieces.length > 0 ? true : undefined));
      assert.deepEqual(source.state.sampled, {});
      first.timeOut();
      const second = await session(1);
      second.start();
      second.update(results('charge', attemptLines(requestIdOf(2), 900)));
      await when(sink.onDidIngest, () => (requests(sink).length === 2 ? true : undefined));
      assert.deepEqual(source.state.sampled, { since: 1_000 });
      assert.equal(source.state.problem, undefined);
    });

    it('says when a session was sampled, and how far it is behind', async () => {
      const source = tail(memorySink(), ['charge'], { now: () => 5_000 });
      await source.start();
      const first = await session(0);
      first.start();
      first.update(results('charge', attemptLines(requestIdOf(1), 2_000)), true);
      await when(source.onDidChangeState, () => (source.state.lagMs === 3_000 ? true : undefined));
      assert.deepEqual(source.state.sampled, { since: 5_000 });
    });

    it('goes on with another session when one breaks', async () => {
      let now = 0;
      const sink = memorySink();
      const source = tail(sink, ['charge'], { now: () => now });
      await source.start();
      const first = await session(0);
      first.start();
      first.update([]);
      await when(source.onDidChangeState, () => (source.state.lastReadAt === 0 ? true : undefined));
      now = 60_000;
      first.update([]);
      await when(source.onDidChangeState, () => (source.state.lastReadAt === 60_000 ? true : undefined));
      first.cut();
      const second = await session(1);
      second.start();
      second.update(results('charge', attemptLines(requestIdOf(1), 59_000)));
      await when(sink.onDidIngest, () => (sink.pieces.length > 0 ? true : undefined));
      assert.deepEqual(source.state.sampled, { since: 60_000 });
    });

    it('gives a session up of which nothing is heard', async () => {
      const source = tail(memorySink(), ['charge'], { silenceMs: 50 });
      await source.start();
      await (
        await session(0)
      ).closed;
      await when(source.onDidChangeState, () => (source.state.problemCode === 'connectionLost' ? true : undefined));
      (await session(1)).start();
      await when(source.onDidChangeState, () => (source.state.problem === undefined ? true : undefined));
    });

    it('says what permission is missing, and what else was refused', async () => {
      const message = 'User: me is not authorized to perform: logs:StartLiveTail on resource: r';
      server.refuse(400, { __type: 'AccessDeniedException', message });
      server.refuse(400, { __type: 'LimitExceededException', message: 'Too many sessions.' });
      const source = tail(memorySink(), ['charge']);
      await source.start();
      await when(source.onDidChangeState, () => (source.state.problemCode === 'accessDenied' ? true : undefined));
      assert.match(source.state.problem ?? '', /logs:StartLiveTail/);
      await when(source.onDidChangeState, () =>
        source.state.problem?.includes('Too many sessions.') ? true : undefined,
      );
    });

    it('keeps what the sink did not take, and gives it again', async () => {
      const sink = memorySink();
      sink.before = () => {
        sink.before = () => undefined;
        throw new Error('the disk is full');
      };
      const source = tail(sink, ['charge']);
      await source.start();
      const first = await session(0);
      first.start();
      first.update(results('charge', attemptLines(requestIdOf(1), 1)));
      const second = await session(1);
      second.start();
      second.update([]);
      await when(sink.onDidIngest, () => (sink.pieces.length > 0 ? true : undefined));
      assert.deepEqual(requests(sink), [requestIdOf(1)]);
    });

    it('reads the records that a destination logs', async () => {
      const sink = memorySink();
      const destinationArn = 'arn:aws:lambda:us-east-1:123456789012:function:charge';
      const source = tail(sink, [], { functions: [{ functionName: 'charge', destinationArn }] });
      await source.start();
      const first = await session(0);
      first.start();
      first.update(results('charge', attemptLines(requestIdOf(9), 1, `${recordText(1)}\n`)));
      await when(sink.onDidIngest, () => (sink.pieces.length > 0 ? true : undefined));
      const records = sink.pieces.flatMap((piece) => (piece.kind === 'record' ? [piece.requestId] : []));
      assert.deepEqual(records, [requestIdOf(1)]);
    });

    it('refuses more log groups than a session has', async () => {
      const names = Array.from({ length: 11 }, (_, index) => `f${index}`);
      await assert.rejects(tail(memorySink(), names).start(), { code: 'tooManyLogGroups' });
    });

    it('leaves no connection and no timer when it is disposed, in the middle of silence', async () => {
      const source = tail(memorySink(), ['charge']);
      // Mocha's own timer is there once the test has waited for something.
      await source.stop();
      const before = timers();
      await source.start();
      const first = await session(0);
      first.start();
      await source.dispose();
      await first.closed;
      assert.equal(timers(), before);
    });
  });
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
