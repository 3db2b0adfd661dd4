import * as vscode from 'vscode';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { Services } from '../services.ts';
import { startConnection } from './startConnection.ts';

/** `Copy Local Endpoint`: the AWS CLI's option for it, local Lambda started if needed. @throws UserFacingFailure */
export async function copyEndpoint(services: Services): Promise<string> {
  const { connection } = services;
  if (connection.state.info.kind === 'local' && connection.state.phase !== 'ready') await startConnection(services);
  const { endpoint, kind } = connection.state.info;
  if (endpoint === undefined) {
    throw new UserFacingFailure(
      'noEndpoint',
      kind === 'local'
        ? vscode.l10n.t('Local Lambda has no endpoint to copy. Restart it.')
        : vscode.l10n.t(
            'The selected connection is AWS itself: the AWS CLI needs no endpoint for it, only the profile.',
          ),
    );
  }
  const option = `--endpoint-url ${endpoint}`;
  await vscode.env.clipboard.writeText(option);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied: {0}', option), 5000);
  return option;
}
