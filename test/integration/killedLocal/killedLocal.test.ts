import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { when } from '../../support/when.ts';
import { inWorkspace, product, rowWhen } from '../support/product.ts';

/** The process id of the local Lambda that serves this workspace. */
async function localProcess(): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,args=']);
  const folder = inWorkspace().fsPath;
  const lines = stdout.split('\n').filter((line) => line.includes('local.mjs') && line.includes(`--project ${folder}`));
  const pid = Number(/^\s*(\d+)/.exec(lines[0] ?? '')?.[1]);
  assert.ok(lines.length === 1 && pid > 0, `one local Lambda for ${folder}, found: ${lines.join('; ')}`);
  return pid;
}

describe('local Lambda killed while it runs', () => {
  it('is told, and what was accepted goes on after a restart', async () => {
    const api = await product();
    await api.local.start();
    const { requestId } = await api.sendAsync({ functionName: 'fails', payload: { keep: true } });
    await rowWhen(api, requestId, ({ status, attempts }) => status === 'waiting' && attempts === 1);
    process.kill(await localProcess(), 'SIGKILL');
    const connection = await when(api.onDidChangeConnection as vscode.Event<unknown>, () =>
      api.connection.phase === 'failed' ? api.connection : undefined,
    );
    assert.ok((connection.problem ?? '').length > 0);
    const rows = await api.functionsView();
    assert.equal(rows[0]?.label, 'Local Lambda is not running');
    await vscode.commands.executeCommand('lambdaDestinations.restartLocal');
    assert.equal(api.connection.phase, 'ready');
    // No destination and no dead-letter queue: the end is "lost", after all three attempts.
    const ended = await rowWhen(api, requestId, ({ status }) => status === 'lost' || status === 'failed');
    assert.equal(ended.attempts, 3);
  });

  it('while an attempt runs: the attempt is made again', async () => {
    const api = await product();
    await api.local.start();
    const { requestId } = await api.sendAsync({ functionName: 'slow', payload: {} });
    await rowWhen(api, requestId, ({ status }) => status === 'running');
    process.kill(await localProcess(), 'SIGKILL');
    await when(api.onDidChangeConnection as vscode.Event<unknown>, () =>
      api.connection.phase === 'failed' ? true : undefined,
    );
    await vscode.commands.executeCommand('lambdaDestinations.restartLocal');
    const ended = await rowWhen(api, requestId, ({ status }) => status === 'succeeded');
    assert.equal(ended.condition, 'Success');
    assert.equal((await api.invocations.query({ functionName: 'slow' })).length, 1, 'and has one row');
  });
});
