import * as vscode from 'vscode';
import type { DeliveryRole, DestinationKind } from '../../model/destination.ts';
import { destinationRefusal, newNameProblem } from '../../model/destinationRules.ts';
import { newTarget, type ChangeTarget } from '../../model/settingsChange.ts';
import { isCancellation } from '../../host/boundary.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { Services } from '../services.ts';
import type { PickRow, Step } from '../steps.ts';
import { candidateKinds, candidateRows, type FoundKind, type TargetChoice } from './candidateRows.ts';
import { answered, type Draft } from './chooseChange.ts';
import { ownerOf, type SettingsConnection } from './functionState.ts';

/** A draft of a change of a destination. `target` absent once it is chosen: nowhere. */
export interface TargetDraft extends Draft {
  readonly choice?: TargetChoice;
  readonly target?: ChangeTarget;
}

/** The steps that choose where something goes: what there is, an ARN, or something new. */
export function targetSteps<D extends TargetDraft>(services: Services, on: SettingsConnection): readonly Step<D>[] {
  const { t } = vscode.l10n;
  const choose: Step<D> = {
    applies: ({ what, choice }) => what !== 'retryAndAge' && choice === undefined,
    ask: async (draft, ui) => {
      const role = roleOf(draft);
      const answer = await ui.pick<TargetChoice>({
        placeholder: placeholder(role),
        rows: (show, signal) => loadRows(services, on, draft, show, signal),
      });
      return answered(answer, (choice) => ({
        ...draft,
        choice,
        ...(choice.use === 'existing' ? { target: { arn: choice.arn } } : {}),
      }));
    },
  };
  const enterArn: Step<D> = {
    applies: ({ choice, target }) => choice?.use === 'enterArn' && target === undefined,
    ask: async (draft, ui) => {
      const { fn } = draft;
      const answer = await ui.input({
        prompt: t('ARN of the destination. It may be in another account or region if its own policy allows that.'),
        placeholder: 'arn:aws:sqs:us-east-1:123456789012:my-queue',
        validate: (arn) => fn && destinationRefusal(arn, roleOf(draft), ownerOf(fn))?.message,
      });
      return answered(answer, (arn) => ({ ...draft, target: { arn } }));
    },
  };
  const enterName: Step<D> = {
    applies: ({ choice, target }) => choice?.use === 'create' && target === undefined,
    ask: async (draft, ui) => {
      const kind = draft.choice?.use === 'create' ? draft.choice.kind : 'SQS';
      const answer = await ui.input({
        prompt: kind === 'SQS' ? t('Name of the new SQS queue (standard)') : t('Name of the new SNS topic (standard)'),
        value: suggestedName(draft),
        validate: (name) => newNameProblem(kind, name),
      });
      return answered(answer, (name) => ({
        ...draft,
        target: newTarget(kind, name, draft.fn?.functionArn ?? ''),
      }));
    },
  };
  return [choose, enterArn, enterName];
}

/** Looks for all kinds at once; each is shown as soon as it is there, and a failure is a row of its kind. */
async function loadRows(
  { boundary }: Services,
  { settings }: SettingsConnection,
  draft: TargetDraft,
  show: (rows: readonly PickRow<TargetChoice>[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const { fn } = draft;
  if (!fn) return;
  const role = roleOf(draft);
  const current = role === 'deadLetterQueue' ? fn.deadLetterTargetArn : fn.config[role];
  const found = new Map<DestinationKind, FoundKind>();
  const update = (): void => show(candidateRows(found, { role, owner: ownerOf(fn), current, t: vscode.l10n.t }));
  update();
  await Promise.all(
    candidateKinds(role).map(async (kind) => {
      try {
        found.set(kind, { candidates: await settings.candidates(kind, signal) });
      } catch (error) {
        if (isCancellation(error)) return;
        boundary.note(`candidates of ${kind}`, error);
        const failure = UserFacingFailure.is(error) ? error.message : vscode.l10n.t('The log says why.');
        found.set(kind, { failure });
      }
      update();
    }),
  );
}

function roleOf({ what }: Draft): DeliveryRole {
  return what === undefined || what === 'retryAndAge' ? 'onFailure' : what;
}

function placeholder(role: DeliveryRole): string {
  const { t } = vscode.l10n;
  switch (role) {
    case 'onSuccess':
      return t('Where the records of successes go');
    case 'onFailure':
      return t('Where the records of failures go');
    case 'deadLetterQueue':
      return t('Where failed events go');
  }
}

function suggestedName(draft: Draft): string {
  const suffix = { onSuccess: 'successes', onFailure: 'failures', deadLetterQueue: 'dead-letters' } as const;
  return `${(draft.functionName ?? '').slice(0, 60)}-${suffix[roleOf(draft)]}`;
}
