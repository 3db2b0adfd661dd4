import * as vscode from 'vscode';
import type { Connection, ConnectionState } from '../connections/connection.ts';
import type { Boundary } from '../host/boundary.ts';
import { ContextKey } from '../host/contextKey.ts';
import { commandId, executeCommand } from '../host/contract.ts';
import { onDidChangeSettings } from '../host/settings.ts';
import { DisposableStore, type Disposable } from '../model/disposable.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { failureActions } from './failureActions.ts';

/**
 * Tells where local Lambda stands: the status bar item, the context key for menus, and a message when it ends by itself
 * while the person counts on it. No item before it is first used.
 */
export function registerStatusBar(connection: Connection, boundary: Boundary): Disposable {
  const disposables = new DisposableStore();
  const item = disposables.add(
    vscode.window.createStatusBarItem('lambdaDestinations.local', vscode.StatusBarAlignment.Left, 20),
  );
  item.name = vscode.l10n.t('Local Lambda');
  item.command = commandId('showLocalMenu');
  const stateKey = new ContextKey('localState');
  stateKey.set(connection.state.phase);
  let previous = connection.state.phase;
  disposables.add(
    connection.onDidChangeState((state) => {
      stateKey.set(state.phase);
      show(item, state);
      const endedByItself = previous === 'ready' && state.phase === 'failed';
      previous = state.phase;
      if (endedByItself) boundary.report('local Lambda', endedFailure(state));
    }),
  );
  disposables.add(
    onDidChangeSettings(
      ['local.port', 'local.timeScale', 'local.region', 'local.account', 'local.nodePath'],
      boundary.listener('local settings', async () => {
        if (connection.state.phase !== 'ready') return;
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

function show(item: vscode.StatusBarItem, state: ConnectionState): void {
  const { info, phase } = state;
  const scale = info.timeScale === undefined || info.timeScale === 1 ? '' : ` ×${info.timeScale}`;
  const tooltip = new vscode.MarkdownString(undefined, true);
  item.backgroundColor = undefined;
  switch (phase) {
    case 'stopped':
      item.text = `$(circle-outline) λ Local`;
      tooltip.appendMarkdown(vscode.l10n.t('**Local Lambda** is stopped. Queued events are kept.'));
      break;
    case 'starting':
      item.text = `$(loading~spin) λ Local`;
      tooltip.appendMarkdown(vscode.l10n.t('**Local Lambda** is starting.'));
      break;
    case 'ready':
      item.text = `$(vm-running) λ Local${scale}`;
      tooltip.appendMarkdown(
        vscode.l10n.t(
          '**Local Lambda** is running at `{0}`, {1}, account {2}.',
          info.endpoint ?? '',
          info.region,
          info.account,
        ),
      );
      if (scale !== '') {
        tooltip.appendMarkdown(
          `\n\n${vscode.l10n.t('Waits between attempts pass {0} times as fast as on AWS.', info.timeScale ?? 1)}`,
        );
      }
      break;
    case 'failed':
      item.text = `$(error) λ Local`;
      item.backgroundColor = new vscode.ThemeColor('statusBarItem.errorBackground');
      tooltip.appendMarkdown(vscode.l10n.t('**Local Lambda** is not running.'));
      if (state.problem !== undefined) tooltip.appendText(`\n${state.problem}`);
      break;
  }
  item.tooltip = tooltip;
  item.accessibilityInformation = { label: spoken(state) };
  item.show();
}

function spoken({ phase, info }: ConnectionState): string {
  switch (phase) {
    case 'stopped':
      return vscode.l10n.t('Local Lambda, stopped');
    case 'starting':
      return vscode.l10n.t('Local Lambda, starting');
    case 'ready':
      return vscode.l10n.t('Local Lambda, running, time scale {0}', info.timeScale ?? 1);
    case 'failed':
      return vscode.l10n.t('Local Lambda, not running');
  }
}

function endedFailure(state: ConnectionState): UserFacingFailure {
  const code = state.problemCode ?? 'exited';
  return new UserFacingFailure(
    code,
    state.problem ?? vscode.l10n.t('Local Lambda stopped by itself. Accepted events are kept; restart it to go on.'),
    { actions: failureActions(code) },
  );
}
