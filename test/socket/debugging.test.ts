import assert from 'node:assert/strict';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { debugFunction } from '../../src/connections/debugStream.ts';
import { Debugging } from '../../src/local/environments/debugging.ts';
import type { DebugWaiting } from '../../src/protocol/localApi.ts';
import { eventually, memoryLog, startHarness } from '../support/environmentsHarness.ts';
import type { Harness } from '../support/environmentsHarness.ts';
import { runLocalLambda } from '../support/localLambda.ts';

const FILES = {
  'index.js': `
    exports.handler = async (event, context) => {
      const doubled = event.n * 2;
      if (event.fail) throw new Error('as asked');
      return { doubled, left: context.getRemainingTimeInMillis() > 60_000, execArgv: process.execArgv };
    };
    exports.slow = async () => new Promise(() => setInterval(() => {}, 10));
    exports.pid = async () => process.pid;`,
};

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly callFrames?: readonly { readonly callFrameId: string }[] };
}

/** A debugger at an inspector's port: breaks in `file` at `line` (from 1), stays there for `holdMs`, lets it go on. */
async function debugAt(port: number, file: string, line: number, holdMs = 0): Promise<void> {
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? assert.fail('no target'));
  await once(socket, 'open');
  let id = 0;
  const holdId = 99;
  const send = (method: string, params: object = {}): void => socket.send(JSON.stringify({ id: ++id, method, params }));
  const { promise: paused, resolve } = Promise.withResolvers<string>();
  const { promise: held, resolve: hold } = Promise.withResolvers<void>();
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.method === 'Debugger.paused') resolve(message.params?.callFrames?.[0]?.callFrameId ?? '');
    if (message.id === holdId) hold();
  });
  send('Runtime.enable');
  send('Debugger.enable');
  send('Debugger.setBreakpointByUrl', { lineNumber: line - 1, url: pathToFileURL(file).href });
  send('Runtime.runIfWaitingForDebugger');
  const expression = `{ const until = Date.now() + ${holdMs}; while (Date.now() < until); }`;
  const params = { callFrameId: await paused, expression };
  socket.send(JSON.stringify({ id: holdId, method: 'Debugger.evaluateOnCallFrame', params }));

  await held;
  send('Debugger.resume');
}

describe('debugging', function () {
  this.timeout(30_000);
  let harness: Harness;
  let debugging: Debugging;

  beforeEach(async () => {
    debugging = new Debugging();
    harness = await startHarness(FILES, { debugging, initLimitMs: 500 });
  });

  afterEach(() => harness.dispose());

  it('stops each attempt at its breakpoint, with no time-out, in a process of its own', async () => {
    const stops: Promise<void>[] = [];
    const session = debugging.begin('orders', ({ port }) => {
      stops.push(debugAt(port, join(harness.dir, 'index.js'), 3, 1_200));
    });
    const options = { definition: { timeout: 1 } };
    const first = await harness.run<{ doubled: number; left: boolean; execArgv: string[] }>(
      'index.handler',
      { n: 4 },
      options,
    );
    assert.equal(first.status, 'success', first.text);
    assert.deepEqual([first.json.doubled, first.json.left], [8, true]);
    assert.ok(
      !first.json.execArgv.some((argument) => argument.startsWith('--inspect')),
      'what it forks waits for nobody',
    );
    assert.ok(first.durationMs > 1_000, `${first.durationMs} ms`);
    assert.ok(!/Debugger|nodejs\.org/.test(first.messages.join('')), first.messages.join(''));
    const second = await harness.run('index.handler', { n: 1, fail: true }, options);
    assert.equal(second.json.errorMessage, 'as asked');
    await Promise.all(stops);
    assert.equal(stops.length, 2);

    session.dispose();
    const after = await harness.run<{ left: boolean }>('index.handler', { n: 1 }, options);
    assert.equal(after.json.left, false, 'the time-out is back');
    assert.equal(stops.length, 2);
  });

  it('leaves other functions alone, and what is warm', async () => {
    const other = { definition: { functionName: 'other' } };
    const before = (await harness.run<number>('index.pid', {}, other)).json;
    const session = debugging.begin('orders', () => assert.fail('nothing waits'));
    assert.equal((await harness.run<number>('index.pid', {}, other)).json, before);
    session.dispose();
  });

  it('leaves alone what a command of the person starts: it has no inspector, so it keeps its time-out', async () => {
    await harness.dispose();
    harness = await startHarness(FILES, { debugging, runtimeCommands: { orders: 'exec sleep 30' }, initLimitMs: 300 });
    const session = debugging.begin('orders', () => assert.fail('nothing waits'));
    const ran = await harness.run('index.handler', {}, { definition: { timeout: 1 } });
    assert.equal(ran.status, 'timeout', ran.text);
    session.dispose();
  });

  it('that ends while an attempt waits for its debugger ends the attempt', async () => {
    const { promise: waiting, resolve } = Promise.withResolvers<void>();
    const session = debugging.begin('orders', () => resolve());
    const run = harness.run('index.handler', { n: 1 }, { definition: { timeout: 1 } });
    await waiting;
    session.dispose();
    // As a crash of init, it is started once more, and nobody waits any more.
    assert.match((await run).text, /"errorType":"Runtime.ExitError"|"doubled":2/);
  });

  it('that ends while the handler runs gives it its time-out back', async () => {
    const attached: Promise<void>[] = [];
    const session = debugging.begin('orders', ({ port }) => {
      attached.push(debugAt(port, join(harness.dir, 'index.js'), 7));
    });
    const run = harness.run('index.slow', {}, { definition: { timeout: 1 } });
    await eventually(() => attached.length > 0);
    await attached[0];
    session.dispose();
    assert.equal((await run).status, 'exit');
  });

  it('is asked for over the local API, for as long as the client is there', async () => {
    await using local = await runLocalLambda({
      files: {
        'template.yaml': `
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      { FunctionName: orders, CodeUri: src, Handler: index.handler, Runtime: nodejs22.x, Timeout: 1,
        EventInvokeConfig: { MaximumRetryAttempts: 1 } }
`,
        'src/index.js': FILES['index.js'],
      },
    });
    const { endpoint, controlToken } = local;
    const ending = new AbortController();
    const stops: Promise<void>[] = [];
    const log = memoryLog();
    const onWaiting = ({ port }: DebugWaiting): void => {
      stops.push(debugAt(port, join(local.projectDir, 'src/index.js'), 3));
    };
    await debugFunction({ endpoint, controlToken, functionName: 'orders', onWaiting, log }, ending.signal);
    const invoke = (): Promise<{ readonly status: number; readonly body: string }> =>
      local.raw({
        method: 'POST',
        path: '/2015-03-31/functions/orders/invocations',
        headers: { 'x-amz-invocation-type': 'Event' },
        body: '{"n":1,"fail":true}',
      });
    assert.equal((await invoke()).status, 202);
    await eventually(() => stops.length === 2);
    await Promise.all(stops);
    await eventually(() => local.status().queued + local.status().running === 0);
    ending.abort();
    assert.deepEqual(log.messages, []);
  });
});
