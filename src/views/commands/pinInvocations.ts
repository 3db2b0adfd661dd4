import * as vscode from 'vscode';
import type { RowsTarget } from '../../host/rowsArguments.ts';
import type { Services } from '../services.ts';
import { rowsFor } from './rowTargets.ts';

/** `Pin` and `Unpin`: pinned invocations are kept, whatever is cut. @throws UserFacingFailure */
export async function pinInvocations(services: Services, pinned: boolean, arg?: RowsTarget): Promise<void> {
  const title = pinned ? vscode.l10n.t('Keep, whatever is cut') : vscode.l10n.t('Keep no longer than others');
  const rows = await rowsFor(services, arg, { title, many: true });
  if (!rows) return;
  await services.store.pin(
    rows.map(({ id }) => id),
    pinned,
  );
}
