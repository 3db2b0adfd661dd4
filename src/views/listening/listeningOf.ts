import * as vscode from 'vscode';
import type { Listening, ListeningEntry } from '../../connections/listening/listening.ts';
import { commandId } from '../../host/contract.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { Services } from '../services.ts';

/** How records are read on the connection; starts it where needed. @throws UserFacingFailure */
export async function listeningOf({ connection }: Pick<Services, 'connection'>): Promise<Listening> {
  if (connection.state.info.kind === 'local') {
    throw new UserFacingFailure(
      'cannotListen',
      vscode.l10n.t(
        'Local Lambda tells every attempt and every record by itself: there is nothing to listen to. Select another connection for that.',
      ),
      { actions: [{ title: vscode.l10n.t('Select Connection'), command: commandId('selectConnection') }] },
    );
  }
  await connection.start();
  const { listening } = connection;
  if (!listening) throw new DOMException('Another connection was selected.', 'AbortError');
  return listening;
}

/** The id that plain data, a row of the functions view or an entry names. */
export function listenedIn(arg: unknown): string | undefined {
  if (typeof arg !== 'object' || arg === null) return undefined;
  const id = 'destinationArn' in arg ? arg.destinationArn : 'arn' in arg ? arg.arn : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** The entry that is meant, chosen where nothing names it. @throws UserFacingFailure where there is none */
export async function chooseEntry(
  listening: Listening,
  arg: unknown,
  title: string,
  fits: (entry: ListeningEntry) => boolean,
): Promise<string | undefined> {
  const given = listenedIn(arg);
  const entries = listening.entries.filter(fits);
  if (given !== undefined) return entries.find(({ id }) => id === given)?.id;
  if (entries.length === 0) {
    throw new UserFacingFailure('nothingListened', vscode.l10n.t('Nothing is listened to on this connection.'));
  }
  const { stateLabel, wayLabel } = await import('./listeningText.ts');
  const { targetLabel } = await import('./targetText.ts');
  const t = vscode.l10n.t;
  const items = entries.map((entry) => ({
    label: targetLabel(listening.target(entry.id), t),
    description: `${wayLabel(entry.way, t)} · ${stateLabel(entry, t)}`,
    ...(entry.state.problem === undefined ? {} : { detail: entry.state.problem }),
    id: entry.id,
  }));
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.id;
}
