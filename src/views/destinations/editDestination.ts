import type { AsyncSettings, ChangeDestinationArgs } from '../../host/settingsArguments.ts';
import { newTarget, type ChangeTarget } from '../../model/settingsChange.ts';
import { targetIn } from '../commands/targets.ts';
import type { Services } from '../services.ts';
import { runSteps } from '../steps.ts';
import { applyChange } from './applyChange.ts';
import { commonSteps, flowTitle, type Draft } from './chooseChange.ts';
import { retryAndAgeSteps, type RetryAndAgeDraft } from './chooseRetryAndAge.ts';
import { targetSteps, type TargetDraft } from './chooseTarget.ts';
import { readFunction, type SettingsConnection } from './functionState.ts';
import { settingsConnection } from './settingsConnection.ts';

type EditDraft = TargetDraft & RetryAndAgeDraft;

/** What a flow begins with, and what it is called. */
export interface EditFlow {
  readonly title: string;
  /** What it offers to change. */
  readonly roles: 'all' | 'destinations';
}

/**
 * Adds, changes or takes away a destination or the dead-letter queue: what `arg` leaves out is asked for. Where all may be
 * changed, retries and event age, too. `undefined`: the person changed their mind. @throws UserFacingFailure
 */
export async function editDestination(
  services: Services,
  arg: unknown,
  { title, roles }: EditFlow,
): Promise<AsyncSettings | undefined> {
  const on = await settingsConnection(services);
  const given = (arg ?? {}) as Partial<ChangeDestinationArgs>;
  const initial = draftOf(arg);
  const ask = given.confirm !== false;
  const { functionName, qualifier, what } = initial;
  if (functionName !== undefined && what !== undefined && what !== 'retryAndAge') {
    const { destinationArn, create } = given;
    if (typeof destinationArn === 'string' || create) {
      const fn = await readFunction(on, functionName, qualifier);
      const target: ChangeTarget =
        typeof destinationArn === 'string'
          ? { arn: destinationArn }
          : newTarget(create?.kind ?? 'SQS', create?.name ?? '', fn.functionArn);
      return applyChange(services, { on, fn, change: { kind: 'destination', role: what, target }, ask });
    }
  }
  const steps = [
    ...commonSteps<EditDraft>(services, on, roles),
    ...targetSteps<EditDraft>(services, on),
    ...retryAndAgeSteps<EditDraft>(),
  ];
  const draft = await runSteps<EditDraft>(flowTitle(title), steps, { ...initial, asks: 'both' });
  return draft && applyDraft(services, on, draft, ask);
}

/** Applies what a person put together. */
export async function applyDraft(
  services: Services,
  on: SettingsConnection,
  { fn, what, target, retries, age }: EditDraft,
  ask: boolean,
): Promise<AsyncSettings | undefined> {
  if (!fn || what === undefined) return undefined;
  if (what !== 'retryAndAge') {
    return applyChange(services, {
      on,
      fn,
      change: { kind: 'destination', role: what, ...(target ? { target } : {}) },
      ask,
    });
  }
  return applyChange(services, {
    on,
    fn,
    change: {
      kind: 'retryAndAge',
      ...(retries === undefined ? {} : { maximumRetryAttempts: retries }),
      ...(age === undefined || age === 'other' ? {} : { maximumEventAgeInSeconds: age }),
    },
    ask,
  });
}

/**
 * What the argument of a command says already. A row below a function is of one qualifier, which need not be asked for;
 * a program that names what to change has thought of the qualifier, too.
 */
export function draftOf(arg: unknown): Draft {
  const target = targetIn(arg);
  if (!target) return { qualifierKnown: false };
  const role = typeof arg === 'object' && arg !== null && 'role' in arg ? arg.role : undefined;
  const what = role === 'onSuccess' || role === 'onFailure' || role === 'deadLetterQueue' ? role : undefined;
  const kind = typeof arg === 'object' && arg !== null && 'kind' in arg ? arg.kind : undefined;
  const isBelow = kind === 'destination' || kind === 'retries' || kind === 'age';
  return {
    ...target,
    qualifierKnown: target.qualifier !== undefined || isBelow || what !== undefined,
    ...(what === undefined ? {} : { what }),
  };
}
