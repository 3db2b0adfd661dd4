import * as vscode from 'vscode';
import { toAbortSignal } from '../../host/abort.ts';
import { commandId } from '../../host/contract.ts';
import type { AsyncSettings } from '../../host/settingsArguments.ts';
import { functionText } from '../../model/functionText.ts';
import { awsCliCommands } from '../../model/awsCliCommand.ts';
import { destinationRefusal } from '../../model/destinationRules.ts';
import { asyncLimits } from '../../model/eventInvokeConfig.ts';
import { planChange, type PlannedCall, type SettingsChange } from '../../model/settingsChange.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { whereText } from '../connectionText.ts';
import type { Services } from '../services.ts';
import { afterChange, type ChangeMade } from './afterChange.ts';
import { ownerOf, type FunctionState, type SettingsConnection } from './functionState.ts';
import { ChangedMeanwhile, nameOf, performChange } from './performChange.ts';
import { requireSelected } from './settingsConnection.ts';
import { changeText, type ChangeText } from './settingsText.ts';

/** A change to be made. */
export interface ChangeRequest {
  readonly on: SettingsConnection;
  /** As it is before. */
  readonly fn: FunctionState;
  readonly change: SettingsChange;
  /** Whether to ask before, and to say after; else it is done without a word. */
  readonly ask: boolean;
}

/**
 * Makes a change: judged, confirmed once, done, shown. Confirmed once more where somebody else changed the function
 * meanwhile. `undefined`: the person did not want it. @throws UserFacingFailure
 */
export async function applyChange(services: Services, request: ChangeRequest): Promise<AsyncSettings | undefined> {
  const { change, on, ask } = request;
  let { fn } = request;
  let note: string | undefined;
  for (;;) {
    refuse(fn, change);
    const before = { config: fn.config, ...deadLetters(fn) };
    const calls = planChange(fn, change, before);
    const name = functionText(fn.functionName, fn.qualifier);
    const text = changeText(name, change, before, vscode.l10n.t);
    if (calls.length === 0) {
      if (ask) void vscode.window.showInformationMessage(vscode.l10n.t('Nothing to change: {0}', text.done));
      return settingsOf(fn);
    }
    if (ask && !(await confirm(on, text, calls, note))) return undefined;
    try {
      const after = await perform(services, { ...request, fn });
      if (ask) tell(services, { on, fn: after, change, text }, undoOf(change, before));
      return settingsOf(after);
    } catch (error) {
      if (!ask || !(error instanceof ChangedMeanwhile)) throw withWayOn(error, fn, change);
      fn = error.now;
      note = vscode.l10n.t('Somebody else changed it meanwhile; this is what it would be now.');
    }
  }
}

/** Does it, with progress for who waits; only on the connection that it was meant for. */
async function perform({ session }: Services, { on, fn, change, ask }: ChangeRequest): Promise<FunctionState> {
  requireSelected(session, on);
  return vscode.window.withProgress(
    {
      location: on.info.kind === 'local' ? vscode.ProgressLocation.Window : vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Changing {0}…', functionText(fn.functionName, fn.qualifier)),
      cancellable: true,
    },
    (_progress, token) =>
      performChange({ on, fn, change, unchanged: ask ? 'all' : 'own', t: vscode.l10n.t }, toAbortSignal(token)),
  );
}

function tell(services: Services, made: Omit<ChangeMade, 'undo'>, undo: SettingsChange): void {
  const { on, fn } = made;
  void services.boundary.run('after a change', () =>
    afterChange(services, { ...made, undo: () => applyChange(services, { on, fn, change: undo, ask: false }) }),
  );
}

/** @throws UserFacingFailure `destinationRefused`, `invalidParameter`: what AWS would not take */
function refuse(fn: FunctionState, change: SettingsChange): void {
  if (change.kind === 'retryAndAge') {
    const { maximumRetryAttempts, maximumEventAgeInSeconds } = change;
    const { minimumRetryAttempts, maximumRetryAttempts: most } = asyncLimits;
    inRange(vscode.l10n.t('Retries'), maximumRetryAttempts, minimumRetryAttempts, most);
    const { minimumEventAgeInSeconds, maximumEventAgeInSeconds: oldest } = asyncLimits;
    inRange(vscode.l10n.t('Maximum event age'), maximumEventAgeInSeconds, minimumEventAgeInSeconds, oldest);
    return;
  }
  if (change.role === 'deadLetterQueue' && fn.qualifier !== undefined && fn.qualifier !== '$LATEST') {
    throw new UserFacingFailure(
      'destinationRefused',
      vscode.l10n.t(
        'Nothing was changed: a dead-letter queue is set for the whole function, not for a version or an alias.',
      ),
    );
  }
  const refusal = change.target && destinationRefusal(change.target.arn, change.role, ownerOf(fn));
  if (!refusal) return;
  throw new UserFacingFailure('destinationRefused', vscode.l10n.t('Nothing was changed. {0}', refusal.message));
}

function inRange(what: string, value: number | null | undefined, least: number, most: number): void {
  if (value === undefined || value === null) return;
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new UserFacingFailure(
    'invalidParameter',
    vscode.l10n.t(
      'Nothing was changed: {0} must be a whole number from {1} to {2}, not {3}.',
      what,
      least,
      most,
      value,
    ),
  );
}

async function confirm(
  on: SettingsConnection,
  text: ChangeText,
  calls: readonly PlannedCall[],
  note: string | undefined,
): Promise<boolean> {
  const apply = vscode.l10n.t('Apply');
  const copy = vscode.l10n.t('Copy as AWS CLI');
  const commands = awsCliCommands(calls, on.info);
  const place = vscode.l10n.t('Connection: {0}', whereText(on.info, vscode.l10n.t));
  const detail = [
    ...(note === undefined ? [] : [note, '']),
    ...text.lines,
    place,
    '',
    vscode.l10n.t('With the AWS CLI:'),
    commands,
  ].join('\n');
  const chosen = await vscode.window.showInformationMessage(text.question, { modal: true, detail }, apply, copy);
  if (chosen === copy) {
    await vscode.env.clipboard.writeText(commands);
    void vscode.window.showInformationMessage(vscode.l10n.t('Copied as AWS CLI. Nothing was changed.'));
  }
  return chosen === apply;
}

/** Offers the policy that the role needs. */
function withWayOn(error: unknown, fn: FunctionState, change: SettingsChange): unknown {
  if (!UserFacingFailure.is(error, 'rolePermissionMissing')) return error;
  const arn = change.kind === 'destination' ? change.target?.arn : undefined;
  const lacking = [arn, fn.config.onSuccess, fn.config.onFailure].find((each) => each && error.message.includes(each));
  const action = {
    title: vscode.l10n.t('Copy IAM Policy'),
    command: commandId('copyAs'),
    args: [{ functionName: fn.functionName, format: 'iamPolicy', destinationArn: lacking ?? arn }],
  };
  return new UserFacingFailure(error.code, error.message, { cause: error, actions: [action] });
}

/** The change that takes a change back. */
function undoOf(
  change: SettingsChange,
  before: { readonly config: FunctionState['config']; readonly deadLetterTargetArn?: string },
): SettingsChange {
  if (change.kind === 'retryAndAge') {
    return {
      kind: 'retryAndAge',
      ...('maximumRetryAttempts' in change ? { maximumRetryAttempts: before.config.maximumRetryAttempts ?? null } : {}),
      ...('maximumEventAgeInSeconds' in change
        ? { maximumEventAgeInSeconds: before.config.maximumEventAgeInSeconds ?? null }
        : {}),
    };
  }
  const { role } = change;
  const arn = role === 'deadLetterQueue' ? before.deadLetterTargetArn : before.config[role];
  return { kind: 'destination', role, ...(arn === undefined ? {} : { target: { arn } }) };
}

function settingsOf(fn: FunctionState): AsyncSettings {
  return { ...nameOf(fn), ...fn.config, ...deadLetters(fn) };
}

function deadLetters({ deadLetterTargetArn }: FunctionState): { deadLetterTargetArn?: string } {
  return deadLetterTargetArn === undefined ? {} : { deadLetterTargetArn };
}
