import * as vscode from 'vscode';
import { workspaceStore } from './connections/workspaceStore.ts';
import { Boundary } from './host/boundary.ts';
import { describeError } from './host/errorText.ts';
import type { ExtensionApi } from './host/extensionApi.ts';
import { componentLog, createLogChannel } from './host/log.ts';
import { WorkspaceMemory } from './host/memento.ts';
import { followRecordsSettings } from './host/recordsSettings.ts';
import type { Logger } from './model/logger.ts';
import { registerEditorFeatures } from './providers/editorFeatures.ts';
import { createExtensionApi } from './providers/extensionApi.ts';
import { registerCommands } from './views/commands/registerCommands.ts';
import { ConnectionSession } from './views/connectionSession.ts';
import { FunctionsTree } from './views/functionsTree/functionsTree.ts';
import { LazyProject } from './views/lazyProject.ts';
import { registerFailureNotices } from './views/notices/registerFailureNotices.ts';
import { PayloadDocuments } from './views/payloadDocuments.ts';
import { registerPayloadsTree } from './views/payloadsTree/payloadsTree.ts';
import { rowActions } from './views/recordsPanel/rowActions.ts';
import { registerRecordsPanel } from './views/recordsPanel/recordsPanel.ts';
import { createSendConsent } from './views/sendQuestion.ts';
import type { Services } from './views/services.ts';
import { registerStatusBar } from './views/statusBar.ts';
import { continueWalkthrough } from './views/walkthrough.ts';

/** Ends what `activate` began: VS Code calls `deactivate` without anything to hold on to. */
let end: () => Promise<void> = () => Promise.resolve();

/** Builds and registers; whatever costs starts at its first use. The result is the extension API. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const log = createLogChannel();
  context.subscriptions.push(log);
  try {
    return compose(context, log);
  } catch (error) {
    log.error(`activation: ${describeError(error)}`);
    void vscode.window.showErrorMessage(vscode.l10n.t('Lambda Destinations could not start. The log says more.'));
    throw error;
  }
}

/** Ends the connection, local Lambda with it, and closes the store; queued events stay on disk. */
export function deactivate(): Promise<void> {
  return end();
}

function compose(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): ExtensionApi {
  const { extensionUri, globalState, subscriptions } = context;
  const storage = context.storageUri ?? context.globalStorageUri;
  const dist = (name: string): URL => new URL(vscode.Uri.joinPath(extensionUri, 'dist', name).toString());
  const logOf = (component: string): Logger => componentLog(log, component);
  const boundary = new Boundary(log);
  const memory = new WorkspaceMemory(context.workspaceState);

  const store = workspaceStore({ folder: storage.fsPath, workerUrl: dist('storeWorker.mjs'), log: logOf('store') });
  const session = new ConnectionSession({
    storage,
    localProgram: dist('local.mjs'),
    store,
    memory,
    boundary,
    log: logOf,
  });
  const { connection } = session;
  const project = new LazyProject(async () => {
    const { createWorkspaceIndex } = await import('./workspace/workspaceScan.ts');
    return createWorkspaceIndex({ wasm: dist('wasm/'), scope: () => connection.state.info });
  });

  const payloadDocuments = new PayloadDocuments(memory);
  const records = registerRecordsPanel({
    extensionUri,
    store,
    connection,
    ...rowActions(project, () => services),
    log: logOf('records'),
  });
  const services: Services = {
    extensionUri,
    globalState,
    log,
    boundary,
    memory,
    connection,
    session,
    store,
    project,
    records,
    payloadDocuments,
    sendConsent: createSendConsent(connection, memory),
  };

  subscriptions.push(registerCommands(services, () => tree));
  const tree = new FunctionsTree({ connection, project, boundary });
  const { api, ...apiEvents } = createExtensionApi({
    connection,
    session,
    store,
    boundary,
    send: async (target, payload) => (await import('./views/sending.ts')).sendQuietly(services, target, payload),
    functionsView: () => tree.rowsAsText(),
  });
  subscriptions.push(
    followRecordsSettings(boundary.listener('settings', (settings) => store.configure(settings))),
    tree,
    apiEvents,
    records,
    payloadDocuments,
    project,
    registerPayloadsTree(project, boundary),
    registerStatusBar(connection, boundary),
    registerFailureNotices({ store, connection, records, boundary, setBadge: (badge) => tree.setBadge(badge) }),
    registerEditorFeatures({ project, payloadDocuments, boundary }),
  );
  void boundary.run('walkthrough', () => continueWalkthrough(globalState));
  end = () => session.dispose().then(() => store.dispose());
  return api;
}
