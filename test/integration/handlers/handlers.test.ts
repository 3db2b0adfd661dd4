import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { inWorkspace, lenses, problemsIn, product } from '../support/product.ts';

describe('handlers', () => {
  before(async () => {
    await product();
  });

  it('get lenses where the template proves them, and nothing else does', async () => {
    const file = inWorkspace('src', 'app.js');
    await vscode.window.showTextDocument(file);
    assert.deepEqual(await lenses(file), [
      { line: 4, title: '$(play) Send async', command: 'lambdaDestinations.sendAsync' },
      { line: 4, title: 'Send async with payload…', command: 'lambdaDestinations.sendAsyncWithPayload' },
      { line: 4, title: 'Destinations…', command: 'lambdaDestinations.changeDestination' },
    ]);
    const unrelated = inWorkspace('src', 'unrelated.js');
    await vscode.window.showTextDocument(unrelated);
    assert.deepEqual(await lenses(unrelated), []);
  });

  it('have no lenses while the setting is off', async () => {
    const file = inWorkspace('src', 'app.js');
    const settings = vscode.workspace.getConfiguration('lambdaDestinations');
    await settings.update('codeLens.enabled', false, vscode.ConfigurationTarget.Workspace);
    try {
      assert.deepEqual(await lenses(file), []);
    } finally {
      await settings.update('codeLens.enabled', undefined, vscode.ConfigurationTarget.Workspace);
    }
    assert.equal((await lenses(file)).length, 3);
  });

  it('open at their line', async () => {
    await vscode.commands.executeCommand('lambdaDestinations.openHandler', { functionName: 'proven' });
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.path, inWorkspace('src', 'app.js').path);
    assert.equal(editor.selection.active.line, 3);
  });

  it('that are missing are named with the file looked for, where one asks and on the template', async () => {
    await assert.rejects(
      async () => vscode.commands.executeCommand('lambdaDestinations.openHandler', { functionName: 'ghost' }),
      /ghost\.js/,
    );
    const [problem] = await problemsIn(inWorkspace('template.yaml'));
    assert.match(problem?.message ?? '', /ghost/);
  });
});
