import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../connections/connection.ts';
import type { FunctionSettings } from '../../connections/functionSettings.ts';
import { toAbortSignal } from '../../host/abort.ts';
import { isSameTarget } from '../../host/connectionTarget.ts';
import { parseFunctionArn } from '../../model/arn.ts';
import type { DestinationOwner } from '../../model/destinationRules.ts';
import { changedValues, type ConfigValues } from '../../model/settingsChange.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { Services } from '../services.ts';

/** A function of a connection, as it is before its settings are changed. */
export interface FunctionState {
  readonly functionName: string;
  /** Unqualified. */
  readonly functionArn: string;
  readonly qualifier?: string;
  readonly deadLetterTargetArn?: string;
  /** Nothing in it: there is no config. */
  readonly config: ConfigValues;
}

/** The connection that a flow began on: it goes on with that, whatever is selected meanwhile. */
export interface SettingsConnection {
  readonly settings: FunctionSettings;
  readonly info: ConnectionInfo;
}

/** The connection's settings; starts it if needed, with progress for who waits. @throws UserFacingFailure */
export async function settingsConnection({ connection, session }: Services): Promise<SettingsConnection> {
  const { choice } = session;
  const { phase, info } = connection.state;
  const settings =
    phase === 'ready'
      ? await connection.settings()
      : await vscode.window.withProgress(
          {
            location: vscode.ProgressLocation.Notification,
            title: vscode.l10n.t('Connecting to {0}…', info.label),
            cancellable: true,
          },
          (_progress, token) => connection.settings(toAbortSignal(token)),
        );
  if (!isSameTarget(choice, session.choice)) {
    throw new UserFacingFailure(
      'connectionChanged',
      vscode.l10n.t('Another connection was selected meanwhile. Nothing was changed; try again.'),
    );
  }
  return { settings, info: connection.state.info };
}

/** Reads what is in effect for a function, under a qualifier. @throws UserFacingFailure */
export async function readFunction(
  { settings }: SettingsConnection,
  functionName: string,
  qualifier: string | undefined,
  signal?: AbortSignal,
): Promise<FunctionState> {
  const [fn, config] = await Promise.all([
    settings.functionOf(functionName, signal),
    settings.eventInvokeConfig(functionName, qualifier, signal),
  ]);
  return {
    ...fn,
    ...(qualifier === undefined ? {} : { qualifier }),
    config: changedValues(config ?? {}, { kind: 'retryAndAge' }),
  };
}

/** Whose destinations they are, for the rules. */
export function ownerOf({ functionName, functionArn }: FunctionState): DestinationOwner {
  const { region = '', account = '' } = parseFunctionArn(functionArn) ?? {};
  return { functionName, region, account };
}
