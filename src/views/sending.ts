import * as vscode from 'vscode';
import type { SendRequest } from '../connections/connection.ts';
import type { ConnectionChoice } from '../connections/connectionChoice.ts';
import { toAbortSignal } from '../host/abort.ts';
import { isSameTarget } from '../host/connectionTarget.ts';
import type { FunctionTarget } from '../host/contract.ts';
import type { Invocation, InvocationRow } from '../model/invocation.ts';
import { replayItem } from '../model/replay.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { refusalText } from './replay/replayPlan.ts';
import { payloadFailure, payloadProblem, payloadTextOf } from './payloadText.ts';
import type { Services } from './services.ts';

/** A payload for a function, and what the person used to send it. */
export interface Sending {
  readonly target: FunctionTarget;
  /** JSON text. */
  readonly payload: string;
  readonly origin: string;
  readonly replayOf?: SendRequest['replayOf'];
}

/**
 * Sends, and shows the new row in the records panel; the focus stays where it is. Progress shows in the status bar, in a
 * notification when local Lambda has to start first. `undefined`: the person did not want it sent. @throws UserFacingFailure
 */
export async function send(services: Services, sending: Sending): Promise<{ requestId: string } | undefined> {
  await judge(sending.payload);
  const { functionName } = sending.target;
  const { choice } = services.session;
  if (!(await services.sendConsent.ask(functionName))) return undefined;
  const { phase, info } = services.connection.state;
  const waitsForStart = phase !== 'ready' && info.kind === 'local';
  // The panel first: its row is there from the moment of sending.
  const [, result] = await Promise.all([
    services.records.open({ preserveFocus: true }),
    vscode.window.withProgress(
      {
        location: waitsForStart ? vscode.ProgressLocation.Notification : vscode.ProgressLocation.Window,
        title: waitsForStart
          ? vscode.l10n.t('Starting local Lambda to send to {0}…', functionName)
          : vscode.l10n.t('Sending to {0}…', functionName),
        cancellable: true,
      },
      (_progress, token) => sendTo(choice, services, sending, toAbortSignal(token)),
    ),
  ]);
  await services.records.open({ reveal: result.rowId, preserveFocus: true });
  return { requestId: result.requestId };
}

/** What is sent when nobody says what: the last payload, else the first saved one, else an empty object. */
export async function defaultPayload(services: Services, functionName: string): Promise<string> {
  const last = await lastPayload(services, functionName);
  if (last !== undefined) return last;
  const [saved] = await services.project.payloadsFor(functionName);
  return saved === undefined ? '{}' : services.project.readPayload(saved);
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

/**
 * Sends without showing anything: for programs. Only an AWS account is asked about, as for anyone.
 * @throws UserFacingFailure, `declined` where the person did not want it sent
 */
export async function sendQuietly(
  services: Pick<Services, 'connection' | 'session' | 'sendConsent'>,
  target: FunctionTarget,
  value: unknown,
): Promise<{ requestId: string }> {
  const payload = payloadTextOf(value);
  const { choice } = services.session;
  await judge(payload);
  if (!(await services.sendConsent.ask(target.functionName))) {
    throw new UserFacingFailure('declined', vscode.l10n.t('Nothing was sent: it was not wanted on this AWS account.'));
  }
  const { requestId } = await sendTo(choice, services, { target, payload, origin: 'extension API' });
  return { requestId };
}

/** Sends an invocation's payload to its function again. @throws UserFacingFailure */
export async function sendAgain(services: Services, row: InvocationRow, invocation: Invocation): Promise<void> {
  const item = replayItem(row, invocation);
  if (typeof item === 'string') throw new UserFacingFailure(item, refusalText(item, vscode.l10n.t));
  if (item.redacted) {
    const { confirmReplay } = await import('./replay/confirmReplay.ts');
    if (!(await confirmReplay(services, { items: [item], refused: [] }, 1))) return;
  }
  const { functionName, qualifier, payload, replayOf } = item;
  const target = { functionName, ...(qualifier === undefined ? {} : { qualifier }) };
  await send(services, { target, payload, origin: vscode.l10n.t('records, again'), replayOf });
}

/** Sends to the connection that was asked about, not to one that was selected meanwhile. @throws UserFacingFailure */
export async function sendTo(
  choice: ConnectionChoice,
  { connection, session }: Pick<Services, 'connection' | 'session'>,
  sending: Sending,
  signal?: AbortSignal,
): Promise<{ readonly requestId: string; readonly rowId: number }> {
  if (!isSameTarget(session.choice, choice)) {
    throw new UserFacingFailure(
      'connectionChanged',
      vscode.l10n.t('Nothing was sent: another connection was selected meanwhile. Send again to send there.'),
    );
  }
  return connection.sendAsync(toRequest(sending), signal);
}

async function judge(payload: string): Promise<void> {
  const problem = await payloadProblem(payload);
  if (problem) throw payloadFailure(problem);
}

function toRequest({ target, payload, origin, replayOf }: Sending): SendRequest {
  const { functionName, qualifier } = target;
  return {
    functionName,
    payload,
    origin,
    ...(qualifier === undefined ? {} : { qualifier }),
    ...(replayOf ? { replayOf } : {}),
  };
}
