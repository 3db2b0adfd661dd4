import * as vscode from 'vscode';
import type { ListenArgs } from '../../host/listeningArguments.ts';
import { chooseEntry, listeningOf } from '../listening/listeningOf.ts';
import type { Services } from '../services.ts';

/** `Stop Listening`: reads no more, and removes what it made. @throws UserFacingFailure that tells what stays */
export async function stopListening(services: Services, arg?: ListenArgs): Promise<void> {
  const listening = await listeningOf(services);
  const id = await chooseEntry(listening, arg, vscode.l10n.t('Stop Listening To'), () => true);
  if (id === undefined) return;
  const title = vscode.l10n.t('Stopping to listen to {0}…', listening.target(id).name);
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () => listening.stop(id));
}
