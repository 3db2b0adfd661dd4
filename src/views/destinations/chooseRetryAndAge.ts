import * as vscode from 'vscode';
import { asyncLimits } from '../../model/eventInvokeConfig.ts';
import { parseDuration } from '../../model/retryOutlook.ts';
import { duration } from '../functionsTree/nodeText.ts';
import type { PickEntry, Step } from '../steps.ts';
import { answered, type Draft } from './chooseChange.ts';
import { ageText, outlookText, retriesText } from './settingsText.ts';

/** A draft of a change of retries and event age. `null`: AWS's default; absent: not chosen yet, or not to be changed. */
export interface RetryAndAgeDraft extends Draft {
  /** Which of the two are asked for. */
  readonly asks: 'both' | 'retries' | 'age';
  readonly retries?: number | null;
  readonly age?: number | null | 'other';
}

const ages = [60, 300, 900, 3_600, 10_800, asyncLimits.maximumEventAgeInSeconds];

/** The steps that choose retries and maximum event age; each choice says what both come to. */
export function retryAndAgeSteps<D extends RetryAndAgeDraft>(): readonly Step<D>[] {
  const { t } = vscode.l10n;
  const retries: Step<D> = {
    applies: ({ what, asks, retries: chosen }) => what === 'retryAndAge' && asks !== 'age' && chosen === undefined,
    ask: async (draft, ui) => {
      const { maximumRetryAttempts: current, maximumEventAgeInSeconds: age } = draft.fn?.config ?? {};
      const entry = (value: number | null): PickEntry<number | null> => ({
        label: retriesText(value ?? undefined, t),
        value,
        ...described(outlookText(value ?? undefined, age, t), value === (current ?? null)),
      });
      const answer = await ui.pick({
        placeholder: t('How often a failing event is run again'),
        rows: [0, 1, 2, null].map((value) => entry(value)),
      });
      return answered(answer, (value) => ({ ...draft, retries: value }));
    },
  };
  const age: Step<D> = {
    applies: ({ what, asks, age: chosen }) => what === 'retryAndAge' && asks !== 'retries' && chosen === undefined,
    ask: async (draft, ui) => {
      const config = draft.fn?.config ?? {};
      const current = config.maximumEventAgeInSeconds ?? null;
      const count = draft.retries === undefined ? config.maximumRetryAttempts : (draft.retries ?? undefined);
      const values = [...new Set([...ages, ...(current === null ? [] : [current])])].toSorted((a, b) => a - b);
      const entry = (value: number | null): PickEntry<number | null | 'other'> => ({
        label: ageText(value ?? undefined, t),
        value,
        ...described(outlookText(count, value ?? undefined, t), value === current),
      });
      const answer = await ui.pick<number | null | 'other'>({
        placeholder: t('How long an event is kept before it is given up'),
        rows: [
          ...[...values, null].map((value) => entry(value)),
          { label: t('Another age…'), icon: 'edit', value: 'other' },
        ],
      });
      return answered(answer, (value) => ({ ...draft, age: value }));
    },
  };
  const otherAge: Step<D> = {
    applies: ({ age: chosen }) => chosen === 'other',
    ask: async (draft, ui) => {
      const answer = await ui.input({
        prompt: t('Maximum event age, from 1 min to 6 h'),
        placeholder: t('for example 90 s, 5 min or 1 h 30 min'),
        value: duration(draft.fn?.config.maximumEventAgeInSeconds ?? 300),
        validate: ageProblem,
      });
      return answered(answer, (text) => ({ ...draft, age: parseDuration(text) ?? null }));
    },
  };
  return [retries, age, otherAge];
}

function ageProblem(text: string): string | undefined {
  const seconds = parseDuration(text);
  if (seconds === undefined) return vscode.l10n.t('Write it like 90 s, 5 min or 1 h 30 min.');
  const { minimumEventAgeInSeconds, maximumEventAgeInSeconds } = asyncLimits;
  if (seconds >= minimumEventAgeInSeconds && seconds <= maximumEventAgeInSeconds) return undefined;
  return vscode.l10n.t('It must be from 1 min to 6 h; this is {0}.', duration(seconds));
}

function described(
  outlook: string,
  isCurrent: boolean,
): { readonly description: string; readonly icon: string; readonly current?: boolean } {
  if (!isCurrent) return { description: outlook, icon: 'blank' };
  return { description: `${vscode.l10n.t('current')} · ${outlook}`, icon: 'check', current: true };
}
