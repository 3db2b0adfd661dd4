import * as vscode from 'vscode';
import { recordsPanelType } from '../../host/contract.ts';
import { DisposableStore, type Disposable } from '../../model/disposable.ts';
import { Emitter, type Event } from '../../model/event.ts';
import type { attachPanel, AttachedPanelDeps } from './attachPanel.ts';
import { registerBodyDocuments } from './bodyDocuments.ts';

/** What the panel is composed of. */
export type RecordsPanelDeps = AttachedPanelDeps;

/** How to show the panel. */
export interface OpenRecords {
  /** The id of a row to select. */
  readonly reveal?: number | undefined;
  /** Leaves the focus where it is. */
  readonly preserveFocus?: boolean;
}

/** The records panel of this window: at most one. */
export interface RecordsPanel extends Disposable {
  /** Shows the panel, making it if needed. */
  open(how?: OpenRecords): Promise<void>;
  /** Ids of the rows that are selected in the panel while it is in sight, the active one among them. */
  readonly selection: readonly number[];
  /** Whether the panel is in sight. */
  readonly isVisible: boolean;
  readonly onDidChangeVisible: Event<boolean>;
}

/** Registers the panel's serializer. What the panel is made of is loaded when one is opened or restored. */
export function registerRecordsPanel(deps: RecordsPanelDeps): RecordsPanel {
  const disposables = new DisposableStore();
  disposables.add(registerBodyDocuments(deps.store));
  let current: { readonly panel: vscode.WebviewPanel; readonly host: ReturnType<typeof attachPanel> } | undefined;
  let disposed = false;

  const visible = new Emitter<boolean>((error) => deps.log.error(`records: ${String(error)}`));
  let wasVisible = false;
  const isVisible = (): boolean => current?.panel.visible ?? false;
  const tellVisible = (): void => {
    if (isVisible() === wasVisible) return;
    wasVisible = !wasVisible;
    visible.fire(wasVisible);
  };

  const adopt = (panel: vscode.WebviewPanel, attach: typeof attachPanel): void => {
    current = { panel, host: attach(panel, deps) };
    panel.onDidChangeViewState(tellVisible);
    panel.onDidDispose(() => {
      if (current?.panel === panel) current = undefined;
      tellVisible();
    });
    tellVisible();
  };

  disposables.add(
    vscode.window.registerWebviewPanelSerializer(recordsPanelType, {
      async deserializeWebviewPanel(panel) {
        const loaded = await import('./attachPanel.ts');
        // The window's own restore and a command can race: one panel stays.
        if (current || disposed) panel.dispose();
        else adopt(panel, loaded.attachPanel);
      },
    }),
  );

  return {
    async open({ reveal, preserveFocus = false } = {}) {
      const loaded = await import('./attachPanel.ts');
      if (disposed) return;
      if (!current) {
        const panel = vscode.window.createWebviewPanel(recordsPanelType, vscode.l10n.t('Lambda Records'), {
          viewColumn: vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
          preserveFocus,
        });
        adopt(panel, loaded.attachPanel);
      } else {
        const editor = vscode.window.activeTextEditor;
        // Not over the editor that the person works in.
        if (preserveFocus && editor && hiddenBehind(current.panel, editor)) await moveBeside(current.panel, editor);
        else current.panel.reveal(undefined, preserveFocus);
      }
      if (reveal !== undefined) current?.host.reveal(reveal);
    },
    get selection() {
      return isVisible() ? (current?.host.selection ?? []) : [];
    },
    get isVisible() {
      return isVisible();
    },
    onDidChangeVisible: visible.event,
    dispose() {
      disposed = true;
      visible.dispose();
      current?.panel.dispose();
      disposables.dispose();
    },
  };
}

function hiddenBehind(panel: vscode.WebviewPanel, editor: vscode.TextEditor): boolean {
  return !panel.visible && panel.viewColumn !== undefined && panel.viewColumn === editor.viewColumn;
}

/** Moves the panel into the group beside an editor, and gives that the keyboard back. */
async function moveBeside(panel: vscode.WebviewPanel, editor: vscode.TextEditor): Promise<void> {
  const { promise: moved, resolve } = Promise.withResolvers<void>();
  const subscriptions = [
    panel.onDidChangeViewState(() => {
      if (panel.active) resolve();
    }),
    panel.onDidDispose(() => resolve()),
  ];
  panel.reveal(vscode.ViewColumn.Beside);
  await moved;
  for (const subscription of subscriptions) subscription.dispose();
  // A moved panel is a preview: the next file opened in its group would take its place.
  await vscode.commands.executeCommand('workbench.action.keepEditor');
  const { document, viewColumn, selection } = editor;
  await vscode.window.showTextDocument(document, {
    ...(viewColumn === undefined ? {} : { viewColumn }),
    selection,
  });
}
