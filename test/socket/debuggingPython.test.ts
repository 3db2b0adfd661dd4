import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debugFunction } from '../../src/connections/debugStream.ts';
import { Debugging } from '../../src/local/environments/debugging.ts';
import type { DebugWaiting } from '../../src/protocol/localApi.ts';
import { DebugAdapterClient } from '../support/debugAdapterClient.ts';
import { realDebugpy } from '../support/debugpy.ts';
import type { DebugpyForTests } from '../support/debugpy.ts';
import { eventually, memoryLog, startHarness } from '../support/environmentsHarness.ts';
import type { Harness } from '../support/environmentsHarness.ts';
import { runLocalLambda } from '../support/localLambda.ts';

const APP = `import os
import subprocess
import sys

def handler(event, context):
    doubled = event["n"] * 2
    if event.get("fail"):
        raise ValueError("as asked")
    child = subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, text=True)
    return {
        "doubled": doubled,
        "left": context.get_remaining_time_in_millis() > 60_000,
        "environ": sorted(os.environ),
        "child": child.stdout.strip(),
    }

def slow(event, context):
    import time
    while True:
        time.sleep(0.01)
`;

/** A debugger at debugpy's port: breaks in `file` at `line`, stays there for `holdMs`, lets it go on. */
async function debugAt(
  { port, debugger: kind }: DebugWaiting,
  file: string,
  line: number,
  holdMs = 0,
): Promise<string> {
  assert.equal(kind, 'python');
  const client = await DebugAdapterClient.connect(port);
  await client.request('initialize', { adapterID: 'debugpy', pathFormat: 'path', linesStartAt1: true });
  const attached = client.request('attach', { justMyCode: false, subProcess: false });
  await client.event('initialized');
  await client.request('setBreakpoints', { source: { path: file }, breakpoints: [{ line }] });
  await client.request('configurationDone');
  await attached;
  const { threadId } = await client.event<{ threadId: number }>('stopped');
  const { stackFrames } = await client.request<{ stackFrames: { id: number; name: string; line: number }[] }>(
    'stackTrace',
    { threadId, levels: 1 },
  );
  const [frame] = stackFrames;
  await client.request('evaluate', {
    expression: `__import__("time").sleep(${holdMs / 1_000})`,
    frameId: frame?.id,
    context: 'repl',
  });
  // The process may end before this is answered, and the adapter with it.
  client.request('continue', { threadId }).catch(() => undefined);
  return `${frame?.name}:${frame?.line}`;
}

describe('debugging of Python', function () {
  this.timeout(60_000);
  let found: DebugpyForTests;
  let debugging: Debugging;
  let harness: Harness;
  const definition = { runtime: 'python3.12', timeout: 1 };

  before(async function () {
    found = await realDebugpy(this);
  });

  beforeEach(async () => {
    debugging = new Debugging();
    harness = await startHarness({ 'app.py': APP }, { debugging, pythonPath: found.python, initLimitMs: 500 });
  });

  afterEach(() => harness.dispose());

  interface Answer {
    readonly doubled: number;
    readonly left: boolean;
    readonly environ: readonly string[];
    readonly child: string;
    readonly errorMessage?: string;
  }

  it('stops each attempt at its breakpoint, with no time-out, and leaves nothing behind', async () => {
    const plain = await harness.run<Answer>('app.handler', { n: 1 }, { definition });
    assert.equal(plain.json.left, false);
    const stops: Promise<string>[] = [];
    const session = debugging.begin(
      'orders',
      (waiting) => {
        stops.push(debugAt(waiting, join(harness.dir, 'app.py'), 6, 1_200));
      },
      found.debugpyDir,
    );
    const first = await harness.run<Answer>('app.handler', { n: 4 }, { definition });
    assert.equal(first.status, 'success', first.text + first.messages.join(''));
    assert.deepEqual([first.json.doubled, first.json.left, first.json.child], [8, true, '1']);
    assert.ok(first.durationMs > 1_000, `${first.durationMs} ms`);
    assert.deepEqual(first.json.environ, plain.json.environ, 'the handler’s variables are its own');
    assert.deepEqual(
      first.messages.filter((message) => !/^(?:INIT_START|START|END|REPORT) /.test(message)),
      [],
    );
    const second = await harness.run<Answer>('app.handler', { n: 1, fail: true }, { definition });
    assert.equal(second.json.errorMessage, 'as asked');
    assert.deepEqual(await Promise.all(stops), ['handler:6', 'handler:6']);

    session.dispose();
    const after = await harness.run<Answer>('app.handler', { n: 1 }, { definition });
    assert.equal(after.json.left, false, 'the time-out is back');
    assert.equal(stops.length, 2);
    await harness.environments.dispose();
    await eventually(async () => (await adaptersOf(found.debugpyDir)).length === 0);
  });

  it('finds the debugpy of the project’s virtual environment', async () => {
    const projectDir = join(harness.dir, '..');
    await harness.environments.dispose();
    await promisify(execFile)(found.python, ['-m', 'venv', '--without-pip', join(projectDir, '.venv')]);
    const lib = join(projectDir, '.venv', 'lib');
    const [version = ''] = await readdir(lib);
    await writeFile(join(lib, version, 'site-packages', 'debugpy.pth'), `${found.debugpyDir}\n`);
    const other = await startHarness({ 'app.py': APP }, { debugging, projectDir });
    const stops: Promise<string>[] = [];
    const session = debugging.begin('orders', (waiting) => {
      stops.push(debugAt(waiting, join(other.dir, 'app.py'), 6));
    });
    assert.equal((await other.run<Answer>('app.handler', { n: 4 }, { definition })).json.doubled, 8);
    assert.deepEqual(await Promise.all(stops), ['handler:6']);
    session.dispose();
    await other.dispose();
  });

  it('runs as ever without debugpy: nothing waits', async () => {
    const session = debugging.begin('orders', () => assert.fail('nothing waits'));
    const ran = await harness.run<Answer>('app.handler', { n: 4 }, { definition });
    assert.deepEqual([ran.json.doubled, ran.json.left], [8, false]);
    session.dispose();
  });

  it('that ends while an attempt waits for its debugger ends the attempt', async () => {
    const { promise: waiting, resolve } = Promise.withResolvers<void>();
    const session = debugging.begin('orders', () => resolve(), found.debugpyDir);
    const run = harness.run('app.handler', { n: 1 }, { definition });
    await waiting;
    session.dispose();
    // As a crash of init, it is started once more, and nobody waits any more.
    assert.match((await run).text, /"errorType":"Runtime.ExitError"|"doubled": 2/);
  });

  it('that ends while the handler runs gives it its time-out back', async () => {
    const stops: Promise<string>[] = [];
    const session = debugging.begin(
      'orders',
      (waiting) => {
        stops.push(debugAt(waiting, join(harness.dir, 'app.py'), 19));
      },
      found.debugpyDir,
    );
    const run = harness.run('app.slow', {}, { definition });
    await eventually(() => stops.length > 0);
    await stops[0];
    session.dispose();
    assert.equal((await run).status, 'exit');
  });

  it('is asked for over the local API, which says what is missing', async () => {
    await using local = await runLocalLambda({
      files: {
        'template.yaml': `
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      { FunctionName: orders, CodeUri: src, Handler: app.handler, Runtime: python3.12, Timeout: 1,
        EventInvokeConfig: { MaximumRetryAttempts: 1 } }
  Gem:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: gem, CodeUri: src, Handler: app.handler, Runtime: ruby3.3 }
  Own:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: own, CodeUri: src, Handler: app.handler, Runtime: nodejs22.x }
`,
        'src/app.py': APP,
      },
      pythonPath: found.python,
      runtimeCommands: { own: 'true' },
    });
    const { endpoint, controlToken } = local;
    const ending = new AbortController();
    const stops: Promise<string>[] = [];
    const log = memoryLog();
    const ask = {
      ...{ endpoint, controlToken, log },
      onWaiting: (waiting: DebugWaiting): void => {
        stops.push(debugAt(waiting, join(local.projectDir, 'src/app.py'), 6));
      },
    };
    for (const [functionName, reason] of [
      ['orders', 'debugpy'],
      ['gem', 'runtime'],
      ['own', 'command'],
      ['none', 'noFunction'],
    ] as const) {
      const refusal = await debugFunction({ ...ask, functionName }, ending.signal);
      assert.equal(refusal?.reason, reason, refusal?.message);
      if (reason === 'debugpy') assert.equal(refusal.python, found.python);
    }
    const { debugpyDir } = found;
    assert.equal(await debugFunction({ ...ask, functionName: 'orders', debugpyDir }, ending.signal), undefined);
    const { status } = await local.raw({
      method: 'POST',
      path: '/2015-03-31/functions/orders/invocations',
      headers: { 'x-amz-invocation-type': 'Event' },
      body: '{"n":1,"fail":true}',
    });
    assert.equal(status, 202);
    await eventually(() => stops.length === 2);
    assert.deepEqual(await Promise.all(stops), ['handler:6', 'handler:6']);
    await eventually(() => local.status().queued + local.status().running === 0);
    ending.abort();
    assert.deepEqual(log.messages, []);
  });
});

/** The adapters that run from a folder. */
async function adaptersOf(debugpyDir: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid,args']);
  return stdout.split('\n').filter((line) => line.includes(join(debugpyDir, 'debugpy', 'adapter')));
}
