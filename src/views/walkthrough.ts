import * as vscode from 'vscode';
import { extensionId } from '../host/contract.ts';

/** Of the extension's memento over all windows: the path of the example that was just opened. */
const key = 'lambdaDestinations.openedExample';

/** The example is about to be opened in a window of its own: the walkthrough goes on there. */
export async function rememberWalkthrough(memento: vscode.Memento, folder: vscode.Uri): Promise<void> {
  await memento.update(key, folder.fsPath);
}

/** In the window of the example that was just opened, once: VS Code has closed the walkthrough with the window before. */
export async function continueWalkthrough(memento: vscode.Memento): Promise<void> {
  const folder = memento.get<unknown>(key);
  const [open] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined || open?.uri.fsPath !== folder) return;
  await memento.update(key, undefined);
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extensionId}#start`, false);
}
