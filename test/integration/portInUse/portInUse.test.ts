import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import * as vscode from 'vscode';
import { product } from '../support/product.ts';

describe('a configured port in use', () => {
  let other: Server;
  const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('lambdaDestinations');

  before(async () => {
    other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    await settings().update('local.port', (other.address() as AddressInfo).port, vscode.ConfigurationTarget.Workspace);
  });

  after(async () => {
    await settings().update('local.port', undefined, vscode.ConfigurationTarget.Workspace);
    other.close();
  });

  it('is said with the port and what to do; another port gets one going again', async () => {
    const api = await product();
    const { port } = other.address() as AddressInfo;
    await assert.rejects(api.local.start(), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'portInUse');
      assert.match(error.message, new RegExp(String(port)));
      return true;
    });
    assert.equal(api.connection.phase, 'failed');
    assert.match(api.connection.problem ?? '', new RegExp(String(port)));
    const rows = await api.functionsView();
    assert.equal(rows[0]?.label, 'Local Lambda is not running');
    await settings().update('local.port', 0, vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('lambdaDestinations.restartLocal');
    assert.equal(api.connection.phase, 'ready');
  });
});
