import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAwsClients, type AwsClients } from '../../src/aws/awsClients.ts';
import { createFunctionLogs, type FunctionLogs, type FunctionLogsOptions } from '../../src/aws/sources/functionLogs.ts';
import { createLogsPace, type LogsPace } from '../../src/aws/sources/logsPace.ts';
import { startFakeAws, type FakeAws, type FakeAwsAnswer, type FakeAwsCall } from '../support/fakeAws.ts';
import { attemptLines } from '../support/logLines.ts';
import { fakeLog } from '../support/panelFakes.ts';
import { memorySink, requestIdOf } from '../support/sourceBackends.ts';
import { when } from '../support/when.ts';

const logStreamName = '2026/11/25/[$LATEST]0123456789abcdef0123456789abcdef';

function refusal(type: string, message = 'Rate exceeded'): FakeAwsAnswer {
  return { status: 400, body: JSON.stringify({ __type: type, message }) };
}

function page(n: number, nextToken?: string): FakeAwsAnswer {
  const events = attemptLines(requestIdOf(n), Date.now()).map((event, index) => ({
    ...event,
    logStreamName,
    eventId: `${n}${index}`,
  }));
  return { body: JSON.stringify({ events, searchedLogStreams: [], nextToken }) };
}

describe('logs that can’t be had', function () {
  this.timeout(20_000);
  let clients: AwsClients;
  let server: FakeAws;
  let answers: (FakeAwsAnswer | ((call: FakeAwsCall) => FakeAwsAnswer))[];
  let configuration: FakeAwsAnswer;
  const running: FunctionLogs[] = [];

  beforeEach(async () => {
    answers = [];
    configuration = { body: '{"FunctionName":"charge","LoggingConfig":{"LogGroup":"/shop/logs"}}' };
    server = await startFakeAws((call) => {
      if (call.action !== 'FilterLogEvents') return configuration;
      const answer = answers.shift() ?? { body: '{"events":[]}' };
      return typeof answer === 'function' ? answer(call) : answer;
    });
    clients = connect(server.endpoint);
  });
  afterEach(async () => {
    for (const logs of running.splice(0)) await logs.dispose();
    await clients.dispose();
    await server[Symbol.asyncDispose]();
  });

  const read = (more: Partial<FunctionLogsOptions> = {}): FunctionLogs => {
    const pace = createLogsPace({ perSecond: 200 });
    const logs = createFunctionLogs({
      clients,
      functionName: 'charge',
      pace,
      sink: memorySink(),
      log: fakeLog(),
      fastestMs: 5,
      ...more,
    });
    running.push(logs);
    return logs;
  };
  const filters = (): number => server.calls.filter(({ action }) => action === 'FilterLogEvents').length;

  it('come later where there were too many requests: the state says so, and all go slower', async () => {
    answers = [refusal('ThrottlingException'), refusal('ThrottlingException'), page(1)];
    const pace = createLogsPace({ perSecond: 200 });
    const slowed: number[] = [];
    const watched: LogsPace = {
      ...pace,
      slowDown: () => {
        slowed.push(filters());
        pace.slowDown();
      },
    };
    const sink = memorySink();
    const logs = read({ sink, pace: watched });
    await logs.start();
    const codes: (string | undefined)[] = [];
    logs.onDidChangeState(({ problemCode }) => codes.push(problemCode));
    logs.watch([requestIdOf(1)], Date.now());
    await when(sink.onDidIngest, () => (sink.pieces.length > 0 ? true : undefined));
    await when(logs.onDidChangeState, () => (logs.state.problem === undefined ? true : undefined));
    assert.ok(codes.includes('throttled'), codes.join());
    // No request was repeated by itself.
    assert.deepEqual(slowed, [1, 2]);
  });

  it('go on with the page that was throttled, and give what came before it once', async () => {
    answers = [page(1, 'next'), refusal('ThrottlingException'), page(1), page(2)];
    const sink = memorySink();
    const logs = read({ sink });
    await logs.start();
    logs.follow(true);
    await when(sink.onDidIngest, () => (sink.requestIds().includes(requestIdOf(2)) ? true : undefined));
    assert.deepEqual(sink.requestIds(), [requestIdOf(1), requestIdOf(2)]);
  });

  it('say which permission is missing for what', async () => {
    const resource = 'arn:aws:logs:us-east-1:1:log-group:/shop/logs:log-stream:';
    const message = `User: me is not authorized to perform: logs:FilterLogEvents on resource: ${resource}`;
    answers = [refusal('AccessDeniedException', message)];
    const logs = read();
    await logs.start();
    logs.follow(true);
    const problem = await when(logs.onDidChangeState, () => logs.state.problem);
    assert.equal(logs.state.problemCode, 'accessDenied');
    for (const part of ['charge', '/shop/logs', 'logs:FilterLogEvents', resource])
      assert.ok(problem.includes(part), problem);
    await when(logs.onDidChangeState, () => (logs.state.problem === undefined ? true : undefined));
  });

  it('are looked for where a function logs by default, if its settings may not be read', async () => {
    configuration = {
      status: 403,
      body: '{"message":"not authorized to perform: lambda:GetFunctionConfiguration"}',
      headers: { 'x-amzn-errortype': 'AccessDeniedException' },
    };
    const logs = read();
    await logs.start();
    logs.follow(true);
    await when(logs.onDidChangeState, () => logs.state.lastReadAt);
    const asked = server.calls.find(({ action }) => action === 'FilterLogEvents');
    assert.match(asked?.input.toString() ?? '', /aws%2Flambda%2Fcharge/);
  });

  it('can’t be started for a function that is not there', async () => {
    configuration = {
      status: 404,
      body: '{"message":"Function not found: charge"}',
      headers: { 'x-amzn-errortype': 'ResourceNotFoundException' },
    };
    const logs = read();
    await assert.rejects(logs.start(), { code: 'functionNotFound' });
    assert.equal(logs.state.phase, 'failed');
  });

  it('go on after a server was away', async () => {
    const sink = memorySink();
    const logs = read({ sink });
    await logs.start();
    logs.follow(true);
    await when(logs.onDidChangeState, () => logs.state.lastReadAt);
    const port = Number(new URL(server.endpoint).port);
    await server[Symbol.asyncDispose]();
    await when(logs.onDidChangeState, () => logs.state.problem);
    const again = createServer((_request, response) => response.end(page(1).body)).listen(port, '127.0.0.1');
    await once(again, 'listening');
    await when(sink.onDidIngest, () => (sink.pieces.length > 0 ? true : undefined));
    await logs.dispose();
    again.closeAllConnections();
    again.close();
    await once(again, 'close');
    server = await startFakeAws(() => configuration);
  });

  it('leave no request and no timer behind, whatever they are in the middle of', async () => {
    let gone: Promise<unknown> | undefined;
    const deaf = createServer((request) => {
      gone = once(request.socket, 'close');
    }).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const others = connect(`http://127.0.0.1:${(deaf.address() as AddressInfo).port}`);
    const before = timers();
    try {
      // One asks; one waits for its turn; one has nothing to do; one is still starting.
      const pace = createLogsPace({ perSecond: 0.01 });
      const given = { clients: others, logGroupName: '/shop/logs', pace };
      const sources = [read(given), read(given), read(given), read({ clients: others })];
      for (const logs of sources.slice(0, 3)) await logs.start();
      for (const logs of sources.slice(0, 2)) logs.follow(true);
      const starting = sources[3]?.start();
      await once(deaf, 'request');
      assert.ok(timers() > before);
      await Promise.all([...sources.map((logs) => logs.dispose()), assert.rejects(starting ?? Promise.resolve())]);
      assert.equal(timers(), before);
      await gone;
    } finally {
      await others.dispose();
      deaf.closeAllConnections();
      deaf.close();
      await once(deaf, 'close');
    }
  });
});

function connect(endpoint: string): AwsClients {
  return createAwsClients({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
