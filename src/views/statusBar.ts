import * as vscode from 'vscode';
import type { Connection, ConnectionState } from '../connections/connection.ts';
import type { Boundary } from '../host/boundary.ts';
import { ContextKey } from '../host/contextKey.ts';
import { commandId, executeCommand } from '../host/contract.ts';
import { onDidChangeSettings } from '../host/settings.ts';
import { DisposableStore, type Disposable } from '../model/disposable.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { statusText } from './connectionText.ts';
import { failureActions } from './failureActions.ts';

/**
 * Tells what the window is connected to, and where that stands: the status bar item, the context key for menus, and a
 * message when local Lambda ends by itself while the person counts on it. No item for local Lambda before its first use;
 * another connection is always told.
 */
export function registerStatusBar(connection: Connection, boundary: Boundary): Disposable {
  const disposables = new DisposableStore();
  const item = disposables.add(
    vscode.window.createStatusBarItem('lambdaDestinations.connection', vscode.StatusBarAlignment.Left, 20),
  );
  item.name = vscode.l10n.t('Lambda Connection');
  item.command = commandId('showConnectionMenu');
  const stateKey = new ContextKey('connectionState');
  stateKey.set(connection.state.phase);
  if (connection.state.info.kind !== 'local') show(item, connection);
  let previous = connection.state.phase;
  disposables.add(
    connection.onDidChangeState((state) => {
      stateKey.set(state.phase);
      show(item, connection);
      const endedByItself = previous === 'ready' && state.phase === 'failed' && state.info.kind === 'local';
      previous = state.phase;
      if (endedByItself) boundary.report('local Lambda', endedFailure(state));
    }),
  );
  const listening = connection.onDidChangeListening?.(() => {
    if (connection.state.info.kind !== 'local') show(item, connection);
  });
  if (listening) disposables.add(listening);
  disposables.add(
    onDidChangeSettings(
      [
        ...(['local.port', 'local.timeScale', 'local.region', 'local.account'] as const),
        ...(['local.nodePath', 'local.pythonPath', 'local.runtimeCommands', 'local.memoryLimit'] as const),
      ],
      boundary.listener('local settings', async () => {
        const { phase, info } = connection.state;
        if (phase !== 'ready' || info.kind !== 'local') return;
        const restart = vscode.l10n.t('Restart Local Lambda');
        const message = vscode.l10n.t(
          'The new settings take effect when local Lambda restarts. Queued events are kept.',
        );
        const chosen = await vscode.window.showInformationMessage(message, restart);
        if (chosen === restart) await executeCommand(vscode, 'restartLocal');
      }),
    ),
  );
  return disposables;
}

function show(item: vscode.StatusBarItem, { state, listening }: Pick<Connection, 'state' | 'listening'>): void {
  const states = (listening?.entries ?? []).map((entry) => entry.state);
  const { text, tooltip, spoken, isFailure } = statusText(state, vscode.l10n.t, {
    reading: states.filter(({ phase }) => phase === 'listening').length,
    troubled: states.filter(({ problem }) => problem !== undefined).length,
  });
  item.text = text;
  item.backgroundColor = isFailure ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
  item.tooltip = new vscode.MarkdownString(tooltip);
  item.accessibilityInformation = { label: spoken };
  item.show();
}

function endedFailure(state: ConnectionState): UserFacingFailure {
  const code = state.problemCode ?? 'exited';
  return new UserFacingFailure(
    code,
    state.problem ?? vscode.l10n.t('Local Lambda stopped by itself. Accepted events are kept; restart it to go on.'),
    { actions: failureActions(code, state.info) },
  );
}
