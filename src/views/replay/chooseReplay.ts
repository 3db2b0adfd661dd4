import * as vscode from 'vscode';
import type { InvocationRow } from '../../model/invocation.ts';
import { functionText } from '../../model/functionText.ts';
import { goBack, runSteps, type PickRow, type Step } from '../steps.ts';
import type { Services } from '../services.ts';
import { lengthText } from './replayPlan.ts';

/** How a person wants something replayed. */
export interface ReplayChoice {
  readonly where: 'same' | 'qualifier' | 'local' | 'edit';
  /** Of `qualifier`; `''`: unqualified. */
  readonly qualifier?: string;
  readonly perSecond: number;
}

/** Sends a second when nobody says how many. */
export const defaultPerSecond = 5;

interface Draft {
  readonly where?: ReplayChoice['where'];
  readonly qualifier?: string;
  readonly perSecond?: number;
}

/** Asks where to and how fast. `undefined`: the person does not want it. @throws UserFacingFailure */
export async function chooseReplay(
  services: Services,
  rows: readonly InvocationRow[],
): Promise<ReplayChoice | undefined> {
  const { t } = vscode.l10n;
  const [first] = rows;
  if (!first) return undefined;
  const title =
    rows.length === 1
      ? t('Replay an event of {0}', functionText(first.functionName, first.qualifier))
      : t('Replay {0} events', rows.length);
  const steps: readonly Step<Draft>[] = [
    {
      async ask(draft, ui) {
        const answer = await ui.pick({ placeholder: t('Where to send it'), rows: places(services, rows) });
        return answer === undefined || answer === goBack ? answer : { ...draft, where: answer };
      },
    },
    {
      applies: ({ where }) => where === 'qualifier',
      async ask(draft, ui) {
        const answer = await ui.pick<string>({
          placeholder: t('Version or alias'),
          rows: async (show, signal) => show(await qualifiers(services, first.functionName, signal)),
        });
        return answer === undefined || answer === goBack ? answer : { ...draft, qualifier: answer };
      },
    },
    {
      applies: ({ where }) => rows.length > 1 && where !== 'edit',
      async ask(draft, ui) {
        const answer = await ui.pick<number>({
          placeholder: t('How fast'),
          rows: [1, defaultPerSecond, 20, 100].map((perSecond) => ({
            label: t('{0} a second', perSecond),
            description: t('takes about {0}', lengthText(rows.length / perSecond, t)),
            value: perSecond,
            current: perSecond === defaultPerSecond,
          })),
        });
        return answer === undefined || answer === goBack ? answer : { ...draft, perSecond: answer };
      },
    },
  ];
  const draft = await runSteps(title, steps, {});
  if (draft?.where === undefined) return undefined;
  const { where, qualifier, perSecond = defaultPerSecond } = draft;
  return { where, perSecond, ...(qualifier === undefined ? {} : { qualifier }) };
}

function places(services: Services, rows: readonly InvocationRow[]): readonly PickRow<ReplayChoice['where']>[] {
  const { t } = vscode.l10n;
  const { info } = services.connection.state;
  const names = new Set(rows.map(({ functionName }) => functionName));
  const entries: PickRow<ReplayChoice['where']>[] = [
    {
      label: names.size === 1 ? t('The same function') : t('The same functions'),
      description: info.label,
      icon: 'debug-rerun',
      value: 'same',
    },
  ];
  if (names.size === 1) entries.push({ label: t('Another version or alias…'), icon: 'tag', value: 'qualifier' });
  if (info.kind !== 'local' && vscode.workspace.workspaceFolders !== undefined) {
    entries.push({
      label: t('Local Lambda'),
      description: t('with the code of this workspace; selects that connection'),
      icon: 'vm-running',
      value: 'local',
    });
  }
  if (rows.length === 1) {
    entries.push({
      label: t('Edit the payload first…'),
      description: t('opens it in an editor; nothing is sent yet'),
      icon: 'edit',
      value: 'edit',
    });
  }
  return entries;
}

async function qualifiers(
  services: Services,
  functionName: string,
  signal: AbortSignal,
): Promise<readonly PickRow<string>[]> {
  const { t } = vscode.l10n;
  const settings = await services.connection.settings(signal);
  const found = await settings.qualifiers(functionName, signal);
  return [
    { label: t('Unqualified'), description: '$LATEST', icon: 'symbol-function', value: '' },
    ...found.map(({ kind, qualifier, description, functionVersion }) => ({
      label: qualifier,
      description: [functionVersion === undefined ? '' : t('version {0}', functionVersion), description ?? '']
        .filter((part) => part !== '')
        .join(' · '),
      icon: kind === 'alias' ? 'tag' : 'versions',
      value: qualifier,
    })),
  ];
}
