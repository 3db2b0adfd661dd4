import * as vscode from 'vscode';
import type { Connection, ConnectionInfo } from '../connections/connection.ts';
import { projectFolder } from '../host/projectFolder.ts';
import { readSettings } from '../host/settings.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';

/** What a local connection is made from; read when it is made. */
export interface LocalConnectionOptions {
  /** Absolute path. */
  readonly projectDir: string;
  /** Absolute path of the folder where queued events survive restarts. */
  readonly dataDir: string;
}

/** What is known of the local connection before it is made. */
export function localConnectionInfo(): ConnectionInfo {
  const settings = readSettings();
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  return {
    id: `local:${folder?.uri.fsPath ?? ''}`,
    kind: 'local',
    label: vscode.l10n.t('Local Lambda'),
    region: settings['local.region'],
    account: settings['local.account'],
    timeScale: settings['local.timeScale'],
  };
}

/**
 * The one gate to local Lambda: it runs the workspace's code, so there has to be a folder, and it has to be trusted.
 * @throws UserFacingFailure `noFolder`, `untrusted`
 */
export async function makeLocalConnection(
  storage: vscode.Uri,
  make: (options: LocalConnectionOptions) => Promise<Connection>,
): Promise<Connection> {
  const folder = await projectFolder();
  if (!folder) {
    throw new UserFacingFailure(
      'noFolder',
      vscode.l10n.t(
        'No folder is open, so there is no function to run. Open a folder with a template, or the example.',
      ),
    );
  }
  if (!vscode.workspace.isTrusted) {
    throw new UserFacingFailure(
      'untrusted',
      vscode.l10n.t(
        'Local Lambda runs the code of this workspace, so it does not start until you trust the workspace.',
      ),
    );
  }
  const data = vscode.Uri.joinPath(storage, 'local');
  await vscode.workspace.fs.createDirectory(data);
  return make({ projectDir: folder.fsPath, dataDir: data.fsPath });
}
