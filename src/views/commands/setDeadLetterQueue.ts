import * as vscode from 'vscode';
import type { AsyncSettings } from '../../host/settingsArguments.ts';
import { editDestination } from '../destinations/editDestination.ts';
import type { Services } from '../services.ts';

/** `Set Dead-Letter Queue…`: that of the function, whatever the qualifier. @throws UserFacingFailure */
export function setDeadLetterQueue(services: Services, arg?: object): Promise<AsyncSettings | undefined> {
  return editDestination(
    services,
    { ...arg, role: 'deadLetterQueue' },
    { title: vscode.l10n.t('Set Dead-Letter Queue'), roles: 'destinations' },
  );
}
