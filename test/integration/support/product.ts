import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/host/extensionApi.ts';
import type { InvocationRow } from '../../../src/model/invocation.ts';
import { when } from '../../support/when.ts';

/** The extension as another one sees it. */
export async function product(): Promise<ExtensionApi> {
  const extension = vscode.extensions.getExtension<ExtensionApi>('lambda-destinations.lambda-destinations');
  if (!extension) throw new Error('The extension is not installed in this host.');
  return extension.activate();
}

/** The path of a file of the open workspace. */
export function inWorkspace(...parts: string[]): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('No workspace is open.');
  return vscode.Uri.joinPath(folder.uri, ...parts);
}

/** The row of a request, as soon as it is as wanted. */
export function rowWhen(
  api: ExtensionApi,
  requestId: string,
  wanted: (row: InvocationRow) => boolean,
): Promise<InvocationRow> {
  return when(api.onDidChangeInvocation as vscode.Event<unknown>, async () => {
    const row = (await api.invocations.get(requestId))?.row;
    return row && wanted(row) ? row : undefined;
  });
}

/** Lens titles of a document, with their lines (from 1). */
export async function lenses(uri: vscode.Uri): Promise<{ line: number; title: string; command: string }[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
  return found
    .filter(({ command }) => command !== undefined)
    .map(({ range, command }) => ({
      line: range.start.line + 1,
      title: command?.title ?? '',
      command: command?.command ?? '',
    }));
}

/** Our problems in a file, once there are any, and one says what is wanted: a file is written in steps. */
export function problemsIn(uri: vscode.Uri, wanted = /./): Promise<vscode.Diagnostic[]> {
  return when(vscode.languages.onDidChangeDiagnostics, () => {
    const ours = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Lambda Destinations');
    return ours.some(({ message }) => wanted.test(message)) ? ours : undefined;
  });
}
