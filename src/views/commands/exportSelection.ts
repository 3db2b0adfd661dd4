import * as vscode from 'vscode';
import type { RowsTarget } from '../../host/rowsArguments.ts';
import type { TransferArgs, TransferResult } from '../../host/transferArguments.ts';
import type { Services } from '../services.ts';
import { rowsFor } from './rowTargets.ts';
import { exportQuery } from './transferRecords.ts';

/** `Export Selection…`: what is selected, with all that is known of it, to a file. @throws UserFacingFailure */
export async function exportSelection(
  services: Services,
  arg?: RowsTarget & Pick<TransferArgs, 'file'>,
): Promise<TransferResult | undefined> {
  const rows = await rowsFor(services, arg, { title: vscode.l10n.t('Export'), many: true });
  if (!rows) return undefined;
  const connectionId = services.connection.state.info.id;
  return exportQuery(services, { connectionId, ids: rows.map(({ id }) => id) }, arg?.file);
}
