import * as vscode from 'vscode';
import { createHash } from 'node:crypto';
import { sep } from 'node:path';
import type { RequestInput } from '../connections/awsConnection.ts';
import type { Connection, ConnectionInfo } from '../connections/connection.ts';
import { choiceLabel, connectionId, localChoice, type ConnectionChoice } from '../connections/connectionChoice.ts';
import { LazyConnection } from '../connections/lazyConnection.ts';
import type { Boundary } from '../host/boundary.ts';
import { isSameTarget } from '../host/connectionTarget.ts';
import { ContextKey } from '../host/contextKey.ts';
import type { WorkspaceMemory } from '../host/memento.ts';
import { onDidChangeSettings, readSettings } from '../host/settings.ts';
import { DisposableStore, type Disposable } from '../model/disposable.ts';
import type { Logger } from '../model/logger.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import type { InvocationStore } from '../store/invocationStore.ts';

/** What the connections of a window are made with. */
export interface ConnectionSessionOptions {
  /** The folder for the workspace's data. */
  readonly storage: vscode.Uri;
  /** URL of local Lambda's program. */
  readonly localProgram: URL;
  readonly store: InvocationStore;
  readonly memory: WorkspaceMemory;
  readonly boundary: Boundary;
  /** A logger that names its component. */
  log(component: string): Logger;
}

/**
 * The window's connection: the one chosen for the workspace, made at its first use. `connection` stays the same object;
 * what is behind it is replaced whole when another is chosen, or another folder is to be served.
 */
export class ConnectionSession implements Disposable {
  readonly connection: LazyConnection;
  readonly #options: ConnectionSessionOptions;
  readonly #disposables = new DisposableStore();
  readonly #kind = new ContextKey('connectionKind');
  #choice: ConnectionChoice;
  /** The folder that the local connection was made for. */
  #servedDir: string | undefined;
  /** Connections where leftovers were looked for. */
  readonly #searched = new Set<string>();
  /** Ends of connections by the AWS API that were let go of, by their id: they remove what they made. */
  readonly #ends = new Map<string, Promise<unknown>>();
  /** Ends when what was let go of has ended. */
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(options: ConnectionSessionOptions) {
    const { memory, boundary } = options;
    this.#options = options;
    this.#choice = memory.connections[0] ?? localChoice;
    this.#kind.set(this.#choice.kind);
    this.connection = new LazyConnection({
      info: () => this.#info(),
      make: () => this.#make(),
      onListenerError: (error) => boundary.note('connection', error),
    });
    const ready = boundary.listener('taps left behind', () => this.#offerLeftovers());
    this.#disposables.add(this.connection.onDidChangeState(({ phase }) => phase === 'ready' && ready()));
    const elsewhere = boundary.listener('served folder', () => this.#folderChanged());
    this.#disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(elsewhere));
    this.#disposables.add(onDidChangeSettings(['local.project'], elsewhere));
    const faults = boundary.listener('faults', () => this.connection.faultSettingsChanged());
    this.#disposables.add(onDidChangeSettings(['local.faults'], faults));
    // New ones only: one that goes for a moment (a checkout) must not take the queue's folder away.
    const templates = vscode.workspace.createFileSystemWatcher('**/template.{yaml,yml,json}', false, true, true);
    this.#disposables.add(templates);
    this.#disposables.add(templates.onDidCreate(elsewhere));
  }

  /** The connection that was chosen; local Lambda as long as nobody chose. */
  get choice(): ConnectionChoice {
    return this.#choice;
  }

  /** What was chosen in this workspace before, newest first; the present choice is in it if it was ever made. */
  get recent(): readonly ConnectionChoice[] {
    return this.#options.memory.connections;
  }

  /**
   * Makes another connection the window's, and remembers it for the workspace. The former one ends: what local Lambda had
   * queued stays on disk. Nothing is contacted before something needs it.
   */
  async select(choice: ConnectionChoice): Promise<void> {
    const left = this.#choice;
    this.#choice = choice;
    this.#kind.set(choice.kind);
    if (!isSameTarget(choice, left)) this.#leave(left);
    await this.#options.memory.addConnection(choice);
  }

  async dispose(): Promise<void> {
    this.#disposables.dispose();
    await this.connection.dispose();
    await this.#leaving;
  }

  #leave(left: ConnectionChoice): void {
    this.#servedDir = undefined;
    const before = this.#leaving;
    const end = this.connection.reset().catch((error: unknown) => this.#options.boundary.note('connection', error));
    if (left.kind !== 'local') this.#ends.set(connectionId(left, ''), end);
    this.#leaving = Promise.all([before, end]);
  }

  /** What a crash left behind is found at the next start, once a window. */
  async #offerLeftovers(): Promise<void> {
    const { info } = this.connection.state;
    if (info.kind === 'local' || this.#searched.has(info.id)) return;
    this.#searched.add(info.id);
    const { offerLeftovers } = await import('./listening/askLeftovers.ts');
    const { listening } = this.connection;
    if (listening) await offerLeftovers(listening, info);
  }

  async #folderChanged(): Promise<void> {
    if (this.#choice.kind !== 'local' || this.#servedDir === undefined) return;
    // One that can't be told is told at the next use.
    const folder = await findProjectFolder().catch(() => undefined);
    if (folder?.fsPath !== this.#servedDir) this.#leave(this.#choice);
  }

  /** @throws UserFacingFailure `noFolder`, `untrusted` */
  async #make(): Promise<Connection> {
    const choice = this.#choice;
    // Taken now: later it may be this very connection that is waited for.
    const leaving = this.#leaving;
    if (choice.kind === 'local') {
      const folder = await servedFolder();
      // The one before holds the folder's queue until it has ended.
      await leaving;
      this.#servedDir = folder.fsPath;
      await this.#options.memory.setProjectDir(folder.fsPath);
      return makeLocalConnection(this.#options, folder.fsPath);
    }
    if (!vscode.workspace.isTrusted) {
      throw new UserFacingFailure(
        'untrusted',
        vscode.l10n.t(
          '{0} is not asked for anything before you trust the workspace: what its files say would be sent there.',
          choiceLabel(choice),
        ),
      );
    }
    // What it listened to it is still letting go of.
    await this.#ends.get(connectionId(choice, ''));
    const { createAwsConnection } = await import('../connections/awsConnection.ts');
    const { store, memory, log, storage } = this.#options;
    return createAwsConnection({
      choice,
      store,
      log: log('aws'),
      requestInput,
      listening: {
        store,
        memory: {
          load: (place) => memory.listening(place),
          save: (place, remembered) => memory.setListening(place, remembered),
        },
        workspaceId: shortHash(`${vscode.env.machineId} ${storage.fsPath}`),
        readLogs: () => readSettings()['records.readLogs'],
      },
    });
  }

  /** What is known of the connection before it is made: no look at the disk, no call. */
  #info(): ConnectionInfo {
    const choice = this.#choice;
    if (choice.kind === 'local') return localConnectionInfo(this.#options.memory);
    const { kind, region, profile } = choice;
    return {
      id: connectionId(choice, ''),
      kind,
      label: choiceLabel(choice),
      region,
      account: '',
      ...(profile ? { profile } : {}),
      ...(kind === 'endpoint' ? { endpoint: choice.endpoint } : {}),
    };
  }
}

const requestInput: RequestInput = async ({ title, prompt, signal }) => {
  const cancelling = new vscode.CancellationTokenSource();
  const cancel = (): void => cancelling.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await vscode.window.showInputBox({ title, prompt, ignoreFocusOut: true }, cancelling.token);
  } finally {
    signal.removeEventListener('abort', cancel);
    cancelling.dispose();
  }
};

function localConnectionInfo(memory: WorkspaceMemory): ConnectionInfo {
  const settings = readSettings();
  const paths = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);
  const served = memory.projectDir;
  const known = served !== undefined && paths.some((path) => served === path || served.startsWith(path + sep));
  const projectDir = known ? served : (paths[0] ?? '');
  return {
    id: connectionId(localChoice, projectDir),
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
  const folder = await findProjectFolder();
  if (!folder) {
    throw new UserFacingFailure(
      'noFolder',
      vscode.l10n.t(
        'No folder is open, so there is no function to run. Open a folder with a template, or the example; or select another connection.',
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

/** Loaded when a folder is to be served: see `projectFolder`. */
async function findProjectFolder(): Promise<vscode.Uri | undefined> {
  const { projectFolder } = await import('../host/projectFolder.ts');
  return projectFolder();
}

async function makeLocalConnection(
  { storage, localProgram, store, log }: ConnectionSessionOptions,
  projectDir: string,
): Promise<Connection> {
  // What is queued is of this folder's functions: another folder has a queue of its own.
  const data = vscode.Uri.joinPath(storage, 'local', shortHash(projectDir));
  await vscode.workspace.fs.createDirectory(data);
  const { createLocalConnection } = await import('../connections/localConnection.ts');
  return createLocalConnection({
    projectDir,
    dataDir: data.fsPath,
    localProgram,
    store,
    log: log('local'),
    settings: readSettings,
  });
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
