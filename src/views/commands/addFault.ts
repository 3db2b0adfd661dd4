import * as vscode from 'vscode';
import type { FunctionTarget } from '../../host/contract.ts';
import type { AddFaultArgs, LocalFault } from '../../host/faultArguments.ts';
import { askFault } from '../faultQuestions.ts';
import { localFaults } from '../localFaults.ts';
import type { Services } from '../services.ts';
import { targetOf } from './targets.ts';

/**
 * `Add Fault…`: local Lambda makes something go wrong as it does on AWS. What the argument leaves out is asked for; where it
 * names a kind of fault, nothing is. @throws UserFacingFailure
 */
export async function addFault(
  services: Services,
  arg?: AddFaultArgs | FunctionTarget,
): Promise<LocalFault | undefined> {
  const controls = await localFaults(services);
  if (arg && 'fault' in arg && arg.fault !== undefined) return controls.add(requestOf(arg));
  const target = await targetOf(services, arg, vscode.l10n.t('Add Fault'));
  const asked = target && (await askFault(target.functionName));
  return asked && controls.add(requestOf(asked));
}

function requestOf({ fault, ...rest }: AddFaultArgs): Parameters<Awaited<ReturnType<typeof localFaults>>['add']>[0] {
  if (fault === undefined) throw new Error('A fault without a kind');
  return { ...rest, kind: fault };
}
