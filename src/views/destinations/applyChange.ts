import * as vscode from 'vscode';
import { toAbortSignal } from '../../host/abort.ts';
import { commandId } from '../../host/contract.ts';
import type { AsyncSettings } from '../../host/settingsArguments.ts';
import { awsCliCommands } from '../../model/awsCliCommand.ts';
import { destinationRefusal } from '../../model/destinationRules.ts';
import { asyncLimits } from '../../model/eventInvokeConfig.ts';
import { changedValues, planChange, type PlannedCall, type SettingsChange } from '../../model/settingsChange.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { whereText } from '../connectionText.ts';
import type { Services } from '../services.ts';
import { afterChange } from './afterChange.ts';
import { ownerOf, type FunctionState, type SettingsConnection } from './functionState.ts';
import { changeText, functionText, type ChangeText } from './settingsText.ts';

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
 * Makes a change: judged, confirmed once, done, shown. `undefined`: the person did not want it.
 * @throws UserFacingFailure
 */
export async function applyChange(services: Services, request: ChangeRequest): Promise<AsyncSettings | undefined> {
  const { fn, change, on, ask } = request;
  refuse(fn, change);
  const before = { config: fn.config, ...deadLetters(fn) };
  const calls = planChange(fn, change, before);
  const name = functionText(fn.functionName, fn.qualifier);
  const text = changeText(name, change, before, vscode.l10n.t);
  if (calls.length === 0) {
    if (ask) void vscode.window.showInformationMessage(vscode.l10n.t('Nothing to change: {0}', text.done));
    return settingsOf(fn);
  }
  if (ask && !(await confirm(on, text, calls))) return undefined;
  const after = await vscode.window.withProgress(
    {
      location: on.info.kind === 'local' ? vscode.ProgressLocation.Window : vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Changing {0}…', name),
      cancellable: true,
    },
    (_progress, token) => perform(request, toAbortSignal(token)),
  );
  if (ask) {
    const undo = undoOf(change, before);
    void services.boundary.run('after a change', () =>
      afterChange(services, {
        on,
        fn: after,
        change,
        text,
        undo: () => applyChange(services, { on, fn: after, change: undo, ask: false }),
      }),
    );
  }
  return settingsOf(after);
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

async function confirm(on: SettingsConnection, text: ChangeText, calls: readonly PlannedCall[]): Promise<boolean> {
  const apply = vscode.l10n.t('Apply');
  const copy = vscode.l10n.t('Copy as AWS CLI');
  const commands = awsCliCommands(calls, on.info);
  const place = vscode.l10n.t('Connection: {0}', whereText(on.info, vscode.l10n.t));
  const detail = [...text.lines, place, '', vscode.l10n.t('With the AWS CLI:'), commands].join('\n');
  const chosen = await vscode.window.showInformationMessage(text.question, { modal: true, detail }, apply, copy);
  if (chosen === copy) {
    await vscode.env.clipboard.writeText(commands);
    void vscode.window.showInformationMessage(vscode.l10n.t('Copied as AWS CLI. Nothing was changed.'));
  }
  return chosen === apply;
}

async function perform({ on, fn, change }: ChangeRequest, signal: AbortSignal): Promise<FunctionState> {
  const { settings } = on;
  const { functionName, qualifier } = fn;
  if (change.kind === 'retryAndAge') {
    const { kind: _kind, ...values } = change;
    const config = await settings.changeEventInvokeConfig({ ...nameOf(fn), ...values }, signal);
    return { ...fn, config: changedValues(config ?? {}, { kind: 'retryAndAge' }) };
  }
  const { role, target } = change;
  const created = target && 'create' in target ? target : undefined;
  const arn = created ? await settings.create(created.create, created.name, signal) : target?.arn;
  try {
    if (role === 'deadLetterQueue') {
      await settings.setDeadLetterQueue(functionName, arn, signal);
      const { deadLetterTargetArn: _before, ...rest } = fn;
      return { ...rest, ...(arn === undefined ? {} : { deadLetterTargetArn: arn }) };
    }
    const wanted = { functionName, ...(qualifier === undefined ? {} : { qualifier }), [role]: arn ?? null };
    const config = await settings.changeEventInvokeConfig(wanted, signal);
    return { ...fn, config: changedValues(config ?? {}, { kind: 'retryAndAge' }) };
  } catch (error) {
    throw withWayOn(error, fn, arn, created?.name);
  }
}

/** Says what was created in vain, and offers the policy that the role needs. */
function withWayOn(error: unknown, fn: FunctionState, arn: string | undefined, created: string | undefined): unknown {
  if (!UserFacingFailure.is(error)) return error;
  const left = created === undefined ? '' : ` ${vscode.l10n.t('“{0}” was created and is still there.', created)}`;
  const lacking = [arn, fn.config.onSuccess, fn.config.onFailure].find((each) => each && error.message.includes(each));
  const actions =
    error.code === 'rolePermissionMissing'
      ? [
          {
            title: vscode.l10n.t('Copy IAM Policy'),
            command: commandId('copyAs'),
            args: [{ functionName: fn.functionName, format: 'iamPolicy', destinationArn: lacking ?? arn }],
          },
        ]
      : error.actions;
  return new UserFacingFailure(error.code, `${error.message}${left}`, { cause: error, actions });
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

function nameOf({ functionName, qualifier }: FunctionState): { functionName: string; qualifier?: string } {
  return { functionName, ...(qualifier === undefined ? {} : { qualifier }) };
}

function deadLetters({ deadLetterTargetArn }: FunctionState): { deadLetterTargetArn?: string } {
  return deadLetterTargetArn === undefined ? {} : { deadLetterTargetArn };
}
