import * as vscode from 'vscode';
import { recordsPanelType } from '../../host/contract.ts';
import type { SourceLocation } from '../../protocol/panel.ts';

/** Opens a file at line and column, revealed in the centre, in an editor group beside the panel: one that is there, else a new one. */
export async function openLocationBeside(location: SourceLocation): Promise<void> {
  const position = new vscode.Position(Math.max(0, location.line - 1), Math.max(0, location.column - 1));
  const selection = new vscode.Range(position, position);
  const editor = await vscode.window.showTextDocument(vscode.Uri.parse(location.uri, true), {
    viewColumn: groupBesidePanel(),
    selection,
    preserveFocus: false,
  });
  editor.revealRange(selection, vscode.TextEditorRevealType.InCenter);
}

/** The group for editors that are asked for elsewhere: the active one, unless it shows the panel, which stays on show. */
export function groupBesideWebview(): vscode.ViewColumn {
  const { activeTab, viewColumn } = vscode.window.tabGroups.activeTabGroup;
  // By its number: by then another one may be active.
  return activeTab?.input instanceof vscode.TabInputWebview ? groupBesidePanel() : viewColumn;
}

/**
 * The group for editors that the panel opens: the one nearest to it that shows no webview, else a new one beside. Where the
 * panel is says its tab: a click in a webview can be here before the news that its group is the active one.
 */
export function groupBesidePanel(): vscode.ViewColumn {
  const { activeTabGroup, all } = vscode.window.tabGroups;
  const own = all.find((group) => showsRecords(group)) ?? activeTabGroup;
  const candidates = all
    .filter((group) => group !== own && !(group.activeTab?.input instanceof vscode.TabInputWebview))
    .map((group) => group.viewColumn)
    .sort((a, b) => Math.abs(a - own.viewColumn) - Math.abs(b - own.viewColumn) || b - a);
  return candidates[0] ?? vscode.ViewColumn.Beside;
}

function showsRecords({ activeTab }: vscode.TabGroup): boolean {
  // VS Code puts a prefix of its own before the type.
  return activeTab?.input instanceof vscode.TabInputWebview && activeTab.input.viewType.endsWith(recordsPanelType);
}
