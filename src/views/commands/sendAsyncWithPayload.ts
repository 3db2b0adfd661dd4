import * as vscode from 'vscode';
import type { FunctionTarget, SendResult } from '../../host/contract.ts';
import { functionText } from '../../model/functionText.ts';
import { payloadPreview } from '../payloadText.ts';
import type { SavedPayload } from '../project.ts';
import { lastPayload, send } from '../sending.ts';
import type { Services } from '../services.ts';
import { targetOf } from './targets.ts';

type PayloadItem = vscode.QuickPickItem &
  (
    | { readonly use: 'last'; readonly payload: string }
    | { readonly use: 'saved'; readonly saved: SavedPayload }
    | { readonly use: 'new' }
    | { readonly use: 'none' }
  );

/** `Send Asynchronously with Payload…`: the last payload, a saved one, or a new one in an editor (then nothing is sent yet). */
export async function sendAsyncWithPayload(
  services: Services,
  arg?: FunctionTarget | vscode.Uri,
): Promise<SendResult | undefined> {
  const target = await targetOf(services, arg, vscode.l10n.t('Send asynchronously with payload to'));
  if (!target) return undefined;
  const { functionName } = target;
  const [last, saved] = await Promise.all([
    lastPayload(services, functionName),
    services.project.payloadsFor(functionName),
  ]);
  const item = await pickPayload(functionText(functionName, target.qualifier), last, saved);
  switch (item?.use) {
    case 'last':
      return send(services, { target, payload: item.payload, origin: 'last payload' });
    case 'saved': {
      const payload = await services.project.readPayload(item.saved);
      return send(services, { target, payload, origin: item.saved.label });
    }
    case 'new':
      await services.payloadDocuments.openNew(target, last ?? '{\n  \n}\n');
      return undefined;
    default:
      return undefined;
  }
}

function pickPayload(
  name: string,
  last: string | undefined,
  saved: readonly SavedPayload[],
): Promise<PayloadItem | undefined> {
  const edit: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('go-to-file'),
    tooltip: vscode.l10n.t('Open the file'),
  };
  const pick = vscode.window.createQuickPick<PayloadItem>();
  pick.title = vscode.l10n.t('Send asynchronously to {0}', name);
  pick.placeholder = vscode.l10n.t('Choose a payload');
  pick.matchOnDescription = true;
  const items: PayloadItem[] = [];
  if (last !== undefined) {
    items.push({
      use: 'last',
      payload: last,
      label: vscode.l10n.t('Last payload'),
      description: payloadPreview(last),
      iconPath: new vscode.ThemeIcon('history'),
    });
  }
  items.push({
    use: 'new',
    label: vscode.l10n.t('New payload…'),
    description: vscode.l10n.t('write it in an editor'),
    iconPath: new vscode.ThemeIcon('new-file'),
  });
  if (saved.length > 0) {
    items.push({ use: 'none', label: vscode.l10n.t('Saved payloads'), kind: vscode.QuickPickItemKind.Separator });
  }
  for (const payload of saved) {
    items.push({
      use: 'saved',
      saved: payload,
      label: payload.label,
      iconPath: new vscode.ThemeIcon('json'),
      buttons: [edit],
    });
  }
  pick.items = items;
  return new Promise((resolve) => {
    pick.onDidTriggerItemButton(({ item }) => {
      if (item.use === 'saved') void vscode.window.showTextDocument(item.saved.uri);
      pick.hide();
    });
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
