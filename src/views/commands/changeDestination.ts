import * as vscode from 'vscode';
import type { AsyncSettings } from '../../host/settingsArguments.ts';
import { editDestination } from '../destinations/editDestination.ts';
import type { Services } from '../services.ts';

/** `Change Destinations…`: whatever is set of a function for asynchronous invocation. @throws UserFacingFailure */
export function changeDestination(services: Services, arg?: unknown): Promise<AsyncSettings | undefined> {
  return editDestination(services, arg, { title: vscode.l10n.t('Change Destinations'), roles: 'all' });
}
