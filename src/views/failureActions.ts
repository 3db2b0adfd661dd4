import * as vscode from 'vscode';
import { commandId } from '../host/contract.ts';
import type { FailureAction } from '../model/userFacingFailure.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';

/** The ways on that fit a kind of failure (`UserFacingFailure.code`, `ConnectionState.problemCode`). */
export function failureActions(code: string): readonly FailureAction[] {
  const settings = (key: string): FailureAction => ({
    title: vscode.l10n.t('Open Settings'),
    command: 'workbench.action.openSettings',
    args: [`lambdaDestinations.${key}`],
  });
  const restart: FailureAction = { title: vscode.l10n.t('Restart Local Lambda'), command: commandId('restartLocal') };
  const showLog: FailureAction = { title: vscode.l10n.t('Show Log'), command: commandId('showLog') };
  switch (code) {
    case 'portInUse':
      return [settings('local.port'), restart];
    case 'nodeTooOld':
    case 'nodeMissing':
      return [settings('local.nodePath'), restart];
    case 'badArgument':
      return [settings('local'), restart];
    case 'exited':
    case 'killed':
    case 'internal':
    case 'dataLocked':
    case 'startTimedOut':
    case 'unreachable':
    case 'timedOut':
      return [restart, showLog];
    case 'connectionLost':
    case 'serviceFailed':
    case 'localApiFailed':
    case 'storeUnusable':
    case 'storeTooNew':
    case 'sqliteMissing':
      return [showLog];
    case 'handlerMissing':
      return [{ title: vscode.l10n.t('Show Problems'), command: 'workbench.actions.view.problems' }];
    case 'functionNotFound':
      return [{ title: vscode.l10n.t('Refresh'), command: commandId('refresh') }];
    case 'untrusted':
      return [{ title: vscode.l10n.t('Manage Workspace Trust'), command: 'workbench.trust.manage' }];
    case 'noFolder':
      return [
        { title: vscode.l10n.t('Open Folder'), command: 'vscode.openFolder' },
        { title: vscode.l10n.t('Open Example'), command: commandId('openExample') },
      ];
    default:
      return [];
  }
}

/** The same failure with the buttons that fit it, where it came without any from below. */
export function withActions(error: unknown): unknown {
  if (!UserFacingFailure.is(error) || error.actions.length > 0) return error;
  const actions = failureActions(error.code);
  return actions.length === 0 ? error : new UserFacingFailure(error.code, error.message, { cause: error, actions });
}
