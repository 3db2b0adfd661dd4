import * as vscode from 'vscode';
import type { FunctionSummary } from '../../connections/connection.ts';
import type { FunctionQualifier } from '../../connections/functionSettings.ts';
import { functionText } from '../../model/functionText.ts';
import { commandId } from '../../host/contract.ts';
import { compareNames } from '../../model/compareNames.ts';
import { destinationKind, type DeliveryRole } from '../../model/destination.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { noFunctions } from '../commands/targets.ts';
import { kindIcons } from '../functionsTree/nodeText.ts';
import { roleLabel } from '../roleLabel.ts';
import type { Services } from '../services.ts';
import { goBack, type Answer, type PickRow, type Step } from '../steps.ts';
import { readFunction, type FunctionState, type SettingsConnection } from './functionState.ts';
import { requireSelected } from './settingsConnection.ts';
import { ageText, destinationText, retriesText } from './settingsText.ts';

/** What is known so far of a change that a person is putting together. */
export interface Draft {
  readonly functionName?: string;
  readonly qualifier?: string;
  /** Whether it is known which qualifier is meant; none counts, too. */
  readonly qualifierKnown: boolean;
  /** Read as soon as function and qualifier are known. */
  readonly fn?: FunctionState;
  readonly what?: DeliveryRole | 'retryAndAge';
}

/** The first steps of every flow: the function, its version or alias, and what is to be changed. */
export function commonSteps<D extends Draft>(
  services: Services,
  on: SettingsConnection,
  roles: 'all' | 'destinations' | 'set',
): readonly Step<D>[] {
  const { t } = vscode.l10n;
  const functionStep: Step<D> = {
    applies: ({ functionName }) => functionName === undefined,
    ask: async (draft, ui) => {
      const answer = await ui.pick<string>({
        placeholder: t('Choose a function'),
        rows: async (show, signal) => {
          const functions = await services.connection.listFunctions(signal);
          // Of another one the same name may be another function.
          requireSelected(services.session, on);
          if (functions.length === 0) throw noFunctions(on.info);
          show(functionRows(functions));
        },
      });
      return answered(answer, (functionName) => ({ ...draft, functionName }));
    },
  };
  const qualifierStep: Step<D> = {
    applies: ({ qualifierKnown }) => !qualifierKnown,
    ask: async (draft, ui) => {
      const { functionName = '' } = draft;
      const qualifiers = await ui.wait(t('Looking for versions and aliases…'), (signal) =>
        qualifiersOf(services, on, functionName, signal),
      );
      if (qualifiers === undefined || qualifiers === goBack) return qualifiers;
      if (qualifiers.length === 0) return { ...draft, qualifierKnown: true };
      const answer = await ui.pick({
        placeholder: t('For events that are sent to'),
        rows: [
          { label: functionName, description: t('unqualified, $LATEST'), icon: 'symbol-function', value: '' },
          ...qualifiers,
        ],
      });
      return answered(answer, (qualifier) => ({
        ...draft,
        qualifierKnown: true,
        ...(qualifier === '' ? {} : { qualifier }),
      }));
    },
  };
  const readStep: Step<D> = {
    ask: async (draft, ui) => {
      const { functionName = '', qualifier } = draft;
      const fn = await ui.wait(t('Reading what is in effect…'), (signal) =>
        readFunction(on, functionName, qualifier, signal),
      );
      return answered(fn, (read) => ({ ...draft, fn: read }));
    },
  };
  const whatStep: Step<D> = {
    applies: ({ what }) => what === undefined,
    ask: async (draft, ui) => {
      const rows = draft.fn ? whatRows(draft.fn, roles) : [];
      if (rows.length === 0) throw nothingSet(draft);
      const answer = await ui.pick({ placeholder: t('Choose what to change'), rows });
      return answered(answer, (what) => ({ ...draft, what }));
    },
  };
  return [functionStep, qualifierStep, readStep, whatStep];
}

/** Goes on with an answer; going back and dismissing stay what they are. */
export function answered<T, S>(answer: Answer<T>, next: (value: T) => S): Answer<S> {
  return answer === undefined || answer === goBack ? (answer as typeof goBack | undefined) : next(answer as T);
}

/** The title of a flow: what it does, and to what. */
export function flowTitle(title: string): (draft: Draft) => string {
  return ({ functionName, qualifier, what }) =>
    [
      title,
      ...(functionName === undefined ? [] : [functionText(functionName, qualifier)]),
      ...(what === undefined || what === 'retryAndAge' ? [] : [roleLabel(what, vscode.l10n.t)]),
    ].join(' · ');
}

function functionRows(functions: readonly FunctionSummary[]): PickRow<string>[] {
  return functions
    .toSorted((a, b) => compareNames(a.functionName, b.functionName))
    .map(({ functionName, runtime }) => ({
      label: functionName,
      icon: 'symbol-function',
      value: functionName,
      ...(runtime === undefined ? {} : { description: runtime }),
    }));
}

async function qualifiersOf(
  services: Services,
  { settings }: SettingsConnection,
  functionName: string,
  signal: AbortSignal,
): Promise<PickRow<string>[]> {
  const { t } = vscode.l10n;
  let found: readonly FunctionQualifier[];
  try {
    found = await settings.qualifiers(functionName, signal);
  } catch (error) {
    // The function itself can be changed all the same.
    services.boundary.note('versions and aliases', error);
    return [];
  }
  const rows = (kind: 'alias' | 'version', heading: string): PickRow<string>[] => {
    const own = found.filter((each) => each.kind === kind);
    if (own.length === 0) return [];
    return [
      { heading },
      ...own.map(({ qualifier, description, functionVersion }) => {
        const facts = [
          ...(functionVersion === undefined ? [] : [t('version {0}', functionVersion)]),
          description ?? '',
        ];
        return {
          label: qualifier,
          description: facts.filter((fact) => fact !== '').join(' · '),
          icon: 'tag',
          value: qualifier,
        };
      }),
    ];
  };
  return [...rows('alias', t('Aliases')), ...rows('version', t('Versions'))];
}

function whatRows(fn: FunctionState, roles: 'all' | 'destinations' | 'set'): PickRow<DeliveryRole | 'retryAndAge'>[] {
  const { t } = vscode.l10n;
  const row = (role: DeliveryRole, arn: string | undefined, hint: string): PickRow<DeliveryRole>[] => {
    if (roles === 'set' && arn === undefined) return [];
    const kind = arn === undefined ? undefined : destinationKind(arn);
    return [
      {
        label: roleLabel(role, t),
        description: arn === undefined ? t('none') : `→ ${destinationText(arn, t)}`,
        detail: hint,
        icon: kind === undefined ? 'circle-slash' : kindIcons[kind],
        value: role,
      },
    ];
  };
  const { onSuccess, onFailure, maximumRetryAttempts, maximumEventAgeInSeconds } = fn.config;
  const rows: PickRow<DeliveryRole | 'retryAndAge'>[] = [
    ...row('onSuccess', onSuccess, t('gets a record of every event that was processed')),
    ...row('onFailure', onFailure, t('gets a record of every event whose attempts all failed')),
    // It is the function's, whatever the qualifier.
    ...(fn.qualifier === undefined
      ? row('deadLetterQueue', fn.deadLetterTargetArn, t('gets the failed event itself, without a record'))
      : []),
  ];
  // Who adds looks for what is not there yet.
  if (roles === 'destinations') return rows.toSorted((a, b) => Number(isSet(a)) - Number(isSet(b)));
  if (roles === 'set') return rows;
  return [
    ...rows,
    {
      label: t('Retries and maximum event age'),
      description: `${retriesText(maximumRetryAttempts, t)} · ${ageText(maximumEventAgeInSeconds, t)}`,
      detail: t('how often and how long a failing event is tried'),
      icon: 'history',
      value: 'retryAndAge',
    },
  ];
}

function isSet(row: PickRow<unknown>): boolean {
  return 'icon' in row && row.icon !== 'circle-slash';
}

function nothingSet({ functionName = '', qualifier }: Draft): UserFacingFailure {
  return new UserFacingFailure(
    'nothingSet',
    vscode.l10n.t('{0} has no destination and no dead-letter queue.', functionText(functionName, qualifier)),
    {
      actions: [
        {
          title: vscode.l10n.t('Add Destination…'),
          command: commandId('addDestination'),
          args: [{ functionName, origin: 'message', ...(qualifier === undefined ? {} : { qualifier }) }],
        },
      ],
    },
  );
}
