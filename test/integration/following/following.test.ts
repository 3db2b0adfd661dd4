import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { when } from '../../support/when.ts';
import { inWorkspace, lenses, problemsIn, product } from '../support/product.ts';

const template = inWorkspace('template.yaml');
const handler = inWorkspace('src', 'orders.js');

describe('what changes in the workspace', () => {
  before(async () => {
    await product();
    await vscode.window.showTextDocument(handler);
    assert.equal((await lenses(handler)).length, 3);
  });

  it('is followed in the handler’s editor before it is saved', async () => {
    const editor = await vscode.window.showTextDocument(handler);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// a comment\n'));
    assert.deepEqual(
      (await lenses(handler)).map(({ line }) => line),
      [2, 2, 2],
    );
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('is followed in the template’s editor before it is saved', async () => {
    const document = await vscode.workspace.openTextDocument(template);
    await replace(document, 'orders.handler', 'ghost.handler');
    await problemsIn(template, /no src\/ghost\.js/);
    assert.deepEqual(await lenses(handler), []);
    await replace(document, 'ghost.handler', 'orders.handler');
    await noProblemsIn(template);
    assert.equal((await lenses(handler)).length, 3);
  });

  it('is followed on disk: a handler that goes and comes back', async () => {
    const text = await vscode.workspace.fs.readFile(handler);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(handler);
    await problemsIn(template, /no src\/orders\.js/);
    await vscode.workspace.fs.writeFile(handler, text);
    await noProblemsIn(template);
  });

  it('is followed on disk: a template that comes', async () => {
    const nested = inWorkspace('nested', 'template.yaml');
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(template)).replace('orders\n', 'second\n');
    await vscode.workspace.fs.writeFile(nested, new TextEncoder().encode(text));
    await problemsIn(nested, /“second”: there is no src\/orders\.js/);
    await vscode.workspace.fs.delete(nested);
    await noProblemsIn(nested);
  });
});

async function replace(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const start = document.positionAt(document.getText().indexOf(from));
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(start, start.translate(0, from.length)), to);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** Resolves when a file has no problem of ours any more. */
function noProblemsIn(uri: vscode.Uri): Promise<true> {
  return when(vscode.languages.onDidChangeDiagnostics, () => {
    const ours = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Lambda Destinations');
    return ours.length === 0 ? true : undefined;
  });
}
