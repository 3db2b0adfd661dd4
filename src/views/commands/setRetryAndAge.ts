import * as vscode from 'vscode';
import type { AsyncSettings, RetryAndAgeArgs } from '../../host/settingsArguments.ts';
import { applyChange } from '../destinations/applyChange.ts';
import { commonSteps, flowTitle } from '../destinations/chooseChange.ts';
import { retryAndAgeSteps, type RetryAndAgeDraft } from '../destinations/chooseRetryAndAge.ts';
import { applyDraft, draftOf } from '../destinations/editDestination.ts';
import { readFunction } from '../destinations/functionState.ts';
import { settingsConnection } from '../destinations/settingsConnection.ts';
import type { Services } from '../services.ts';
import { runSteps } from '../steps.ts';

/** `Set Retries and Event Age…`: from their rows, one of them. @throws UserFacingFailure */
export async function setRetryAndAge(services: Services, arg?: object): Promise<AsyncSettings | undefined> {
  const on = await settingsConnection(services);
  const given = (arg ?? {}) as Partial<RetryAndAgeArgs> & { readonly kind?: unknown };
  const initial = draftOf(arg);
  const ask = given.confirm !== false;
  const { maximumRetryAttempts, maximumEventAgeInSeconds } = given;
  if (
    initial.functionName !== undefined &&
    (maximumRetryAttempts !== undefined || maximumEventAgeInSeconds !== undefined)
  ) {
    const fn = await readFunction(on, initial.functionName, initial.qualifier);
    const change = {
      kind: 'retryAndAge',
      ...(maximumRetryAttempts === undefined ? {} : { maximumRetryAttempts }),
      ...(maximumEventAgeInSeconds === undefined ? {} : { maximumEventAgeInSeconds }),
    } as const;
    return applyChange(services, { on, fn, change, ask });
  }
  const asks = given.kind === 'retries' || given.kind === 'age' ? given.kind : 'both';
  const draft = await runSteps<RetryAndAgeDraft>(
    flowTitle(vscode.l10n.t('Set Retries and Event Age')),
    [...commonSteps<RetryAndAgeDraft>(services, on, 'all'), ...retryAndAgeSteps()],
    { ...initial, what: 'retryAndAge', asks },
  );
  return draft && applyDraft(services, on, draft, ask);
}
