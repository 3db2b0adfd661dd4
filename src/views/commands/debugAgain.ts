import * as vscode from 'vscode';
import { localChoice } from '../../connections/connectionChoice.ts';
import type { SendResult } from '../../host/contract.ts';
import type { RowsTarget } from '../../host/rowsArguments.ts';
import { replayItem } from '../../model/replay.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { refusalText } from '../replay/replayPlan.ts';
import type { Services } from '../services.ts';
import { debugAsync } from './debugAsync.ts';
import { invocationFor } from './rowTargets.ts';

/**
 * `Debug Locally`: sends an invocation's payload to the function in local Lambda, which becomes the connection, with a
 * debugger attached to each attempt. @throws UserFacingFailure
 */
export async function debugAgain(services: Services, arg?: RowsTarget): Promise<SendResult | undefined> {
  const found = await invocationFor(services, arg, vscode.l10n.t('Debug locally with the payload of'));
  if (!found) return undefined;
  const item = replayItem(found.row, found.invocation);
  if (typeof item === 'string') throw new UserFacingFailure(item, refusalText(item, vscode.l10n.t));
  const { functionName, qualifier, payload } = item;
  if (services.session.choice.kind === 'local') {
    return debugAsync(services, { functionName, payload, ...(qualifier === undefined ? {} : { qualifier }) });
  }
  // A version or an alias of the account says nothing here: the code of the workspace is debugged.
  await services.session.select(localChoice);
  return debugAsync(services, { functionName, payload });
}
