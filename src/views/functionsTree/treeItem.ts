import * as vscode from 'vscode';
import type { ListeningEntry } from '../../connections/listening/listening.ts';
import { asCommand } from '../../host/contract.ts';
import { nodeText } from './nodeText.ts';
import { nodeId, type FunctionsNode } from './nodes.ts';

/** A node as VS Code shows it; the tooltip comes when someone asks for it. */
export function toTreeItem(node: FunctionsNode, listening: ListeningEntry | undefined): vscode.TreeItem {
  const text = nodeText(node, vscode.l10n.t, listening);
  const item = new vscode.TreeItem(text.label, collapsible(node));
  item.id = nodeId(node);
  if (text.description !== undefined) item.description = text.description;
  item.iconPath = new vscode.ThemeIcon(
    text.icon,
    text.colour === undefined ? undefined : new vscode.ThemeColor(text.colour),
  );
  item.contextValue = text.capabilities;
  item.accessibilityInformation = { label: text.spoken };
  const command = nodeCommand(node);
  if (command) item.command = command;
  return item;
}

/** What is shown where a node is pointed at. */
export function nodeTooltip(node: FunctionsNode, listening: ListeningEntry | undefined): vscode.MarkdownString {
  return new vscode.MarkdownString(nodeText(node, vscode.l10n.t, listening).tooltip);
}

function collapsible(node: FunctionsNode): vscode.TreeItemCollapsibleState {
  switch (node.kind) {
    case 'function':
    case 'qualifier':
      return vscode.TreeItemCollapsibleState.Collapsed;
    case 'failure':
    case 'empty':
      return node.actions.length > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None;
    default:
      return vscode.TreeItemCollapsibleState.None;
  }
}

function nodeCommand(node: FunctionsNode): vscode.Command | undefined {
  switch (node.kind) {
    case 'function':
      // The node itself: what fails is told to the person, not to the caller.
      return asCommand('openHandler', vscode.l10n.t('Open Handler'), node);
    case 'templateProblem': {
      const position = new vscode.Position(Math.max(0, node.line - 1), Math.max(0, node.column - 1));
      return {
        command: 'vscode.open',
        title: vscode.l10n.t('Open Template'),
        arguments: [vscode.Uri.file(node.file), { selection: new vscode.Range(position, position) }],
      };
    }
    case 'action': {
      const { title, command, args } = node.action;
      return { title, command, ...(args === undefined ? {} : { arguments: [...args] }) };
    }
    default:
      return undefined;
  }
}
