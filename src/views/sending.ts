import * as vscode from 'vscode';
import { toAbortSignal } from '../host/abort.ts';
import type { FunctionTarget } from '../host/contract.ts';
import { payloadFailure, payloadProblem } from './payloadText.ts';
import type { Services } from './services.ts';

/** A payload for a function, and what the person used to send it. */
export interface Sending {
  readonly target: FunctionTarget;
  /** JSON text. */
  readonly payload: string;
  readonly origin: string;
}

/**
 * Sends, and shows the new row in the records panel; the focus stays where it is. Progress shows in the status bar, in a
 * notification when local Lambda has to start first. @throws UserFacingFailure
 */
export async function send(services: Services, sending: Sending): Promise<{ requestId: string }> {
  const problem = await payloadProblem(sending.payload);
  if (problem) throw payloadFailure(problem);
  const { functionName, qualifier } = sending.target;
  const waitsForStart = services.connection.state.phase !== 'ready';
  // The panel first: its row is there from the moment of sending.
  const [, result] = await Promise.all([
    services.records.open(),
    vscode.window.withProgress(
      {
        location: waitsForStart ? vscode.ProgressLocation.Notification : vscode.ProgressLocation.Window,
        title: waitsForStart
          ? vscode.l10n.t('Starting local Lambda to send to {0}…', functionName)
          : vscode.l10n.t('Sending to {0}…', functionName),
        cancellable: true,
      },
      (_progress, token) =>
        services.connection.sendAsync(
          {
            functionName,
            payload: sending.payload,
            origin: sending.origin,
            ...(qualifier === undefined ? {} : { qualifier }),
          },
          toAbortSignal(token),
        ),
    ),
  ]);
  await services.records.open(result.rowId);
  return { requestId: result.requestId };
}

/** What is sent when nobody says what: the last payload, else the first saved one, else an empty object. */
export async function defaultPayload(services: Services, functionName: string): Promise<string> {
  const last = await lastPayload(services, functionName);
  if (last !== undefined) return last;
  const [saved] = await services.project.payloadsFor(functionName);
  return saved === undefined ? '{}' : await services.project.readPayload(saved);
}

/** The payload that was last sent to a function from here; `undefined` when none was. */
export async function lastPayload(services: Services, functionName: string): Promise<string | undefined> {
  const connectionId = services.connection.state.info.id;
  // Rows that others sent have no client token, and one page of the newest is enough to look at.
  const { rows } = await services.store.rows({ connectionId, functionName }, { offset: 0, limit: 50 });
  const own = rows.find((row) => row.clientToken !== undefined && row.functionName === functionName);
  const found = own && (await services.store.get(own.id));
  return found?.invocation.sent?.payload;
}
