import * as vscode from 'vscode';
import { commandId, type CommandName } from '../../host/contract.ts';
import type { Services } from '../services.ts';

interface MenuItem extends vscode.QuickPickItem {
  readonly run: readonly [command: string, ...args: unknown[]];
}

/** What the status bar item opens: the commands that make sense where local Lambda stands now. */
export async function showLocalMenu(services: Services): Promise<void> {
  const { phase, info, problem } = services.connection.state;
  const entry = (icon: string, label: string, name: CommandName, description?: string): MenuItem => ({
    label: `$(${icon}) ${label}`,
    ...(description === undefined ? {} : { description }),
    run: [commandId(name)],
  });
  const settings: MenuItem = {
    label: `$(settings-gear) ${vscode.l10n.t('Settings')}`,
    run: ['workbench.action.openSettings', 'lambdaDestinations.local'],
  };
  const records = entry('list-flat', vscode.l10n.t('Open Records'), 'openRecords');
  const log = entry('output', vscode.l10n.t('Show Log'), 'showLog');
  const trust: MenuItem = {
    label: `$(shield) ${vscode.l10n.t('Manage Workspace Trust')}`,
    run: ['workbench.trust.manage'],
  };
  const start = entry('debug-start', vscode.l10n.t('Start Local Lambda'), 'startLocal');
  const stop = entry('debug-stop', vscode.l10n.t('Stop Local Lambda'), 'stopLocal');
  const restart = entry('debug-restart', vscode.l10n.t('Restart Local Lambda'), 'restartLocal');
  const items = ((): MenuItem[] => {
    if (!vscode.workspace.isTrusted) return [trust, records, log];
    switch (phase) {
      case 'ready': {
        const copy = entry('copy', vscode.l10n.t('Copy Local Endpoint'), 'copyEndpoint', info.endpoint);
        return [records, copy, restart, stop, settings, log];
      }
      case 'starting':
        return [records, stop, log];
      case 'failed':
        return [restart, settings, log, records];
      case 'stopped':
        return [start, records, settings, log];
    }
  })();
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Local Lambda'),
    placeHolder: problem ?? vscode.l10n.t('Choose what to do'),
  });
  if (!chosen) return;
  const [command, ...args] = chosen.run;
  await vscode.commands.executeCommand(command, ...args);
}
