import * as vscode from 'vscode';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { Services } from '../services.ts';
import { startLocal } from './startLocal.ts';

/** `Copy Local Endpoint`: the AWS CLI's option for it, local Lambda started if needed. @throws UserFacingFailure */
export async function copyEndpoint(services: Services): Promise<string> {
  if (services.connection.state.phase !== 'ready') await startLocal(services);
  const { endpoint } = services.connection.state.info;
  if (endpoint === undefined) {
    throw new UserFacingFailure('noEndpoint', vscode.l10n.t('Local Lambda has no endpoint to copy. Restart it.'));
  }
  const option = `--endpoint-url ${endpoint}`;
  await vscode.env.clipboard.writeText(option);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied: {0}', option), 5000);
  return option;
}
