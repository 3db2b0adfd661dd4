import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { readSetting } from './contract.ts';

/** Templates by the names that SAM and CloudFormation projects give them. */
const templateNames = ['template.yaml', 'template.yml', 'template.json'];

/** Folders whose templates are copies or belong to others. */
const exclude = '**/{node_modules,.aws-sam,cdk.out}/**';

/** So many templates below the workspace's folders are looked at. */
const maximumTemplates = 100;

/**
 * The folder that local Lambda serves: the one that the setting names, else the first workspace folder with a template at
 * its top, else the folder of the topmost template below them, else the first workspace folder. `undefined`: no folder is
 * open. @throws UserFacingFailure `projectMissing`
 */
export async function projectFolder(): Promise<vscode.Uri | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const [first] = folders;
  if (!first) return undefined;
  const chosen = readSetting(vscode, 'local.project');
  if (chosen !== '') return chosenFolder(first.uri, chosen);
  for (const { uri } of folders) {
    const found = await Promise.all(templateNames.map((name) => exists(vscode.Uri.joinPath(uri, name))));
    if (found.includes(true)) return uri;
  }
  return (await topmostTemplate()) ?? first.uri;
}

async function chosenFolder(workspaceFolder: vscode.Uri, chosen: string): Promise<vscode.Uri> {
  const folder = isAbsolute(chosen) ? vscode.Uri.file(chosen) : vscode.Uri.joinPath(workspaceFolder, chosen);
  if (await exists(folder)) return folder;
  throw new UserFacingFailure(
    'projectMissing',
    vscode.l10n.t(
      'There is no folder {0}, which the setting lambdaDestinations.local.project names for local Lambda. Correct it, or leave it empty.',
      folder.fsPath,
    ),
  );
}

/** The folder of the template that lies least deep; of those as deep as it the first by name. */
async function topmostTemplate(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(`**/{${templateNames.join(',')}}`, exclude, maximumTemplates);
  const depth = ({ path }: vscode.Uri): number => path.split('/').length;
  const [top] = found
    .filter(({ scheme }) => scheme === 'file')
    .sort((a, b) => depth(a) - depth(b) || (a.path < b.path ? -1 : 1));
  return top && vscode.Uri.joinPath(top, '..');
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
