import * as vscode from 'vscode';
import type { ConnectionInfo } from '../connections/connection.ts';
import { commandId } from '../host/contract.ts';
import type { FailureAction } from '../model/userFacingFailure.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { docsUri, type DocsPage } from './docs.ts';

/** The connection that failed, as far as its buttons depend on it. */
type FailedConnection = Pick<ConnectionInfo, 'kind' | 'profile'>;

/** The ways on that fit a kind of failure (`UserFacingFailure.code`, `ConnectionState.problemCode`). */
export function failureActions(code: string, { kind, profile }: FailedConnection): readonly FailureAction[] {
  const ours = (title: string, name: Parameters<typeof commandId>[0], ...args: readonly unknown[]): FailureAction => ({
    title,
    command: commandId(name),
    ...(args.length === 0 ? {} : { args }),
  });
  const settings = (key: string): FailureAction => ({
    title: vscode.l10n.t('Open Settings'),
    command: 'workbench.action.openSettings',
    args: [`lambdaDestinations.${key}`],
  });
  const learn = (page: DocsPage, anchor: string): FailureAction => ({
    title: vscode.l10n.t('Learn More'),
    command: 'vscode.open',
    args: [docsUri(page, anchor)],
  });
  const restart = ours(vscode.l10n.t('Restart Local Lambda'), 'restartLocal');
  const showLog = ours(vscode.l10n.t('Show Log'), 'showLog');
  const select = ours(vscode.l10n.t('Select Connection'), 'selectConnection');
  const retry = ours(vscode.l10n.t('Retry'), 'refresh');
  const openConfig = ours(vscode.l10n.t('Open AWS Config'), 'openAwsConfig');
  // For a profile of which nothing can be signed in the command says so.
  const signIn = profile ? [ours(vscode.l10n.t('Sign In…'), 'signIn', { profile })] : [];
  switch (code) {
    case 'portInUse':
      return [settings('local.port'), restart];
    case 'nodeTooOld':
    case 'nodeMissing':
      return [settings('local.nodePath'), restart];
    case 'projectMissing':
      return [settings('local.project'), restart];
    case 'badArgument':
      return [settings('local'), restart];
    case 'exited':
    case 'killed':
    case 'internal':
    case 'dataLocked':
    case 'startTimedOut':
      return [restart, showLog];
    case 'unreachable':
    case 'timedOut':
      return kind === 'local' ? [restart, showLog] : [retry, select, learn('troubleshooting', 'no-answer')];
    case 'proxyFailed':
    case 'tlsFailed':
    case 'clockSkew':
      return [retry, select, learn('troubleshooting', 'no-answer')];
    case 'notOffered':
      return [select];
    case 'regionUnavailable':
      return [ours(vscode.l10n.t('Change Region'), 'changeRegion'), select, learn('connections', 'regions')];
    case 'roleDenied':
      return [openConfig, retry, select, learn('connections', 'credentials')];
    case 'notAws':
      return [select, retry, learn('troubleshooting', 'no-answer')];
    case 'credentialsMissing':
      return [...signIn, openConfig, select, retry, learn('connections', 'credentials')];
    case 'accountChanged':
      return [retry, select];
    case 'credentialsExpired':
      return [...signIn, retry, select, learn('connections', 'credentials')];
    case 'credentialsInvalid':
      return [openConfig, select, retry, learn('connections', 'credentials')];
    case 'profileMissing':
      return [select, openConfig, learn('connections', 'profiles')];
    case 'accessDenied':
      return [select, showLog, learn('connections', 'permissions')];
    case 'connectionLost':
    case 'serviceFailed':
    case 'awsError':
    case 'throttled':
    case 'readFailed':
      return kind === 'local' ? [retry, showLog] : [retry, select, showLog];
    case 'localApiFailed':
    case 'storeUnusable':
    case 'storeTooNew':
    case 'sqliteMissing':
      return [showLog];
    case 'handlerMissing':
      return [{ title: vscode.l10n.t('Show Problems'), command: 'workbench.actions.view.problems' }];
    case 'functionNotFound': {
      const refresh = ours(vscode.l10n.t('Refresh'), 'refresh');
      return kind === 'local' ? [refresh] : [refresh, select];
    }
    case 'untrusted':
      return [{ title: vscode.l10n.t('Manage Workspace Trust'), command: 'workbench.trust.manage' }];
    case 'noFolder':
      return [
        { title: vscode.l10n.t('Open Folder'), command: 'vscode.openFolder' },
        ours(vscode.l10n.t('Open Example'), 'openExample'),
        select,
      ];
    default:
      return [];
  }
}

/** The same failure with the buttons that fit it, where it came without any from below. */
export function withActions(error: unknown, connection: FailedConnection): unknown {
  if (!UserFacingFailure.is(error) || error.actions.length > 0) return error;
  const actions = failureActions(error.code, connection);
  return actions.length === 0 ? error : new UserFacingFailure(error.code, error.message, { cause: error, actions });
}
