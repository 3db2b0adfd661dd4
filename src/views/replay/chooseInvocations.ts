import * as vscode from 'vscode';
import type { InvocationRow, InvocationStatus } from '../../model/invocation.ts';
import { functionText } from '../../model/functionText.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { withoutRequestId } from '../../model/withoutRequestId.ts';
import type { Services } from '../services.ts';

/** What people replay: what went wrong. */
const offered: readonly InvocationStatus[] = ['failed', 'lost', 'notAccepted', 'unknown'];
const most = 500;

interface RowItem extends vscode.QuickPickItem {
  readonly row: InvocationRow;
}

/** Lets the person choose among the newest failures. `undefined`: they chose none. @throws UserFacingFailure `nothingFailed` */
export async function chooseInvocations(services: Services): Promise<readonly InvocationRow[] | undefined> {
  const connectionId = services.connection.state.info.id;
  const { rows, total } = await services.store.rows({ connectionId, statuses: offered }, { offset: 0, limit: most });
  if (rows.length === 0) {
    throw new UserFacingFailure(
      'nothingFailed',
      vscode.l10n.t('No failed invocation is kept for this connection, so there is nothing to replay.'),
    );
  }
  const chosen = await vscode.window.showQuickPick<RowItem>(rows.map(toItem), {
    title:
      total > rows.length
        ? vscode.l10n.t('Replay: the newest {0} of {1} failures', rows.length, total)
        : vscode.l10n.t('Replay failed invocations'),
    placeHolder: vscode.l10n.t('Choose the events to send again; type to filter, then check them all'),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return chosen === undefined || chosen.length === 0 ? undefined : chosen.map(({ row }) => row);
}

/** The rows of request ids on the selected connection. @throws UserFacingFailure `invocationGone` */
export async function rowsOf(services: Services, requestIds: readonly string[]): Promise<readonly InvocationRow[]> {
  const connectionId = services.connection.state.info.id;
  const rows: InvocationRow[] = [];
  for (const requestId of new Set(requestIds)) {
    const found = await services.store.rows({ connectionId, requestId }, { offset: 0, limit: 1 });
    const [row] = found.rows;
    if (!row) {
      throw new UserFacingFailure(
        'invocationGone',
        vscode.l10n.t('No invocation {0} is kept for this connection. Nothing was sent.', requestId),
      );
    }
    rows.push(row);
  }
  return rows;
}

function toItem(row: InvocationRow): RowItem {
  const at = new Date(row.startedAt);
  const what = withoutRequestId(row.errorMessage ?? row.errorType ?? row.condition ?? '');
  return {
    label: functionText(row.functionName, row.qualifier),
    description: what.replace(/\s+/g, ' ').slice(0, 120),
    detail: [at.toLocaleString(), row.requestId].filter((part) => part !== undefined).join(' · '),
    row,
  };
}
