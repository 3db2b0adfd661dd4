import * as vscode from 'vscode';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '../../connections/connection.ts';
import { ContextKey } from '../../host/contextKey.ts';
import { executeCommand } from '../../host/contract.ts';
import { Emitter } from '../../model/event.ts';
import type { Logger } from '../../model/logger.ts';
import type { MessagePortLike } from '../../protocol/messenger.ts';
import { openLocationBeside } from './openLocation.ts';
import { PanelHost, type PanelHostDeps, type PanelStore } from './panelHost.ts';
import { panelHtml } from './panelHtml.ts';
import { showBody } from './showBody.ts';

/** What the panel is composed of; see `PanelHostDeps` for what each part does. */
export interface AttachedPanelDeps extends Pick<PanelHostDeps, 'resolveError' | 'openHandler'> {
  readonly extensionUri: vscode.Uri;
  readonly store: PanelStore;
  readonly connection: Connection;
  readonly log: Logger;
}

/** Gives a webview its page and its host, for as long as it is there. Loaded when a panel is opened. */
export function attachPanel(
  panel: vscode.WebviewPanel,
  deps: AttachedPanelDeps,
): Pick<PanelHost, 'reveal' | 'selection'> {
  const folder = vscode.Uri.joinPath(deps.extensionUri, 'dist', 'webview');
  const media = vscode.Uri.joinPath(deps.extensionUri, 'media');
  panel.webview.options = { enableScripts: true, localResourceRoots: [folder] };
  panel.iconPath = {
    light: vscode.Uri.joinPath(media, 'records-light.svg'),
    dark: vscode.Uri.joinPath(media, 'records-dark.svg'),
  };
  const failureShown = new ContextKey('failureShown');
  const lineOpened = new ContextKey('lineOpened');
  const trustGranted = new Emitter<unknown>((error) => deps.log.error(`panel: ${String(error)}`));
  const trust = vscode.workspace.onDidGrantWorkspaceTrust(() => trustGranted.fire(undefined));
  const host = new PanelHost(webviewPort(panel.webview), {
    store: deps.store,
    connection: () => deps.connection,
    onDidChangeConnection: trustGranted.event,
    trusted: () => vscode.workspace.isTrusted,
    async resolveError(row, invocation, signal) {
      const error = await deps.resolveError(row, invocation, signal);
      if (error) failureShown.set(true);
      return error;
    },
    async openLocation(location) {
      await openLocationBeside(location);
      lineOpened.set(true);
    },
    openHandler: (row) => deps.openHandler(row),
    openBody: showBody,
    pause: (ms) => pause(ms, undefined, { ref: false }),
    copy: (text) => vscode.env.clipboard.writeText(text),
    runCommand: (command) =>
      command === 'manageTrust'
        ? vscode.commands.executeCommand('workbench.trust.manage')
        : executeCommand(vscode, command),
    // What fails is told by the command.
    runOnRows: (command, ids) => executeCommand(vscode, command, { ids, origin: 'records' }),
    listen: (destinationArn) => executeCommand(vscode, 'listen', { destinationArn, origin: 'records panel' }),
    now: () => Date.now(),
    log: deps.log,
  });
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
    trust.dispose();
    trustGranted.dispose();
  });
  return host;
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
