import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/host/extensionApi.ts';
import type { InvocationRow } from '../../../src/model/invocation.ts';
import { realDebugpy } from '../../support/debugpy.ts';
import { inWorkspace, product, rowWhen } from '../support/product.ts';

interface DebugMessage {
  readonly type: string;
  readonly event?: string;
  readonly body?: { readonly reason?: string; readonly threadId?: number };
}

interface Stop {
  /** Its name: the web workbench has URIs where the desktop has paths. */
  readonly file: string | undefined;
  readonly line: number;
}

/** Takes longer than the time-out of the functions. */
const lasts = {
  js: '{ const until = Date.now() + 1200; while (Date.now() < until); }',
  py: '__import__("time").sleep(1.2)',
};

const ended: readonly InvocationRow['status'][] = ['succeeded', 'failed', 'lost', 'notAccepted', 'unknown'];

describe('Debug Asynchronously', () => {
  let api: ExtensionApi;
  let stops: Stop[];
  const subscriptions: vscode.Disposable[] = [];

  before(async () => {
    api = await product();
    await api.local.start();
    // Every stop is written down, lasts longer than the function's time-out, and goes on.
    const goOn = async (session: vscode.DebugSession, threadId: number | undefined): Promise<void> => {
      const { stackFrames } = (await session.customRequest('stackTrace', { threadId, levels: 1 })) as {
        stackFrames: { id: number; source?: { path?: string }; line: number }[];
      };
      const [frame] = stackFrames;
      stops.push({ file: frame?.source?.path?.split(/[\\/]/).at(-1), line: frame?.line ?? 0 });
      const expression = frame?.source?.path?.endsWith('.py') === true ? lasts.py : lasts.js;
      await session.customRequest('evaluate', { expression, frameId: frame?.id, context: 'repl' });
      await session.customRequest('continue', { threadId });
    };
    subscriptions.push(
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: ({ type, event, body }: DebugMessage) => {
            if (type === 'event' && event === 'stopped') void goOn(session, body?.threadId);
          },
        }),
      }),
    );
  });

  beforeEach(() => {
    stops = [];
  });

  afterEach(() => vscode.debug.removeBreakpoints(vscode.debug.breakpoints));

  after(() => {
    for (const subscription of subscriptions) subscription.dispose();
  });

  /** Breaks at a line (from 1). */
  const breakAt = (file: vscode.Uri, line: number): void =>
    vscode.debug.addBreakpoints([
      new vscode.SourceBreakpoint(new vscode.Location(file, new vscode.Position(line - 1, 0))),
    ]);

  const debug = async (functionName: string, payload: unknown): Promise<InvocationRow> => {
    const result = await vscode.commands.executeCommand<{ requestId: string }>('lambdaDestinations.debugAsync', {
      functionName,
      payload,
    });
    return rowWhen(api, result.requestId, ({ status }) => ended.includes(status));
  };

  it('stops at a breakpoint in every attempt, and the time-out waits', async () => {
    const file = inWorkspace('src', 'orders.js');
    breakAt(file, 2);
    const row = await debug('orders', { price: 4, fail: true });
    // Nothing takes its failure: it has no destination.
    assert.deepEqual([row.status, row.errorMessage], ['lost', 'total 8']);
    assert.deepEqual(stops, [
      { file: 'orders.js', line: 2 },
      { file: 'orders.js', line: 2 },
    ]);
  });

  it('stops in TypeScript, at the line of the source', async () => {
    const file = inWorkspace('src', 'prices.ts');
    breakAt(file, 6);
    assert.equal((await debug('prices', { amount: 4 })).status, 'succeeded');
    assert.deepEqual(stops, [{ file: 'prices.ts', line: 6 }]);
  });

  it('is over with the event: the next one runs as ever', async () => {
    breakAt(inWorkspace('src', 'orders.js'), 2);
    const { requestId } = await api.sendAsync({ functionName: 'orders', payload: { price: 1 } });
    const row = await rowWhen(api, requestId, ({ status }) => ended.includes(status));
    assert.equal(row.status, 'succeeded');
    assert.deepEqual(stops, []);
  });

  it('lets no attempt wait for a debugger that can not be started', async () => {
    const broken = vscode.debug.registerDebugConfigurationProvider('node', {
      resolveDebugConfiguration: () => Promise.reject(new Error('broken')),
    });
    try {
      assert.equal((await debug('orders', { price: 1 })).status, 'succeeded');
    } finally {
      broken.dispose();
    }
  });

  it('says what it does not debug', async () => {
    await assert.rejects(
      async () => vscode.commands.executeCommand('lambdaDestinations.debugAsync', { functionName: 'gem', payload: {} }),
      /Node\.js and Python functions are debugged.*ruby3\.3/,
    );
  });

  it('stops in Python in every attempt, and says before how debugpy is installed', async function () {
    this.timeout(120_000);
    const root =
      vscode.extensions.getExtension('lambda-destinations.lambda-destinations')?.extensionPath ?? assert.fail();
    const { python, debugpyDir } = await realDebugpy(this, root);
    const venv = inWorkspace('.venv').fsPath;
    const run = promisify(execFile);
    await run(python, ['-m', 'venv', '--without-pip', venv]);
    // A Python of the project’s that has none, whatever the machine’s others have.
    await assert.rejects(
      async () =>
        vscode.commands.executeCommand('lambdaDestinations.debugAsync', { functionName: 'snake', payload: {} }),
      /debugpy is not installed.*\.venv\S*python -m pip install debugpy/,
    );
    const { stdout } = await run(join(venv, 'bin', 'python'), [
      '-c',
      'import sysconfig; print(sysconfig.get_path("purelib"))',
    ]);
    await writeFile(join(stdout.trim(), 'debugpy.pth'), `${debugpyDir}\n`);
    breakAt(inWorkspace('src', 'app.py'), 3);
    const row = await debug('snake', { price: 4, fail: true });
    assert.deepEqual([row.status, row.errorMessage], ['lost', 'total 8']);
    assert.deepEqual(stops, [
      { file: 'app.py', line: 3 },
      { file: 'app.py', line: 3 },
    ]);
  });
});
