import * as vscode from 'vscode';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { Services } from '../services.ts';

/** `Skip Wait`: the retry comes now. Without an argument the person chooses among what waits. @throws UserFacingFailure */
export async function skipWait(services: Services, arg?: { readonly requestId: string }): Promise<void> {
  const requestId = arg?.requestId ?? (await pickWaiting(services));
  if (requestId === undefined) return;
  if (!services.connection.skipWait) {
    throw new UserFacingFailure('cannotSkip', vscode.l10n.t('Only local Lambda can skip a wait.'));
  }
  await services.connection.skipWait(requestId);
}

async function pickWaiting(services: Services): Promise<string | undefined> {
  const connectionId = services.connection.state.info.id;
  const { rows } = await services.store.rows({ connectionId, statuses: ['waiting'] }, { offset: 0, limit: 100 });
  if (rows.length === 0) {
    throw new UserFacingFailure('nothingWaits', vscode.l10n.t('No event is waiting for a retry.'));
  }
  const items = rows.flatMap((row) =>
    row.requestId === undefined
      ? []
      : [
          {
            label: row.functionName,
            description: row.errorMessage ?? '',
            detail: row.requestId,
            requestId: row.requestId,
          },
        ],
  );
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Skip the wait of'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.requestId;
}
