import * as vscode from 'vscode';
import type { DeleteTarget } from '../../host/rowsArguments.ts';
import { functionText } from '../../model/functionText.ts';
import type { InvocationRow } from '../../model/invocation.ts';
import type { Services } from '../services.ts';
import { rowsFor } from './rowTargets.ts';

/** `Delete`: what is kept here of invocations, asked about first; nothing changes in Lambda. Gives how many. @throws UserFacingFailure */
export async function deleteInvocations(services: Services, arg?: DeleteTarget): Promise<number | undefined> {
  const rows = await rowsFor(services, arg, { title: vscode.l10n.t('Delete the records of'), many: true });
  if (!rows || (arg?.confirm !== false && !(await confirmed(rows)))) return undefined;
  return services.store.delete(rows.map(({ id }) => id));
}

async function confirmed(rows: readonly InvocationRow[]): Promise<boolean> {
  const { t } = vscode.l10n;
  const [first] = rows;
  const question =
    rows.length === 1 && first
      ? t('Delete the records of this invocation of {0}?', functionText(first.functionName, first.qualifier))
      : t('Delete the records of {0} invocations?', rows.length);
  const goesOn = rows.some(({ status }) => status === 'queued' || status === 'running' || status === 'waiting');
  const pinned = rows.filter((row) => row.pinned).length;
  const detail = [
    t('What is kept of them here is removed and can not be brought back. Nothing changes in Lambda.'),
    ...(pinned > 0 ? [t('Pinned among them: {0}.', pinned)] : []),
    ...(goesOn ? [t('What is still under way gets a row again with the next that is heard of it.')] : []),
  ].join('\n');
  const yes = t('Delete');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
