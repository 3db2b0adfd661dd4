import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { inWorkspace, lenses, product } from '../support/product.ts';

describe('an untrusted workspace', () => {
  it('starts nothing, and says what to do', async function () {
    if (vscode.workspace.isTrusted) {
      // The host decides: it has to be started with workspace trust on.
      assert.fail('This suite needs a host with workspace trust enabled.');
    }
    const api = await product();
    assert.deepEqual(await api.functionsView(), [], 'the welcome text says what to do');
    const file = inWorkspace('src', 'fails.js');
    await vscode.window.showTextDocument(file);
    assert.deepEqual(await lenses(file), [
      { line: 1, title: '$(shield) Trust this workspace to send async', command: 'workbench.trust.manage' },
    ]);
    await assert.rejects(api.local.start(), { code: 'untrusted' });
    await assert.rejects(api.sendAsync({ functionName: 'fails' }), { code: 'untrusted' });
    assert.equal(api.connection.phase, 'stopped');
    assert.equal(api.local.endpoint, undefined);
  });
});
