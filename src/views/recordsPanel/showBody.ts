import * as vscode from 'vscode';
import type { InvocationRow } from '../../model/invocation.ts';
import type { BodyKey } from '../../protocol/panel.ts';
import { bodyTitle } from './bodies.ts';
import { bodyScheme } from './bodyDocuments.ts';
import { groupBesidePanel } from './openLocation.ts';

/** The address of a text of a row; it names both, so that it survives a reload of the window. */
export function bodyUri(row: InvocationRow, key: BodyKey): vscode.Uri {
  return vscode.Uri.from({
    scheme: bodyScheme,
    path: `/${bodyTitle(row, key)}`,
    query: JSON.stringify({ id: row.id, key }),
  });
}

/** Shows a text of a row beside the panel. */
export async function showBody(row: InvocationRow, key: BodyKey): Promise<void> {
  const document = await vscode.workspace.openTextDocument(bodyUri(row, key));
  await vscode.window.showTextDocument(document, { viewColumn: groupBesidePanel(), preview: true });
}
