import * as vscode from 'vscode';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { Services } from '../services.ts';

/** `Skip Wait`: the retry comes now. Without an argument the person chooses among what waits, or all of it. @throws UserFacingFailure */
export async function skipWait(services: Services, arg?: { readonly requestId: string }): Promise<void> {
  const chosen = arg ?? (await pickWaiting(services));
  if (chosen === undefined) return;
  const { connection } = services;
  if (!connection.skipWait || !connection.skipAllWaits) {
    throw new UserFacingFailure('cannotSkip', vscode.l10n.t('Only local Lambda can skip a wait.'));
  }
  await (chosen === 'all' ? connection.skipAllWaits() : connection.skipWait(chosen.requestId));
}

async function pickWaiting(services: Services): Promise<{ readonly requestId: string } | 'all' | undefined> {
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
            skip: { requestId: row.requestId },
          },
        ],
  );
  const all = { label: vscode.l10n.t('All that wait'), skip: 'all' as const };
  const chosen = await vscode.window.showQuickPick(items.length > 1 ? [all, ...items] : items, {
    title: vscode.l10n.t('Skip the wait of'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.skip;
}
