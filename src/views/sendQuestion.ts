import * as vscode from 'vscode';
import type { Connection, ConnectionInfo } from '../connections/connection.ts';
import { toAbortSignal } from '../host/abort.ts';
import type { WorkspaceMemory } from '../host/memento.ts';
import { whereText } from './connectionText.ts';
import { SendConsent, type SendAnswer } from './sendConsent.ts';

/** The question before sends to AWS, as VS Code asks it. */
export function createSendConsent(
  connection: Pick<Connection, 'state' | 'start'>,
  memory: Pick<WorkspaceMemory, 'sendsAllowed' | 'allowSends'>,
): SendConsent {
  return new SendConsent({ connection, memory, start: () => connectToSend(connection), question: askToSend });
}

/** Asks whether to send to a function in an AWS account, which it names. */
async function askToSend(functionName: string, info: ConnectionInfo): Promise<SendAnswer> {
  const send = vscode.l10n.t('Send');
  const always = vscode.l10n.t("Send, and Don't Ask Again Here");
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Send to {0} on AWS?', functionName),
    { modal: true, detail: vscode.l10n.t('This runs the function in {0}.', whereText(info, vscode.l10n.t)) },
    send,
    always,
  );
  if (chosen === always) return 'always';
  return chosen === send ? 'once' : undefined;
}

/** Starts a connection for who wants to send, with progress that can be cancelled. @throws UserFacingFailure */
async function connectToSend(connection: Pick<Connection, 'state' | 'start'>): Promise<void> {
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Connecting to {0}…', connection.state.info.label),
      cancellable: true,
    },
    (_progress, token) => connection.start(toAbortSignal(token)),
  );
}
