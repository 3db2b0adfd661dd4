import * as vscode from 'vscode';
import { commandId, type FunctionTarget } from '../../host/contract.ts';
import type { ConnectionInfo, FunctionSummary } from '../../connections/connection.ts';
import { compareNames } from '../../model/compareNames.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { whereText } from '../connectionText.ts';
import type { Services } from '../services.ts';

/**
 * The function a command is about: named by its argument, by the one handler in the document of its argument, else chosen
 * by the person, `likely` on top. `undefined`: they chose none. @throws UserFacingFailure
 */
export async function targetOf(
  services: Services,
  arg: unknown,
  title: string,
  likely?: string,
): Promise<FunctionTarget | undefined> {
  const given = targetIn(arg);
  if (given) return given;
  if (likely !== undefined) return pickFunction(services, title, [likely]);
  const near = await handlersNearby(services, arg);
  if (near.length === 1 && arg !== undefined) return { functionName: near[0] ?? '' };
  return pickFunction(services, title, near);
}

/** The function that plain data or a tree node names. */
export function targetIn(arg: unknown): FunctionTarget | undefined {
  if (typeof arg !== 'object' || arg === null || !('functionName' in arg)) return undefined;
  const { functionName } = arg;
  if (typeof functionName !== 'string' || functionName === '') return undefined;
  const qualifier = 'qualifier' in arg && typeof arg.qualifier === 'string' ? arg.qualifier : undefined;
  return { functionName, ...(qualifier === undefined ? {} : { qualifier }) };
}

async function handlersNearby(services: Services, arg: unknown): Promise<readonly string[]> {
  const active = vscode.window.activeTextEditor?.document;
  const document =
    arg instanceof vscode.Uri
      ? vscode.workspace.textDocuments.find((candidate) => candidate.uri.toString() === arg.toString())
      : active;
  if (!document) return [];
  const handlers = await services.project.handlersIn(document);
  return handlers.map((handler) => handler.functionName);
}

interface FunctionItem extends vscode.QuickPickItem {
  readonly target: FunctionTarget;
}

/** Lets the person choose a function of the connection, those `near` first. */
function pickFunction(services: Services, title: string, near: readonly string[]): Promise<FunctionTarget | undefined> {
  const pick = vscode.window.createQuickPick<FunctionItem>();
  const loading = new AbortController();
  pick.title = title;
  pick.placeholder = vscode.l10n.t('Choose a function');
  pick.matchOnDescription = true;
  pick.busy = true;
  return new Promise<FunctionTarget | undefined>((resolve, reject) => {
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (!chosen) return;
      resolve(chosen.target);
      pick.hide();
    });
    pick.onDidHide(() => {
      loading.abort();
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
    // Rejecting comes before hide(), which resolves: the reason is what counts.
    services.connection.listFunctions(loading.signal).then(
      (functions) => {
        if (functions.length === 0) {
          reject(noFunctions(services.connection.state.info));
          pick.hide();
          return;
        }
        pick.items = items(functions, near);
        pick.busy = false;
      },
      (error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)));
        pick.hide();
      },
    );
  });
}

function items(functions: readonly FunctionSummary[], near: readonly string[]): FunctionItem[] {
  const rank = (name: string): number => (near.includes(name) ? 0 : 1);
  return [...functions]
    .sort((a, b) => rank(a.functionName) - rank(b.functionName) || compareNames(a.functionName, b.functionName))
    .map((fn): FunctionItem => ({
      label: fn.functionName,
      description: [fn.runtime, fn.handler].filter((part) => part !== undefined).join(' · '),
      iconPath: new vscode.ThemeIcon('symbol-function'),
      target: { functionName: fn.functionName },
    }));
}

/** Says that a connection has no function, with ways on. */
export function noFunctions(info: ConnectionInfo): UserFacingFailure {
  if (info.kind !== 'local') {
    return new UserFacingFailure(
      'noFunctions',
      vscode.l10n.t(
        'There is no function in {0}. Change the region, or select another connection.',
        whereText(info, vscode.l10n.t),
      ),
      {
        actions: [
          { title: vscode.l10n.t('Change Region'), command: commandId('changeRegion') },
          { title: vscode.l10n.t('Select Connection'), command: commandId('selectConnection') },
        ],
      },
    );
  }
  return new UserFacingFailure(
    'noFunctions',
    vscode.l10n.t(
      'Local Lambda has no function yet. Declare one in template.yaml, create one through its endpoint, or look at the example.',
    ),
    { actions: [{ title: vscode.l10n.t('Open Example'), command: commandId('openExample') }] },
  );
}
