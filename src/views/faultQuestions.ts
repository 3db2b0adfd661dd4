import * as vscode from 'vscode';
import type { AddFaultArgs } from '../host/faultArguments.ts';
import { faultKinds, type FaultKind } from '../model/fault.ts';
import { faultLabel } from './faultText.ts';
import { runSteps, goBack, type PickRow, type Step } from './steps.ts';

/** What is known of a fault so far. `often`: how often is settled. */
interface Draft extends AddFaultArgs {
  readonly often?: 'asked' | 'counted';
}

/** Asks which fault a function is to have, and how often. `undefined`: the person dismissed it. */
export async function askFault(functionName: string): Promise<AddFaultArgs | undefined> {
  const title = (draft: Draft): string =>
    draft.fault === undefined
      ? vscode.l10n.t('Add Fault: {0}', functionName)
      : vscode.l10n.t('Add Fault: {0}, {1}', functionName, faultLabel(draft.fault, vscode.l10n.t));
  const draft = await runSteps<Draft>(title, [kindStep, delayStep, oftenStep, countStep], { functionName });
  if (!draft) return undefined;
  const { often: _, ...asked } = draft;
  return asked;
}

const kindStep: Step<Draft> = {
  async ask(draft, ui) {
    const fault = await ui.pick({
      placeholder: vscode.l10n.t('What should go wrong?'),
      rows: faultKinds.map((kind) => {
        const label = faultLabel(kind, vscode.l10n.t);
        return {
          label: label.charAt(0).toUpperCase() + label.slice(1),
          detail: explained(kind),
          icon: icons[kind],
          value: kind,
        };
      }),
    });
    return fault === undefined || fault === goBack ? fault : { ...draft, fault };
  },
};

const delayStep: Step<Draft> = {
  applies: ({ fault }) => fault === 'slowStart',
  async ask(draft, ui) {
    const row = (seconds: number, detail: string): PickRow<number> => ({
      label: vscode.l10n.t('{0} s longer', seconds),
      detail,
      value: seconds * 1000,
    });
    const delayMs = await ui.pick({
      placeholder: vscode.l10n.t('How much longer does the cold start take?'),
      rows: [
        row(2, vscode.l10n.t('A large dependency, or a connection to a database')),
        row(5, vscode.l10n.t('A slow one')),
        row(12, vscode.l10n.t("Over Lambda's 10 s: the init fails, and is done again within the function's time-out")),
      ],
    });
    return delayMs === undefined || delayMs === goBack ? delayMs : { ...draft, delayMs };
  },
};

const oftenStep: Step<Draft> = {
  async ask(draft, ui) {
    const { times: _, ...rest } = draft;
    const often = await ui.pick<'once' | 'count' | 'always'>({
      placeholder: vscode.l10n.t('How often?'),
      rows: [
        { label: vscode.l10n.t('The next time'), icon: 'debug-step-over', value: 'once' },
        { label: vscode.l10n.t('The next few times…'), icon: 'list-ordered', value: 'count' },
        { label: vscode.l10n.t('Until removed'), icon: 'infinity', value: 'always' },
      ],
    });
    if (often === undefined || often === goBack) return often;
    return { ...rest, ...(often === 'once' ? { times: 1 } : {}), often: often === 'count' ? 'counted' : 'asked' };
  },
};

const countStep: Step<Draft> = {
  applies: ({ often }) => often === 'counted',
  async ask(draft, ui) {
    const text = await ui.input({
      prompt: vscode.l10n.t('How many times?'),
      value: '3',
      validate: (typed) =>
        /^[1-9]\d{0,5}$/.test(typed) ? undefined : vscode.l10n.t('A whole number from 1 to 999,999.'),
    });
    return text === undefined || text === goBack ? text : { ...draft, times: Number(text) };
  },
};

const icons = {
  throttle: 'dashboard',
  timeout: 'watch',
  outOfMemory: 'chip',
  duplicate: 'copy',
  ageOut: 'history',
  deliveryFailure: 'mail',
  slowStart: 'loading',
} as const satisfies Record<FaultKind, string>;

function explained(kind: FaultKind): string {
  switch (kind) {
    case 'throttle':
      return vscode.l10n.t('Lambda refuses the attempt (429), and tries again after 1 s, 2 s, 4 s, …');
    case 'timeout':
      return vscode.l10n.t("The attempt ends at once as if the function's time had run out. The handler is not run.");
    case 'outOfMemory':
      return vscode.l10n.t('The attempt ends at once as if its process had been killed. The handler is not run.');
    case 'duplicate':
      return vscode.l10n.t('The event is run twice with the same request ID, and leads to two records.');
    case 'ageOut':
      return vscode.l10n.t('The event is found to be too old for its next attempt: EventAgeExceeded.');
    case 'deliveryFailure':
      return vscode.l10n.t('What is to be delivered to a destination or dead-letter queue is dropped.');
    case 'slowStart':
      return vscode.l10n.t('The next cold start takes longer.');
  }
}
