import * as vscode from 'vscode';
import { toAbortSignal } from '../../host/abort.ts';
import { views } from '../../host/contract.ts';
import type { Services } from '../services.ts';

/** `Start Local Lambda`; resolves when it is ready. @throws UserFacingFailure */
export async function startLocal(services: Services): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: views.functions } }, (_progress, token) =>
    services.connection.start(toAbortSignal(token)),
  );
}
