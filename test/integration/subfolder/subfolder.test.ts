import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/host/extensionApi.ts';
import { inWorkspace, lenses, product, rowWhen } from '../support/product.ts';

describe('templates in folders below', () => {
  let api: ExtensionApi;
  const names = async (): Promise<readonly string[]> => (await api.functions()).map(({ functionName }) => functionName);

  before(async () => {
    api = await product();
  });
  after(() => vscode.workspace.getConfiguration('lambdaDestinations').update('local.project', undefined));

  it('are served: the topmost, and of those the first', async () => {
    assert.deepEqual(await names(), ['below']);
    assert.ok(api.connection.id.endsWith('backend'), api.connection.id);
    const handler = inWorkspace('backend', 'src', 'app.mjs');
    await vscode.window.showTextDocument(handler);
    assert.ok((await lenses(handler)).length > 0);
    const { requestId } = await api.sendAsync({ functionName: 'below' });
    await rowWhen(api, requestId, ({ status }) => status === 'succeeded');
  });

  it('or the one that the setting names, from then on', async () => {
    const changed = new Promise((resolve) => api.onDidChangeConnection(resolve));
    await vscode.workspace.getConfiguration('lambdaDestinations').update('local.project', 'other');
    await changed;
    assert.deepEqual(await names(), ['other']);
  });

  it('a setting that leads nowhere is told', async () => {
    const changed = new Promise((resolve) => api.onDidChangeConnection(resolve));
    await vscode.workspace.getConfiguration('lambdaDestinations').update('local.project', 'nowhere');
    await changed;
    await assert.rejects(names(), { code: 'projectMissing' });
  });
});
