import * as vscode from 'vscode';
import { toAbortSignal } from '../../host/abort.ts';
import { views } from '../../host/contract.ts';
import type { Services } from '../services.ts';

/** Starts the selected connection, with progress in the functions view; resolves when it is ready. @throws UserFacingFailure */
export async function startConnection(services: Services): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: views.functions } }, (_progress, token) =>
    services.connection.start(toAbortSignal(token)),
  );
}
