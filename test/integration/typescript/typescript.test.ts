import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/host/extensionApi.ts';
import type { InvocationRow } from '../../../src/model/invocation.ts';
import { inWorkspace, lenses, product, rowWhen } from '../support/product.ts';

const ended: readonly InvocationRow['status'][] = ['succeeded', 'failed', 'lost', 'notAccepted', 'unknown'];

describe('TypeScript handlers', () => {
  let api: ExtensionApi;

  before(async () => {
    api = await product();
    await api.local.start();
  });

  /** Sends, and gives the row as it ends, with what the last attempt answered. */
  const endOf = async (functionName: string, payload: unknown): Promise<{ row: InvocationRow; response: string }> => {
    const { requestId } = await api.sendAsync({ functionName, payload });
    const row = await rowWhen(api, requestId, ({ status }) => ended.includes(status));
    const attempts = (await api.invocations.get(requestId))?.invocation.attempts ?? [];
    return { row, response: attempts.at(-1)?.ended?.response ?? '' };
  };

  const sendLensIn = async (...file: string[]): Promise<number | undefined> => {
    await vscode.window.showTextDocument(inWorkspace(...file));
    const found = await lenses(inWorkspace(...file));
    return found.find(({ command }) => command === 'lambdaDestinations.sendAsync')?.line;
  };

  it('get lenses: in the source that esbuild would bundle, and where TypeScript is all there is', async () => {
    assert.equal(await sendLensIn('shop', 'src', 'app.ts'), 5);
    assert.equal(await sendLensIn('notes', 'notes.ts'), 6);
    assert.equal(await sendLensIn('shop', 'src', 'lib', 'order.ts'), undefined);
  });

  it('open at their line', async () => {
    await vscode.commands.executeCommand('lambdaDestinations.openHandler', { functionName: 'shop' });
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.path, inWorkspace('shop', 'src', 'app.ts').path);
    assert.equal(editor.selection.active.line, 4);
    await assert.rejects(
      async () => vscode.commands.executeCommand('lambdaDestinations.openHandler', { functionName: 'page' }),
      /page\.tsx/,
    );
  });

  it('run without a build', async () => {
    assert.equal((await endOf('shop', { item: 'cup', price: 3 })).response, '{"status":"sold","price":3}');
    assert.equal((await endOf('notes', { text: 'hello' })).response, '"HELLO"');
  });

  it('fail at the line and column of the source', async () => {
    const first = await endOf('shop', {});
    assert.equal(first.row.errorType, 'TypeError');
    assert.match(first.response, /at Runtime\.handler \(file:\/\/\/var\/task\/src\/app\.ts:6:39\)/);
    const inner = await endOf('shop', { item: 'cup' });
    assert.equal(inner.row.errorMessage, 'no price of cup');
    assert.match(inner.response, /at priceOf \(\/var\/task\/src\/lib\/order\.ts:12:40\)/);
  });

  it('say what they need: esbuild for .tsx, the SDK that AWS brings', async () => {
    const page = await endOf('page', {});
    assert.match(page.row.errorMessage ?? '', /it is a \.tsx file \(JSX\)\. Run "npm install --save-dev esbuild" in /);
    const sdk = await endOf('sdk', {});
    assert.match(sdk.row.errorMessage ?? '', /On AWS the runtime provides '@aws-sdk\/client-sfn'.*npm install/s);
  });
});
