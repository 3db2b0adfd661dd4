import * as vscode from 'vscode';
import type { ListenArgs } from '../../host/listeningArguments.ts';
import { chooseEntry, listeningOf } from '../listening/listeningOf.ts';
import type { Services } from '../services.ts';

/** `Pause Listening`: reads no more, and keeps what it made; `listen` goes on. @throws UserFacingFailure */
export async function pauseListening(services: Services, arg?: ListenArgs): Promise<void> {
  const listening = await listeningOf(services);
  const title = vscode.l10n.t('Pause Listening To');
  const id = await chooseEntry(listening, arg, title, ({ state }) => state.phase !== 'paused');
  if (id !== undefined) await listening.pause(id);
}
