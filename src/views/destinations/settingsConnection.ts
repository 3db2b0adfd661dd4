import * as vscode from 'vscode';
import { toAbortSignal } from '../../host/abort.ts';
import { isSameTarget } from '../../host/connectionTarget.ts';
import { commandId } from '../../host/contract.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { whereText } from '../connectionText.ts';
import type { Services } from '../services.ts';
import type { SettingsConnection } from './functionState.ts';

/** The connection's settings; starts it if needed, with progress for who waits. @throws UserFacingFailure */
export async function settingsConnection({ connection, session }: Services): Promise<SettingsConnection> {
  const { choice } = session;
  const { phase, info } = connection.state;
  const settings =
    phase === 'ready'
      ? await connection.settings()
      : await vscode.window.withProgress(
          {
            location: vscode.ProgressLocation.Notification,
            title: vscode.l10n.t('Connecting to {0}…', info.label),
            cancellable: true,
          },
          (_progress, token) => connection.settings(toAbortSignal(token)),
        );
  const on = { settings, info: connection.state.info, choice };
  requireSelected(session, on);
  return on;
}

/** What was begun on one connection is not done to another, nor to one that was let go of. @throws UserFacingFailure `connectionChanged` */
export function requireSelected(
  session: Pick<Services['session'], 'choice'>,
  { choice, info }: Pick<SettingsConnection, 'choice' | 'info'>,
): void {
  if (isSameTarget(choice, session.choice)) return;
  throw new UserFacingFailure(
    'connectionChanged',
    vscode.l10n.t(
      'Nothing was changed: {0} is not the selected connection any more. Select it to go on there.',
      whereText(info, vscode.l10n.t),
    ),
    { actions: [{ title: vscode.l10n.t('Select Connection'), command: commandId('selectConnection') }] },
  );
}
