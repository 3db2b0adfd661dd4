import * as vscode from 'vscode';
import type { SendResult } from '../../host/contract.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { payloadFailure, payloadProblem } from '../payloadText.ts';
import { send } from '../sending.ts';
import type { Services } from '../services.ts';
import { targetOf } from './targets.ts';

/** `Send This Payload`: a JSON document to the function it was made for, else to one that the person chooses. */
export async function sendPayloadDocument(services: Services, arg?: unknown): Promise<SendResult | undefined> {
  const document = await documentOf(arg);
  const payload = document.getText();
  const problem = await payloadProblem(payload);
  if (problem) {
    if (problem.place) await services.payloadDocuments.showProblem(document, problem.message, problem.place);
    throw payloadFailure(problem);
  }
  const target =
    services.memory.payloadTarget(document.uri.toString()) ??
    (await targetOf(services, undefined, vscode.l10n.t('Send this payload to'), nameOf(document.uri)));
  if (!target) return undefined;
  return send(services, { target, payload, origin: originOf(document) });
}

/** The file's name in the workspace; an untitled one has the place that it is for. */
function originOf({ uri, isUntitled }: vscode.TextDocument): string {
  return vscode.workspace.asRelativePath(isUntitled ? vscode.Uri.file(uri.path) : uri);
}

/** `events/orders.json` is most likely for `orders`. */
function nameOf(uri: vscode.Uri): string {
  return (uri.path.split('/').at(-1) ?? '').replace(/(?:-\d+)?\.jsonc?$/, '');
}

async function documentOf(arg: unknown): Promise<vscode.TextDocument> {
  const uri = arg instanceof vscode.Uri ? arg : uriIn(arg);
  if (uri) return vscode.workspace.openTextDocument(uri);
  const active = vscode.window.activeTextEditor?.document;
  if (active) return active;
  throw new UserFacingFailure(
    'noPayloadDocument',
    vscode.l10n.t('No payload is open. Open a JSON file, or choose one with Send Asynchronously with Payload.'),
  );
}

/** Nodes of the payloads view carry the file's URI. */
function uriIn(arg: unknown): vscode.Uri | undefined {
  return typeof arg === 'object' && arg !== null && 'uri' in arg && arg.uri instanceof vscode.Uri ? arg.uri : undefined;
}
