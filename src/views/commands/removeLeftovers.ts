import * as vscode from 'vscode';
import { toAbortSignal } from '../../host/abort.ts';
import { confirmLeftovers } from '../listening/askLeftovers.ts';
import { listeningOf } from '../listening/listeningOf.ts';
import type { Services } from '../services.ts';

/**
 * `Remove Taps Left Behind…`: finds queues, subscriptions and rules of ours that nobody listens to any more, and removes them
 * after asking (from code, with `confirm: false`, at once); gives their names. @throws UserFacingFailure
 */
export async function removeLeftovers(
  services: Services,
  args?: { readonly confirm?: boolean },
): Promise<readonly string[] | undefined> {
  const listening = await listeningOf(services);
  const leftovers = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Looking for taps that were left behind…'),
      cancellable: true,
    },
    (_progress, token) => listening.leftovers(toAbortSignal(token)),
  );
  if (args?.confirm === false) {
    await listening.removeLeftovers(leftovers);
    return leftovers.map(({ name }) => name);
  }
  if (leftovers.length > 0) return confirmLeftovers(listening, leftovers, services.connection.state.info);
  void vscode.window.showInformationMessage(vscode.l10n.t('No tap was left behind.'));
  return [];
}
