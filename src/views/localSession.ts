import * as vscode from 'vscode';
import { createHash } from 'node:crypto';
import type { Connection, ConnectionInfo } from '../connections/connection.ts';
import { LazyConnection } from '../connections/lazyConnection.ts';
import type { Boundary } from '../host/boundary.ts';
import type { WorkspaceMemory } from '../host/memento.ts';
import { projectFolder } from '../host/projectFolder.ts';
import { readSettings } from '../host/settings.ts';
import type { Disposable } from '../model/disposable.ts';
import type { Logger } from '../model/logger.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import type { InvocationStore } from '../store/invocationStore.ts';

/** What the local connection of a window is made with. */
export interface LocalSessionOptions {
  /** The folder for the workspace's data. */
  readonly storage: vscode.Uri;
  /** URL of local Lambda's program. */
  readonly localProgram: URL;
  readonly store: InvocationStore;
  readonly memory: WorkspaceMemory;
  readonly boundary: Boundary;
  readonly log: Logger;
}

/** The window's connection to local Lambda: made at its first use, made anew when another folder is to be served. */
export function createLocalSession(options: LocalSessionOptions): {
  readonly connection: LazyConnection;
  readonly folders: Disposable;
} {
  const { memory, boundary } = options;
  let projectDir: string | undefined;
  const connection = new LazyConnection({
    info: () => localConnectionInfo(memory),
    async make() {
      projectDir = (await servedFolder()).fsPath;
      await memory.setProjectDir(projectDir);
      return makeLocalConnection(options, projectDir);
    },
    onListenerError: (error) => boundary.note('connection', error),
  });
  const folders = vscode.workspace.onDidChangeWorkspaceFolders(
    boundary.listener('workspace folders', async () => {
      if (projectDir === undefined || (await projectFolder())?.fsPath === projectDir) return;
      projectDir = undefined;
      await connection.reset();
    }),
  );
  return { connection, folders };
}

/** What is known of the local connection before it is made: no look at the disk. */
function localConnectionInfo(memory: WorkspaceMemory): ConnectionInfo {
  const settings = readSettings();
  const paths = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);
  const projectDir = paths.find((path) => path === memory.projectDir) ?? paths[0] ?? '';
  return {
    id: `local:${projectDir}`,
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
async function servedFolder(): Promise<vscode.Uri> {
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
  return folder;
}

async function makeLocalConnection(
  { storage, localProgram, store, log }: LocalSessionOptions,
  projectDir: string,
): Promise<Connection> {
  // What is queued is of this folder's functions: another folder has a queue of its own.
  const name = createHash('sha256').update(projectDir).digest('hex').slice(0, 16);
  const data = vscode.Uri.joinPath(storage, 'local', name);
  await vscode.workspace.fs.createDirectory(data);
  const { createLocalConnection } = await import('../connections/localConnection.ts');
  return createLocalConnection({ projectDir, dataDir: data.fsPath, localProgram, store, log, settings: readSettings });
}
