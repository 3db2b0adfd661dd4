import type { ConnectionInfo } from '../../connections/connection.ts';
import type { ConnectionChoice } from '../../connections/connectionChoice.ts';
import type { FunctionSettings } from '../../connections/functionSettings.ts';
import { parseFunctionArn } from '../../model/arn.ts';
import type { DestinationOwner } from '../../model/destinationRules.ts';
import { changedValues, type ConfigValues } from '../../model/settingsChange.ts';

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
  readonly choice: ConnectionChoice;
}

/** Reads what is in effect for a function, under a qualifier. @throws UserFacingFailure */
export async function readFunction(
  { settings }: Pick<SettingsConnection, 'settings'>,
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
