import * as vscode from 'vscode';
import type { FunctionTarget } from '../../host/contract.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { faultLabel, faultScope } from '../faultText.ts';
import { localFaults } from '../localFaults.ts';
import type { Services } from '../services.ts';
import { targetIn } from './targets.ts';

/** `Remove Fault…`: by its id, its row in the functions view, or a choice. @throws UserFacingFailure */
export async function removeFault(services: Services, arg?: { readonly id: string } | FunctionTarget): Promise<void> {
  const controls = await localFaults(services);
  const given = idIn(arg);
  if (given !== undefined) return controls.remove(given);
  const functionName = targetIn(arg)?.functionName;
  const t = vscode.l10n.t;
  const items = (await controls.list())
    .filter((fault) => functionName === undefined || fault.functionName === functionName || fault.functionName === '*')
    .map((fault) => ({
      label: `${fault.functionName === '*' ? t('Every function') : fault.functionName}: ${faultLabel(fault.kind, t)}`,
      description: faultScope(fault, t),
      id: fault.id,
    }));
  if (items.length === 0) throw new UserFacingFailure('noFaults', t('There is no fault to remove.'));
  const chosen = await vscode.window.showQuickPick(items, { title: t('Remove Fault') });
  if (chosen) await controls.remove(chosen.id);
}

/** `Remove All Faults`: of the function that is named, or of all. @throws UserFacingFailure */
export async function removeAllFaults(services: Services, arg?: FunctionTarget): Promise<void> {
  const controls = await localFaults(services);
  const functionName = targetIn(arg)?.functionName;
  if (functionName === undefined) return controls.removeAll();
  for (const fault of await controls.list()) {
    if (fault.functionName === functionName || fault.functionName === '*') await controls.remove(fault.id);
  }
}

/** A fault's own id, or that of a row's fault. */
function idIn(arg: unknown): string | undefined {
  if (typeof arg !== 'object' || arg === null) return undefined;
  if ('id' in arg && typeof arg.id === 'string') return arg.id;
  return 'fault' in arg ? idIn(arg.fault) : undefined;
}
