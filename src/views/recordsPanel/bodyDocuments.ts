import * as vscode from 'vscode';
import type { Disposable } from '../../model/disposable.ts';
import type { InvocationRow } from '../../model/invocation.ts';
import type { BodyKey } from '../../protocol/panel.ts';
import type { PanelStore } from './panelHost.ts';

const scheme = 'lambda-destinations-record';

/** Read-only documents of what a row holds. The address names row and text, so they survive a reload of the window. */
export interface BodyDocuments extends Disposable {
  /** Shows a text of a row beside the panel. */
  open(row: InvocationRow, key: BodyKey): Promise<void>;
}

/** Registers the documents' provider. */
export function registerBodyDocuments(store: PanelStore): BodyDocuments {
  const registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    async provideTextDocumentContent(uri) {
      const { bodyText, readableText } = await import('./bodies.ts');
      const { id, key } = JSON.parse(uri.query) as { readonly id: number; readonly key: BodyKey };
      const found = await store.get(id);
      const text = found && bodyText(found.row, found.invocation, key);
      return text === undefined ? 'This invocation is no longer kept.' : readableText(text).text;
    },
  });
  return {
    async open(row, key) {
      const { bodyTitle } = await import('./bodies.ts');
      const { groupBesidePanel } = await import('./openLocation.ts');
      const uri = vscode.Uri.from({
        scheme,
        path: `/${bodyTitle(row, key)}`,
        query: JSON.stringify({ id: row.id, key }),
      });
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document, { viewColumn: groupBesidePanel(), preview: true });
    },
    dispose: () => void registration.dispose(),
  };
}
