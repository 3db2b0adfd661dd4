import * as vscode from 'vscode';

/** `Open AWS Config`: the config file, else the credentials file; where there is none, a new one to be saved there. */
export async function openAwsConfig(): Promise<void> {
  const { profileFiles } = await import('../../connections/awsProfiles.ts');
  const files = profileFiles().map((path) => vscode.Uri.file(path));
  for (const file of files) {
    if (await exists(file)) {
      await vscode.window.showTextDocument(file);
      return;
    }
  }
  const [first] = files;
  if (first) await vscode.window.showTextDocument(first.with({ scheme: 'untitled' }));
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
