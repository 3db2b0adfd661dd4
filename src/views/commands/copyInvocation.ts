import * as vscode from 'vscode';
import type { RowsTarget } from '../../host/rowsArguments.ts';
import { invokeCliCommand } from '../../model/invokeCliCommand.ts';
import { payloadOf, replayItem } from '../../model/replay.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { refusalText } from '../replay/replayPlan.ts';
import type { Services } from '../services.ts';
import { invocationOf, rowsFor, type FoundInvocation } from './rowTargets.ts';

/** `Copy Request Id`. Gives the text; of several one a line. @throws UserFacingFailure */
export function copyRequestId(services: Services, arg?: RowsTarget): Promise<string | undefined> {
  return copyOfEach(services, arg, vscode.l10n.t('Copy the request id of'), ({ row }) => {
    if (row.requestId !== undefined) return row.requestId;
    throw new UserFacingFailure('noRequestId', vscode.l10n.t('Lambda has given this invocation no request id.'));
  });
}

/** `Copy Payload`: the event, exactly as it is known. Gives the text. @throws UserFacingFailure */
export function copyPayload(services: Services, arg?: RowsTarget): Promise<string | undefined> {
  return copyOfEach(services, arg, vscode.l10n.t('Copy the payload of'), ({ invocation }) => {
    const payload = payloadOf(invocation);
    if (payload !== undefined) return payload;
    throw new UserFacingFailure(
      'payloadUnknown',
      vscode.l10n.t('The payload is not known here: it was sent by someone else.'),
    );
  });
}

/** `Copy Execution Record`: what was delivered, exactly as it was. Gives the text. @throws UserFacingFailure */
export function copyRecord(services: Services, arg?: RowsTarget): Promise<string | undefined> {
  return copyOfEach(services, arg, vscode.l10n.t('Copy the execution record of'), ({ invocation }) => {
    const { record, raw, deliveries } = invocation;
    const body =
      record?.body ??
      deliveries.findLast(({ role }) => role !== 'deadLetterQueue')?.body ??
      deliveries.at(-1)?.body ??
      raw?.body;
    if (body !== undefined) return body;
    throw new UserFacingFailure(
      'noRecord',
      vscode.l10n.t('There is no execution record of this invocation: nothing was delivered to a destination.'),
    );
  });
}

/** `Copy as AWS CLI`: the command that sends the same event through the connection. Gives the text. @throws UserFacingFailure */
export function copyAsAwsCli(services: Services, arg?: RowsTarget): Promise<string | undefined> {
  return copyOfEach(services, arg, vscode.l10n.t('Copy as AWS CLI'), ({ row, invocation }) => {
    const item = replayItem(row, invocation);
    if (typeof item === 'string') throw new UserFacingFailure(item, refusalText(item, vscode.l10n.t));
    return invokeCliCommand(item, services.connection.state.info);
  });
}

async function copyOfEach(
  services: Services,
  arg: RowsTarget | undefined,
  title: string,
  textOf: (found: FoundInvocation) => string,
): Promise<string | undefined> {
  const rows = await rowsFor(services, arg, { title });
  if (!rows) return undefined;
  const texts: string[] = [];
  for (const row of rows) texts.push(textOf(await invocationOf(services, row)));
  const text = texts.join('\n');
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(
    rows.length === 1 ? vscode.l10n.t('Copied.') : vscode.l10n.t('Copied {0} of them.', rows.length),
    5_000,
  );
  return text;
}
