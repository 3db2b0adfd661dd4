import * as vscode from 'vscode';
import type { BodyKey } from '../../protocol/panel.ts';
import type { PanelStore } from './panelHost.ts';

/** The scheme of the documents that show what a row holds. */
export const bodyScheme = 'lambda-destinations-record';

/** Registers the provider of read-only documents of what a row holds; `showBody.ts` has their addresses. */
export function registerBodyDocuments(store: PanelStore): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(bodyScheme, {
    async provideTextDocumentContent(uri) {
      const { bodyText, readableText } = await import('./bodies.ts');
      const { id, key } = JSON.parse(uri.query) as { readonly id: number; readonly key: BodyKey };
      const found = await store.get(id);
      const text = found && bodyText(found.row, found.invocation, key);
      return text === undefined ? 'This invocation is no longer kept.' : readableText(text).text;
    },
  });
}
