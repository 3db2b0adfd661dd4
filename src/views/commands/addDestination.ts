import * as vscode from 'vscode';
import type { AsyncSettings } from '../../host/settingsArguments.ts';
import { editDestination } from '../destinations/editDestination.ts';
import type { Services } from '../services.ts';

/** `Add Destination…`: an on-success or on-failure destination, or a dead-letter queue. @throws UserFacingFailure */
export function addDestination(services: Services, arg?: unknown): Promise<AsyncSettings | undefined> {
  return editDestination(services, arg, { title: vscode.l10n.t('Add Destination'), roles: 'destinations' });
}
