import * as vscode from 'vscode';
import type { ConnectionState } from '../../connections/connection.ts';
import { commandId, type CommandName } from '../../host/contract.ts';
import { viewDescription } from '../connectionText.ts';
import type { Services } from '../services.ts';

interface MenuItem extends vscode.QuickPickItem {
  readonly run: readonly [command: string, ...args: unknown[]];
}

/** What the status bar item opens: the commands that make sense with the selected connection, where it stands now. */
export async function showConnectionMenu(services: Services): Promise<void> {
  const { state } = services.connection;
  const chosen = await vscode.window.showQuickPick(vscode.workspace.isTrusted ? items(state) : untrustedItems(), {
    title: `${state.info.label} (${viewDescription({ ...state.info, label: '' })})`,
    placeHolder: state.problem ?? vscode.l10n.t('Choose what to do'),
  });
  if (!chosen) return;
  const [command, ...args] = chosen.run;
  await vscode.commands.executeCommand(command, ...args);
}

function items({ phase, info }: ConnectionState): MenuItem[] {
  const select = entry('plug', vscode.l10n.t('Select Connection…'), 'selectConnection');
  const records = entry('list-flat', vscode.l10n.t('Open Records'), 'openRecords');
  const log = entry('output', vscode.l10n.t('Show Log'), 'showLog');
  if (info.kind === 'local') {
    const settings: MenuItem = {
      label: `$(settings-gear) ${vscode.l10n.t('Settings')}`,
      run: ['workbench.action.openSettings', 'lambdaDestinations.local'],
    };
    const start = entry('debug-start', vscode.l10n.t('Start Local Lambda'), 'startLocal');
    const stop = entry('debug-stop', vscode.l10n.t('Stop Local Lambda'), 'stopLocal');
    const restart = entry('debug-restart', vscode.l10n.t('Restart Local Lambda'), 'restartLocal');
    switch (phase) {
      case 'ready': {
        const copy = entry('copy', vscode.l10n.t('Copy Local Endpoint'), 'copyEndpoint', info.endpoint);
        return [records, select, copy, restart, stop, settings, log];
      }
      case 'starting':
        return [records, stop, select, log];
      case 'failed':
        return [restart, select, settings, log, records];
      case 'stopped':
        return [start, select, records, settings, log];
    }
  }
  const region = entry('globe', vscode.l10n.t('Change Region…'), 'changeRegion', info.region);
  const refresh = entry('refresh', phase === 'failed' ? vscode.l10n.t('Retry') : vscode.l10n.t('Refresh'), 'refresh');
  const signIn = info.profile ? [entry('sign-in', vscode.l10n.t('Sign In…'), 'signIn', info.profile)] : [];
  const config = info.profile ? [entry('settings-gear', vscode.l10n.t('Open AWS Config'), 'openAwsConfig')] : [];
  return phase === 'failed'
    ? [refresh, ...signIn, select, region, ...config, log, records]
    : [records, select, region, refresh, ...signIn, ...config, log];
}

function untrustedItems(): MenuItem[] {
  const trust: MenuItem = {
    label: `$(shield) ${vscode.l10n.t('Manage Workspace Trust')}`,
    run: ['workbench.trust.manage'],
  };
  return [
    trust,
    entry('list-flat', vscode.l10n.t('Open Records'), 'openRecords'),
    entry('output', vscode.l10n.t('Show Log'), 'showLog'),
  ];
}

function entry(icon: string, label: string, name: CommandName, description?: string): MenuItem {
  return {
    label: `$(${icon}) ${label}`,
    ...(description === undefined ? {} : { description }),
    run: [commandId(name)],
  };
}
