import * as vscode from 'vscode';
import type { ConnectionChoice } from '../../connections/connectionChoice.ts';
import { parseConnectionTarget } from '../../host/connectionTarget.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { isConnectionArgument } from '../arguments.ts';
import type { Services } from '../services.ts';
import { startConnection } from './startConnection.ts';

/**
 * `Select Connection`: the one given, else one that the person chooses, which is tried at once. Gives what is selected.
 * @throws UserFacingFailure `invalidConnection` for what names no connection; why the chosen one can't be used
 */
export async function selectConnection(services: Services, arg?: unknown): Promise<ConnectionChoice | undefined> {
  if (isConnectionArgument(arg)) {
    const given = parseConnectionTarget(arg);
    if (!given) {
      throw new UserFacingFailure(
        'invalidConnection',
        vscode.l10n.t(
          'This names no connection. One is local, a profile in a region, or an http(s) endpoint without credentials in a region.',
        ),
      );
    }
    await services.session.select(given);
    return given;
  }
  const { askConnection } = await import('../connectionQuestions.ts');
  const chosen = await askConnection(services);
  if (chosen) await use(services, chosen);
  return chosen;
}

/** `Change Region`: the same connection elsewhere. @throws UserFacingFailure `invalidRegion` */
export async function changeRegion(
  services: Services,
  args?: { readonly region: string },
): Promise<ConnectionChoice | undefined> {
  const { choice } = services.session;
  if (choice.kind === 'local') {
    // Local Lambda's region is a setting: its queue and its ARNs hang on it.
    await vscode.commands.executeCommand('workbench.action.openSettings', 'lambdaDestinations.local');
    return undefined;
  }
  if (typeof args?.region === 'string') {
    const given = parseConnectionTarget({ ...choice, region: args.region });
    if (!given) {
      throw new UserFacingFailure(
        'invalidRegion',
        vscode.l10n.t('A region looks like us-east-1, not like "{0}".', args.region),
      );
    }
    await services.session.select(given);
    return given;
  }
  const { askRegion } = await import('../connectionQuestions.ts');
  const region = await askRegion(services, choice);
  if (region === undefined) return undefined;
  const chosen = { ...choice, region };
  await use(services, chosen);
  return chosen;
}

/** A person who chooses wants to know at once whether it works; local Lambda starts when it is needed. */
async function use(services: Services, chosen: ConnectionChoice): Promise<void> {
  await services.session.select(chosen);
  if (chosen.kind !== 'local') await startConnection(services);
}
