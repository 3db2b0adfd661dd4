import * as vscode from 'vscode';
import type { RowsTarget } from '../../host/rowsArguments.ts';
import { defaultPerSecond } from '../replay/chooseReplay.ts';
import { sendAgain as sendOneAgain } from '../sending.ts';
import type { Services } from '../services.ts';
import { replayRows } from './replay.ts';
import { invocationOf, rowsFor } from './rowTargets.ts';

/** `Send Again`: the same payload to the same function; several are asked about first. @throws UserFacingFailure */
export async function sendAgain(services: Services, arg?: RowsTarget): Promise<void> {
  const rows = await rowsFor(services, arg, { title: vscode.l10n.t('Send again'), many: true });
  const [row] = rows ?? [];
  if (!rows || !row) return;
  if (rows.length === 1) {
    const found = await invocationOf(services, row);
    await sendOneAgain(services, found.row, found.invocation);
    return;
  }
  await replayRows(services, rows, { where: 'same', perSecond: defaultPerSecond });
}

/** `Send to Local`: the payloads to local Lambda, which becomes the connection. @throws UserFacingFailure */
export async function sendToLocal(services: Services, arg?: RowsTarget): Promise<void> {
  const rows = await rowsFor(services, arg, { title: vscode.l10n.t('Send to local Lambda'), many: true });
  if (rows) await replayRows(services, rows, { where: 'local', perSecond: defaultPerSecond });
}

/** `Edit and Send…`: the payload in an editor, from which it is sent. @throws UserFacingFailure */
export async function editAndSend(services: Services, arg?: RowsTarget): Promise<void> {
  const [row] = (await rowsFor(services, arg, { title: vscode.l10n.t('Edit the payload of') })) ?? [];
  if (row) await replayRows(services, [row], { where: 'edit', perSecond: defaultPerSecond });
}
