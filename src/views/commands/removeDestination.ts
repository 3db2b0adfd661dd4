import * as vscode from 'vscode';
import type { AsyncSettings } from '../../host/settingsArguments.ts';
import { applyChange } from '../destinations/applyChange.ts';
import { commonSteps, flowTitle, type Draft } from '../destinations/chooseChange.ts';
import { draftOf } from '../destinations/editDestination.ts';
import { settingsConnection } from '../destinations/settingsConnection.ts';
import type { Services } from '../services.ts';
import { runSteps } from '../steps.ts';

/** `Remove Destination…`: nothing is delivered there any more; the destination itself stays. @throws UserFacingFailure */
export async function removeDestination(services: Services, arg?: unknown): Promise<AsyncSettings | undefined> {
  const on = await settingsConnection(services);
  const title = flowTitle(vscode.l10n.t('Remove Destination'));
  const draft = await runSteps<Draft>(title, commonSteps(services, on, 'set'), draftOf(arg));
  if (!draft?.fn || draft.what === undefined || draft.what === 'retryAndAge') return undefined;
  const confirm = typeof arg === 'object' && arg !== null && 'confirm' in arg ? arg.confirm : undefined;
  const change = { kind: 'destination', role: draft.what } as const;
  return applyChange(services, { on, fn: draft.fn, change, ask: confirm !== false });
}
