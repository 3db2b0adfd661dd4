import * as vscode from 'vscode';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { Services } from '../services.ts';
import { rememberWalkthrough } from '../walkthrough.ts';

const exampleName = 'event-destinations';

/** `Open Example`: copies the example to where the person wants it, and opens it. @throws UserFacingFailure */
export async function openExample(
  services: Services,
  args?: { readonly parent: string; readonly open?: boolean },
): Promise<string | undefined> {
  const parent = typeof args?.parent === 'string' ? vscode.Uri.file(args.parent) : await pickParent();
  if (!parent) return undefined;
  const source = vscode.Uri.joinPath(services.extensionUri, 'examples', exampleName);
  const target = await freeName(parent);
  try {
    await vscode.workspace.fs.copy(source, target, { overwrite: false });
  } catch (error) {
    throw new UserFacingFailure(
      'exampleNotCopied',
      vscode.l10n.t('The example could not be copied. Choose another folder. The folder was: "{0}"', parent.fsPath),
      { cause: error, actions: [{ title: vscode.l10n.t('Choose Folder'), command: 'lambdaDestinations.openExample' }] },
    );
  }
  if (args?.open !== false) {
    await rememberWalkthrough(services.globalState, target);
    const forceNewWindow = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
    await vscode.commands.executeCommand('vscode.openFolder', target, { forceNewWindow });
  }
  return target.fsPath;
}

async function pickParent(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: false,
    title: vscode.l10n.t('Choose the folder to put the example into'),
    openLabel: vscode.l10n.t('Put Example Here'),
  });
  return chosen?.[0];
}

/** `event-destinations`, or with a number where that is taken. */
async function freeName(parent: vscode.Uri): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const candidate = vscode.Uri.joinPath(parent, number === 1 ? exampleName : `${exampleName}-${number}`);
    try {
      await vscode.workspace.fs.stat(candidate);
    } catch {
      return candidate;
    }
  }
}
