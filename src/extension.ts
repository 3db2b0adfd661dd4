import * as vscode from 'vscode';
import { workspaceStore } from './connections/workspaceStore.ts';
import { Boundary } from './host/boundary.ts';
import type { ExtensionApi } from './host/extensionApi.ts';
import { componentLog, createLogChannel, describeError } from './host/log.ts';
import { WorkspaceMemory } from './host/memento.ts';
import { registerEditorFeatures } from './providers/editorFeatures.ts';
import { createExtensionApi } from './providers/extensionApi.ts';
import { openHandler } from './views/commands/openHandler.ts';
import { registerCommands } from './views/commands/registerCommands.ts';
import { FunctionsTree } from './views/functionsTree/functionsTree.ts';
import { LazyProject } from './views/lazyProject.ts';
import { createLocalSession } from './views/localSession.ts';
import { PayloadDocuments } from './views/payloadDocuments.ts';
import { registerPayloadsTree } from './views/payloadsTree/payloadsTree.ts';
import { payloadTextOf } from './views/payloadText.ts';
import { registerRecordsPanel } from './views/recordsPanel/recordsPanel.ts';
import { sendAgain, sendQuietly } from './views/sending.ts';
import type { Services } from './views/services.ts';
import { registerStatusBar } from './views/statusBar.ts';

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

/** Ends local Lambda and closes the store; queued events stay on disk. */
export function deactivate(): Promise<void> {
  return end();
}

function compose(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): ExtensionApi {
  const { extensionUri, subscriptions } = context;
  const storage = context.storageUri ?? context.globalStorageUri;
  const dist = (name: string): URL => new URL(vscode.Uri.joinPath(extensionUri, 'dist', name).toString());
  const boundary = new Boundary(log);
  const memory = new WorkspaceMemory(context.workspaceState);

  const store = workspaceStore({
    folder: storage.fsPath,
    workerUrl: dist('storeWorker.mjs'),
    log: componentLog(log, 'store'),
  });
  const { connection, folders } = createLocalSession({
    storage,
    localProgram: dist('local.mjs'),
    store,
    memory,
    boundary,
    log: componentLog(log, 'local'),
  });
  const project = new LazyProject(async () => {
    const { createWorkspaceIndex } = await import('./workspace/workspaceScan.ts');
    return createWorkspaceIndex({ wasm: dist('wasm/'), scope: () => connection.state.info });
  });

  const payloadDocuments = new PayloadDocuments(memory);
  const records = registerRecordsPanel({
    extensionUri,
    store,
    connection,
    resolveError: (row, invocation, signal) => project.resolveError(row, invocation, signal),
    openHandler: ({ functionName }) => openHandler(services, { functionName }),
    sendAgain: (row, invocation) => sendAgain(services, row, invocation),
    log: componentLog(log, 'records'),
  });
  const services: Services = {
    extensionUri,
    log,
    boundary,
    memory,
    connection,
    store,
    project,
    records,
    payloadDocuments,
  };

  subscriptions.push(registerCommands(services, () => tree));
  const tree = new FunctionsTree({ connection, project, boundary });
  const { api, ...apiEvents } = createExtensionApi({
    connection,
    store,
    boundary,
    send: (target, payload) =>
      sendQuietly(connection, { target, payload: payloadTextOf(payload), origin: 'extension API' }),
    functionsView: () => tree.rowsAsText(),
  });
  subscriptions.push(
    tree,
    apiEvents,
    folders,
    records,
    payloadDocuments,
    project,
    registerPayloadsTree(project, boundary),
    registerStatusBar(connection, boundary),
    registerEditorFeatures({ project, payloadDocuments, boundary }),
  );
  end = async () => {
    await connection.dispose();
    await store.dispose();
  };
  return api;
}
