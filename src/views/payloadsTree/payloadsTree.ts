import * as vscode from 'vscode';
import type { Boundary } from '../../host/boundary.ts';
import { views } from '../../host/contract.ts';
import { DisposableStore, type Disposable } from '../../model/disposable.ts';
import type { Project, SavedPayload } from '../project.ts';

/** The payloads view: the workspace's saved payload files. Registers it; nothing is looked for before it is shown. */
export function registerPayloadsTree(project: Project, boundary: Boundary): Disposable {
  const disposables = new DisposableStore();
  const changed = disposables.add(new vscode.EventEmitter<undefined>());
  disposables.add(project.onDidChange(() => changed.fire(undefined)));
  disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(() => changed.fire(undefined)));
  const treeDataProvider: vscode.TreeDataProvider<SavedPayload> = {
    onDidChangeTreeData: changed.event,
    getTreeItem(payload) {
      const item = new vscode.TreeItem(payload.uri, vscode.TreeItemCollapsibleState.None);
      item.id = payload.uri.toString();
      item.description = payload.label.split('/').slice(0, -1).join('/');
      item.iconPath = new vscode.ThemeIcon('json');
      item.contextValue = 'payload';
      item.accessibilityInformation = { label: vscode.l10n.t('Payload {0}', payload.label) };
      item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [payload.uri] };
      return item;
    },
    async getChildren(payload) {
      if (payload !== undefined || !vscode.workspace.workspaceFolders?.length) return [];
      try {
        return [...(await project.payloadsFor(undefined))];
      } catch (error) {
        boundary.note('payloads view', error);
        return [];
      }
    },
  };
  disposables.add(vscode.window.createTreeView(views.payloads, { treeDataProvider }));
  return disposables;
}
