import * as vscode from 'vscode';
import type { RowsTarget } from '../../host/rowsArguments.ts';
import { logGroupAddress } from '../../model/logGroupAddress.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { showBody } from '../recordsPanel/showBody.ts';
import type { Services } from '../services.ts';
import { invocationFor } from './rowTargets.ts';

/** `Open Log Group`: of AWS in the console; elsewhere the logs of all attempts in an editor. @throws UserFacingFailure */
export async function openLogGroup(services: Services, arg?: RowsTarget): Promise<void> {
  const found = await invocationFor(services, arg, vscode.l10n.t('Open the logs of'));
  if (!found) return;
  const { row, invocation } = found;
  const { info } = services.connection.state;
  if (info.kind === 'aws') {
    const ended = invocation.attempts.findLast((attempt) => attempt.ended)?.ended;
    const group = ended?.logGroupName ?? `/aws/lambda/${row.functionName}`;
    const address = logGroupAddress(info.region, group, ended?.logStreamName);
    // As text: a Uri would write the colon and the slashes of the console's fragment another way.
    await vscode.env.openExternal(address as unknown as vscode.Uri);
    return;
  }
  if (invocation.attempts.every(({ logs }) => logs.length === 0)) {
    throw new UserFacingFailure('noLogs', vscode.l10n.t('No log line of this invocation is known yet.'));
  }
  await showBody(row, 'logs');
}
