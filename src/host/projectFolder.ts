import * as vscode from 'vscode';

/** Templates by the names that SAM and CloudFormation projects give them. */
const templateNames = ['template.yaml', 'template.yml', 'template.json'];

/** The workspace folder that local Lambda serves: the first with a template, else the first. `undefined`: no folder is open. */
export async function projectFolder(): Promise<vscode.Uri | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  for (const { uri } of folders) {
    const found = await Promise.all(templateNames.map((name) => exists(vscode.Uri.joinPath(uri, name))));
    if (found.includes(true)) return uri;
  }
  return folders[0]?.uri;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
