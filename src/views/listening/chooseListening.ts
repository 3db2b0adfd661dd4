import * as vscode from 'vscode';
import type { Listening, ListeningEntry, ListeningTarget } from '../../connections/listening/listening.ts';
import { compareNames } from '../../model/compareNames.ts';
import type { RecordSourceKind } from '../../model/recordSource.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { stateLabel, wayEffect, wayLabel } from './listeningText.ts';
import { targetDescription, targetLabel } from './targetText.ts';

interface TargetItem extends vscode.QuickPickItem {
  readonly target?: ListeningTarget;
}

/** Lets the person choose what to listen to, each with where it stands; of one function if it is named. @throws UserFacingFailure */
export async function chooseTarget(
  listening: Listening,
  functionName: string | undefined,
): Promise<ListeningTarget | undefined> {
  const t = vscode.l10n.t;
  const pick = vscode.window.createQuickPick<TargetItem>();
  const loading = new AbortController();
  pick.title = functionName === undefined ? t('Listen To') : t('Listen To ({0})', functionName);
  pick.placeholder = t('Choose a destination, a dead-letter queue or a log');
  pick.matchOnDescription = true;
  pick.busy = true;
  return new Promise<ListeningTarget | undefined>((resolve, reject) => {
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (!chosen?.target) return;
      resolve(chosen.target);
      pick.hide();
    });
    pick.onDidHide(() => {
      loading.abort();
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
    listening.targets(loading.signal).then(
      (targets) => {
        const shown = functionName === undefined ? targets : targets.filter((target) => isOf(target, functionName));
        pick.items = targetItems(shown, listening.entries);
        pick.busy = false;
        if (shown.length > 0) return;
        reject(new UserFacingFailure('nothingToListenTo', t('This connection has no function to listen to.')));
        pick.hide();
      },
      (error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)));
        pick.hide();
      },
    );
  });
}

/** Lets the person choose how, with what each does to their resources. */
export async function chooseWay(
  { kind, name, ways }: ListeningTarget,
  title = vscode.l10n.t('How to Read {0}', name),
): Promise<RecordSourceKind | undefined> {
  const t = vscode.l10n.t;
  const items = ways.map((way) => ({ label: wayLabel(way, t), detail: wayEffect(way, kind, t), way }));
  return (await vscode.window.showQuickPick(items, { title }))?.way;
}

function targetItems(targets: readonly ListeningTarget[], entries: readonly ListeningEntry[]): TargetItem[] {
  const t = vscode.l10n.t;
  const item = (target: ListeningTarget): TargetItem => {
    const entry = entries.find(({ id }) => id === target.id);
    const description = [targetDescription(target, t), ...(entry ? [stateLabel(entry, t)] : [])];
    return {
      label: targetLabel(target, t),
      description: description.filter((part) => part !== '').join(' · '),
      iconPath: new vscode.ThemeIcon(entry ? 'radio-tower' : target.kind === 'log' ? 'output' : 'circle-outline'),
      target,
    };
  };
  const sorted = targets.toSorted((a, b) => compareNames(a.name, b.name));
  const part = (heading: string, isLog: boolean): TargetItem[] => {
    const members = sorted.filter(({ kind }) => (kind === 'log') === isLog).map(item);
    return members.length === 0 ? [] : [{ label: heading, kind: vscode.QuickPickItemKind.Separator }, ...members];
  };
  return [...part(t('destinations'), false), ...part(t('logs'), true)];
}

function isOf({ kind, name, uses }: ListeningTarget, functionName: string): boolean {
  return kind === 'log' ? name === functionName : uses.some((use) => use.functionName === functionName);
}
