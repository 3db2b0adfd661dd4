import * as vscode from 'vscode';
import type { RowsTarget } from '../../host/rowsArguments.ts';
import { formatExactJson, parseExactJson } from '../../model/exactJson.ts';
import { payloadOf } from '../../model/replay.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { groupBesideWebview } from '../recordsPanel/openLocation.ts';
import type { Services } from '../services.ts';
import { invocationFor } from './rowTargets.ts';

/**
 * `Save Payload`: the event as a file of the workspace's `events` folder, where it is offered for the function from then on;
 * opens it and gives its path. A file that is there is never written over. @throws UserFacingFailure
 */
export async function savePayload(services: Services, arg?: RowsTarget): Promise<string | undefined> {
  const found = await invocationFor(services, arg, vscode.l10n.t('Save the payload of'));
  if (!found) return undefined;
  const payload = payloadOf(found.invocation);
  if (payload === undefined) {
    throw new UserFacingFailure(
      'payloadUnknown',
      vscode.l10n.t('The payload is not known here: it was sent by someone else.'),
    );
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder) {
    throw new UserFacingFailure(
      'noFolder',
      vscode.l10n.t('Open a folder first: payloads are saved in its folder events.'),
    );
  }
  const uri = await freeName(vscode.Uri.joinPath(folder, 'events'), found.row.functionName);
  const node = parseExactJson(payload);
  // Numbers stay as they were written.
  await vscode.workspace.fs.writeFile(uri, Buffer.from(node ? `${formatExactJson(node)}\n` : payload));
  await vscode.window.showTextDocument(uri, { viewColumn: groupBesideWebview() });
  return uri.fsPath;
}

async function freeName(folder: vscode.Uri, functionName: string): Promise<vscode.Uri> {
  const base = functionName.replaceAll(/[^\w.-]+/g, '-') || 'event';
  for (let number = 1; ; number++) {
    const uri = vscode.Uri.joinPath(folder, number === 1 ? `${base}.json` : `${base}-${number}.json`);
    try {
      await vscode.workspace.fs.stat(uri);
    } catch {
      return uri;
    }
  }
}
