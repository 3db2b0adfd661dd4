import * as vscode from 'vscode';
import { randomBytes } from 'node:crypto';
import { DisposableStore, type Disposable } from '../../model/disposable.ts';
import { Emitter, type Event } from '../../model/event.ts';
import type { Logger } from '../../model/logger.ts';
import type { MessagePortLike } from '../../protocol/messenger.ts';
import type { PanelCommand } from '../../protocol/panel.ts';
import { registerBodyDocuments } from './bodyDocuments.ts';
import { PanelHost, type PanelHostDeps, type PanelStore } from './panelHost.ts';
import { panelHtml } from './panelHtml.ts';

/** The panel's view type, as the manifest's activation event and the serializer know it. */
export const recordsPanelViewType = 'lambdaDestinations.records';

/** What the panel is composed of; see `PanelHostDeps` for what each part does. */
export interface RecordsPanelDeps extends Pick<
  PanelHostDeps,
  'connection' | 'onDidChangeConnection' | 'resolveError' | 'openLocation' | 'openHandler' | 'sendAgain' | 'trusted'
> {
  readonly extensionUri: vscode.Uri;
  readonly store: PanelStore;
  /** Runs one of our commands. `manageTrust` never gets here. */
  runCommand(command: Exclude<PanelCommand, 'manageTrust'>): PromiseLike<unknown>;
  readonly log: Logger;
}

/** How to show the panel. */
export interface OpenRecords {
  /** The id of a row to select. */
  readonly reveal?: number;
  /** Leaves the focus where it is. */
  readonly preserveFocus?: boolean;
}

/** The records panel of this window: at most one. */
export interface RecordsPanel extends Disposable {
  /** Shows the panel, making it if needed. */
  open(how?: OpenRecords): Promise<void>;
}

/** Registers the panel's serializer. Nothing is made before it is opened or restored. */
export function registerRecordsPanel(deps: RecordsPanelDeps): RecordsPanel {
  const disposables = new DisposableStore();
  const bodies = disposables.add(registerBodyDocuments(deps.store));
  const connectionChanged = disposables.add(new Emitter<unknown>((error) => deps.log.error(`panel: ${String(error)}`)));
  disposables.add(deps.onDidChangeConnection(() => connectionChanged.fire(undefined)));
  disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => connectionChanged.fire(undefined)));
  let current: { readonly panel: vscode.WebviewPanel; readonly host: PanelHost } | undefined;

  const hostDeps: PanelHostDeps = {
    store: deps.store,
    connection: () => deps.connection(),
    onDidChangeConnection: connectionChanged.event as Event<unknown>,
    trusted: () => deps.trusted(),
    resolveError: (row, invocation, signal) => deps.resolveError(row, invocation, signal),
    openLocation: (location) => deps.openLocation(location),
    openHandler: (row) => deps.openHandler(row),
    openBody: (row, key) => bodies.open(row, key),
    copy: (text) => vscode.env.clipboard.writeText(text),
    runCommand: (command) =>
      command === 'manageTrust' ? vscode.commands.executeCommand('workbench.trust.manage') : deps.runCommand(command),
    sendAgain: (row, invocation) => deps.sendAgain(row, invocation),
    now: () => Date.now(),
    log: deps.log,
  };

  const adopt = (panel: vscode.WebviewPanel): PanelHost => {
    const folder = vscode.Uri.joinPath(deps.extensionUri, 'dist', 'webview');
    const media = vscode.Uri.joinPath(deps.extensionUri, 'media');
    panel.webview.options = { enableScripts: true, localResourceRoots: [folder] };
    panel.iconPath = {
      light: vscode.Uri.joinPath(media, 'records-light.svg'),
      dark: vscode.Uri.joinPath(media, 'records-dark.svg'),
    };
    const host = new PanelHost(webviewPort(panel.webview), hostDeps);
    const address = (name: string): string => panel.webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
    panel.webview.html = panelHtml({
      nonce: randomBytes(16).toString('base64url'),
      cspSource: panel.webview.cspSource,
      script: address('panel.js'),
      styles: [address('codicon.css'), address('panel.css')],
    });
    panel.onDidChangeViewState(() => {
      if (!panel.visible) host.pageGone();
    });
    panel.onDidDispose(() => {
      host.dispose();
      if (current?.panel === panel) current = undefined;
    });
    current = { panel, host };
    return host;
  };

  disposables.add(
    vscode.window.registerWebviewPanelSerializer(recordsPanelViewType, {
      deserializeWebviewPanel(panel) {
        // The window's own restore and a command can race: one panel stays.
        if (current) panel.dispose();
        else adopt(panel);
        return Promise.resolve();
      },
    }),
  );

  return {
    open({ reveal, preserveFocus = false } = {}) {
      if (!current) {
        const panel = vscode.window.createWebviewPanel(recordsPanelViewType, vscode.l10n.t('Lambda Records'), {
          viewColumn: vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
          preserveFocus,
        });
        adopt(panel);
      } else {
        current.panel.reveal(undefined, preserveFocus);
      }
      if (reveal !== undefined) current?.host.reveal(reveal);
      return Promise.resolve();
    },
    dispose() {
      current?.panel.dispose();
      disposables.dispose();
    },
  };
}

function webviewPort(webview: vscode.Webview): MessagePortLike {
  return {
    post: (message) => void webview.postMessage(message),
    listen(listener) {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => void subscription.dispose();
    },
  };
}
