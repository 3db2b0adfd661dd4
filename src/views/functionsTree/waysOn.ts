import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../connections/connection.ts';
import { commandId } from '../../host/contract.ts';
import type { FailureAction } from '../../model/userFacingFailure.ts';
import { failureActions } from '../failureActions.ts';
import type { EmptyNode, FailureNode } from './nodes.ts';

/** Stands where the functions of a connection that is not there would stand. */
export function unconnectedNode(
  info: ConnectionInfo,
  problem: string | undefined,
  code: string | undefined,
): FailureNode {
  const isLocal = info.kind === 'local';
  return {
    kind: 'failure',
    message: problem ?? vscode.l10n.t('The log says why.'),
    unconnected: { isLocal, label: info.label },
    actions: failureActions(code ?? (isLocal ? 'exited' : 'unreachable'), info),
  };
}

/** Stands where the functions of an account and region without any would stand. */
export function emptyNode({ region, account, label }: ConnectionInfo): EmptyNode {
  const way = (title: string, name: 'changeRegion' | 'selectConnection' | 'refresh'): FailureAction => ({
    title,
    command: commandId(name),
  });
  return {
    kind: 'empty',
    region,
    account,
    label,
    actions: [
      way(vscode.l10n.t('Change Region…'), 'changeRegion'),
      way(vscode.l10n.t('Select Connection…'), 'selectConnection'),
      way(vscode.l10n.t('Refresh'), 'refresh'),
    ],
  };
}
