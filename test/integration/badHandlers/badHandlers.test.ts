import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/host/extensionApi.ts';
import type { InvocationRow } from '../../../src/model/invocation.ts';
import { inWorkspace, problemsIn, product, rowWhen } from '../support/product.ts';

const ended: readonly InvocationRow['status'][] = ['succeeded', 'failed', 'lost', 'notAccepted', 'unknown'];

describe('handlers that go wrong', () => {
  let api: ExtensionApi;

  before(async () => {
    api = await product();
    await api.local.start();
  });

  /** Sends, and gives the row as it ends. */
  const endOf = async (functionName: string, payload: unknown = {}): Promise<InvocationRow> => {
    const { requestId } = await api.sendAsync({ functionName, payload });
    return rowWhen(api, requestId, ({ status }) => ended.includes(status));
  };

  // The runtime's own error types: what AWS names them.
  const expected: Readonly<Record<string, readonly [errorType: string, message: RegExp]>> = {
    'throws-at-load': ['TypeError', /Cannot read properties of undefined/],
    'syntax-error': ['Runtime.UserCodeSyntaxError', /SyntaxError: Unexpected token/],
    // Of a module (ESM) the runtime passes Node's own error on.
    'missing-import': ['Error', /Cannot find package 'pg-that-is-not-there'/],
    ghost: ['Runtime.ImportModuleError', /Cannot find module 'ghost'/],
    'not-exported': ['Runtime.HandlerNotFound', /works\.other is undefined or not exported/],
    'never-returns': ['Sandbox.Timedout', /Task timed out after 1\.00 seconds/],
    exits: ['Runtime.ExitError', /Runtime exited with error: exit status 3/],
  };
  for (const [functionName, [errorType, message]] of Object.entries(expected)) {
    it(`${functionName}: its row says why, and the next function still runs`, async () => {
      const row = await endOf(functionName);
      assert.equal(row.status, 'lost', 'there is no destination');
      assert.equal(row.condition, 'RetriesExhausted');
      assert.equal(row.attempts, 1);
      assert.equal(row.errorType, errorType);
      assert.match(row.errorMessage ?? '', message);
      assert.equal((await endOf('works')).status, 'succeeded');
    });
  }

  it('are named on the template where they are not there', async () => {
    await vscode.window.showTextDocument(inWorkspace('src', 'works.js'));
    const messages = (await problemsIn(inWorkspace('template.yaml'))).map(({ message }) => message).toSorted();
    assert.equal(messages.length, 2, messages.join('\n'));
    assert.match(messages[0] ?? '', /“ghost”/);
    assert.match(messages[1] ?? '', /“not-exported”/);
  });

  it('run again as they are on disk at the next send', async () => {
    const file = inWorkspace('src', 'throwsAtLoad.js');
    const before = await vscode.workspace.fs.readFile(file);
    await write(file, 'export const handler = async () => "mended";\n');
    assert.equal((await endOf('throws-at-load')).status, 'succeeded');
    await vscode.workspace.fs.writeFile(file, before);
    assert.equal((await endOf('throws-at-load')).errorType, 'TypeError');
  });

  it('retry at once when the wait is skipped', async () => {
    const settings = vscode.workspace.getConfiguration('lambdaDestinations');
    await settings.update('local.timeScale', 1, vscode.ConfigurationTarget.Workspace);
    try {
      await vscode.commands.executeCommand('lambdaDestinations.restartLocal');
      const { requestId } = await api.sendAsync({ functionName: 'fails', payload: { order: 17 } });
      await rowWhen(api, requestId, ({ status, attempts }) => status === 'waiting' && attempts === 1);
      // A minute's wait in AWS's time: longer than this test may take.
      await vscode.commands.executeCommand('lambdaDestinations.skipWait', { requestId });
      const row = await rowWhen(api, requestId, ({ status }) => ended.includes(status));
      assert.equal(row.attempts, 2);
      await assert.rejects(
        async () => vscode.commands.executeCommand('lambdaDestinations.skipWait', { requestId }),
        /does not wait any more/,
      );
      const more = [
        await api.sendAsync({ functionName: 'fails', payload: { order: 18 } }),
        await api.sendAsync({ functionName: 'fails', payload: { order: 19 } }),
      ];
      for (const sent of more) await rowWhen(api, sent.requestId, ({ status }) => status === 'waiting');
      const question = { isOver: false };
      const asked = vscode.commands.executeCommand('lambdaDestinations.skipWait');
      const answered = Promise.resolve(asked).finally(() => (question.isOver = true));
      // Nothing tells when the question stands there; all of them is what it offers first.
      while (!question.isOver) await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      await answered;
      for (const sent of more) await rowWhen(api, sent.requestId, ({ attempts }) => attempts === 2);
    } finally {
      await settings.update('local.timeScale', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});

async function write(file: vscode.Uri, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
}
