import {
  changedValues,
  type ChangeTarget,
  type ConfigValues,
  type SettingsChange,
} from '../../model/settingsChange.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { Translate } from '../functionsTree/nodeText.ts';
import { readFunction, type FunctionState, type SettingsConnection } from './functionState.ts';

/** What is to be done, and to what. */
export interface Performance {
  readonly on: Pick<SettingsConnection, 'settings'>;
  /** As it was when the change was put together. */
  readonly fn: FunctionState;
  readonly change: SettingsChange;
  /** What must still be as it was then: everything that was shown, or only what the change is about. */
  readonly unchanged: 'all' | 'own';
  readonly t: Translate;
}

/** Somebody else was faster; `now`: how it stands. Nothing was changed. */
export class ChangedMeanwhile extends UserFacingFailure {
  readonly now: FunctionState;

  constructor(message: string, now: FunctionState) {
    super('settingsChanged', message);
    this.now = now;
  }
}

/**
 * Makes a change, unless what it was put together from is not in effect any more. Gives what is in effect then. What was
 * left behind by a change that failed, or was called off half-way, is named.
 * @throws UserFacingFailure, {@link ChangedMeanwhile}
 */
export async function performChange(what: Performance, signal: AbortSignal): Promise<FunctionState> {
  const { on, change, t } = what;
  const { settings } = on;
  const now = await readAgain(what, signal);
  const { functionName } = now;
  const toCreate = newOne(change);
  let arn = change.kind === 'destination' ? change.target?.arn : undefined;
  if (toCreate) {
    try {
      arn = await settings.create(toCreate.create, toCreate.name, signal);
    } catch (error) {
      throw calledOff(error, t('Cancelled. “{0}” may have been created; nothing else was changed.', toCreate.name));
    }
  }
  try {
    if (change.kind === 'destination' && change.role === 'deadLetterQueue') {
      await settings.setDeadLetterQueue(functionName, arn, signal);
      const { deadLetterTargetArn: _before, ...rest } = now;
      return { ...rest, ...(arn === undefined ? {} : { deadLetterTargetArn: arn }) };
    }
    const values = change.kind === 'destination' ? { [change.role]: arn ?? null } : withoutKind(change);
    const config = await settings.changeEventInvokeConfig({ ...nameOf(now), ...values }, signal);
    return { ...now, config: changedValues(config ?? {}, { kind: 'retryAndAge' }) };
  } catch (error) {
    const left = toCreate === undefined ? '' : ` ${t('“{0}” was created and is still there.', toCreate.name)}`;
    const failure = calledOff(
      error,
      t('Cancelled. {0} may have been changed all the same: the functions view shows what is in effect.', functionName),
    );
    if (left === '' || !UserFacingFailure.is(failure)) throw failure;
    const { code, message, actions } = failure;
    throw new UserFacingFailure(code, `${message}${left}`, { cause: failure, actions });
  }
}

/** Function name and qualifier, as calls take them. */
export function nameOf({ functionName, qualifier }: FunctionState): { functionName: string; qualifier?: string } {
  return { functionName, ...(qualifier === undefined ? {} : { qualifier }) };
}

async function readAgain({ on, fn, change, unchanged, t }: Performance, signal: AbortSignal): Promise<FunctionState> {
  const now = await readFunction(on, fn.functionName, fn.qualifier, signal);
  // The credentials may be those of another account by now.
  if (now.functionArn !== fn.functionArn) {
    throw new UserFacingFailure(
      'settingsChanged',
      t('Nothing was changed: {0} is another function now, {1}. Begin again.', fn.functionName, now.functionArn),
    );
  }
  if (seen(now, change, unchanged) === seen(fn, change, unchanged)) return now;
  throw new ChangedMeanwhile(t('Nothing was changed: somebody else changed {0} meanwhile.', fn.functionName), now);
}

function seen({ config, deadLetterTargetArn }: FunctionState, change: SettingsChange, which: 'all' | 'own'): string {
  const { onSuccess, onFailure, maximumRetryAttempts, maximumEventAgeInSeconds } = config;
  const all = {
    onSuccess,
    onFailure,
    maximumRetryAttempts,
    maximumEventAgeInSeconds,
    deadLetterQueue: deadLetterTargetArn,
  };
  if (which === 'all') return JSON.stringify(all);
  const own = change.kind === 'destination' ? [change.role] : Object.keys(withoutKind(change));
  return JSON.stringify(own.map((key) => all[key as keyof typeof all] ?? null));
}

function newOne(change: SettingsChange): Extract<ChangeTarget, { readonly create: unknown }> | undefined {
  if (change.kind !== 'destination' || !change.target || !('create' in change.target)) return undefined;
  return change.target;
}

function withoutKind({ kind: _kind, ...values }: SettingsChange & { readonly kind: 'retryAndAge' }): {
  readonly [K in 'maximumRetryAttempts' | 'maximumEventAgeInSeconds']?: ConfigValues[K] | null;
} {
  return values;
}

/** That a call was called off is told where it may have done something. */
function calledOff(error: unknown, message: string): unknown {
  const isAbort = error instanceof Error && error.name === 'AbortError';
  return isAbort ? new UserFacingFailure('cancelled', message, { cause: error }) : error;
}
