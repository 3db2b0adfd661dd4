import type { FunctionEventInvokeConfig } from '@aws-sdk/client-lambda';
import type { EventInvokeConfig } from '../model/eventInvokeConfig.ts';
import type { AwsClients } from './awsClients.ts';
import { errorName, translateError, type CallContext } from './awsErrors.ts';
import { translateSettingsError } from './settingsFailure.ts';

/** A change to a config. Absent: stays as it is; `null`: not set any more. ARNs; age in seconds. */
export interface ConfigChange {
  readonly functionName: string;
  /** Absent: `$LATEST`. */
  readonly qualifier?: string;
  readonly maximumRetryAttempts?: number | null;
  readonly maximumEventAgeInSeconds?: number | null;
  readonly onSuccess?: string | null;
  readonly onFailure?: string | null;
}

/** A function's settings for asynchronous invocation, one per qualifier that has them, all pages. @throws UserFacingFailure */
export async function listEventInvokeConfigs(
  clients: AwsClients,
  functionName: string,
  signal?: AbortSignal,
): Promise<readonly EventInvokeConfig[]> {
  try {
    const client = await clients.lambda();
    const { ListFunctionEventInvokeConfigsCommand } = await import('@aws-sdk/client-lambda');
    const configs: EventInvokeConfig[] = [];
    let marker: string | undefined;
    do {
      const page = await client.send(
        new ListFunctionEventInvokeConfigsCommand({
          FunctionName: functionName,
          ...(marker === undefined ? {} : { Marker: marker }),
        }),
        signal === undefined ? {} : { abortSignal: signal },
      );
      for (const found of page.FunctionEventInvokeConfigs ?? []) configs.push(toConfig(found));
      marker = page.NextMarker;
    } while (marker !== undefined && marker !== '');
    return configs;
  } catch (error) {
    throw translateError(error, context(clients, `read the settings of ${functionName}`));
  }
}

/** The config under exactly that qualifier; `undefined`: there is none (spec 5.6, 3). @throws UserFacingFailure */
export async function getEventInvokeConfig(
  clients: AwsClients,
  functionName: string,
  qualifier?: string,
  signal?: AbortSignal,
): Promise<EventInvokeConfig | undefined> {
  try {
    return await readConfig(clients, functionName, qualifier, signal);
  } catch (error) {
    throw translateError(error, context(clients, `read the settings of ${functionName}`));
  }
}

/**
 * Changes what `change` names. The config is read and put as a whole, because an update can take neither retries nor age
 * back to "not set" (spec 5.5); one that would be empty is deleted. Gives what is in effect then. @throws UserFacingFailure
 */
export async function changeEventInvokeConfig(
  clients: AwsClients,
  change: ConfigChange,
  signal?: AbortSignal,
): Promise<EventInvokeConfig | undefined> {
  const { functionName, qualifier } = change;
  const arns: string[] = [];
  try {
    const before = await readConfig(clients, functionName, qualifier, signal);
    const client = await clients.lambda();
    const { DeleteFunctionEventInvokeConfigCommand, PutFunctionEventInvokeConfigCommand } =
      await import('@aws-sdk/client-lambda');
    const target = { FunctionName: functionName, ...(qualifier === undefined ? {} : { Qualifier: qualifier }) };
    const options = signal === undefined ? {} : { abortSignal: signal };
    const after = changed(before, change);
    const { maximumRetryAttempts, maximumEventAgeInSeconds, onSuccess, onFailure } = after;
    arns.push(...[onSuccess, onFailure].filter((arn) => arn !== undefined));
    if (Object.values(after).every((value) => value === undefined)) {
      if (before) await client.send(new DeleteFunctionEventInvokeConfigCommand(target), options);
      return undefined;
    }
    const put = await client.send(
      new PutFunctionEventInvokeConfigCommand({
        ...target,
        ...(maximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts: maximumRetryAttempts }),
        ...(maximumEventAgeInSeconds === undefined ? {} : { MaximumEventAgeInSeconds: maximumEventAgeInSeconds }),
        DestinationConfig: {
          OnSuccess: onSuccess === undefined ? {} : { Destination: onSuccess },
          OnFailure: onFailure === undefined ? {} : { Destination: onFailure },
        },
      }),
      options,
    );
    return toConfig(put);
  } catch (error) {
    throw translateSettingsError(error, { ...context(clients, `change the settings of ${functionName}`), arns });
  }
}

function changed(
  before: EventInvokeConfig | undefined,
  change: ConfigChange,
): Record<'maximumRetryAttempts' | 'maximumEventAgeInSeconds', number | undefined> &
  Record<'onSuccess' | 'onFailure', string | undefined> {
  const pick = <T>(next: T | null | undefined, now: T | undefined): T | undefined =>
    next === undefined ? now : (next ?? undefined);
  return {
    maximumRetryAttempts: pick(change.maximumRetryAttempts, before?.maximumRetryAttempts),
    maximumEventAgeInSeconds: pick(change.maximumEventAgeInSeconds, before?.maximumEventAgeInSeconds),
    onSuccess: pick(change.onSuccess, before?.onSuccess),
    onFailure: pick(change.onFailure, before?.onFailure),
  };
}

async function readConfig(
  clients: AwsClients,
  functionName: string,
  qualifier: string | undefined,
  signal: AbortSignal | undefined,
): Promise<EventInvokeConfig | undefined> {
  const client = await clients.lambda();
  const { GetFunctionEventInvokeConfigCommand } = await import('@aws-sdk/client-lambda');
  try {
    const found = await client.send(
      new GetFunctionEventInvokeConfigCommand({
        FunctionName: functionName,
        ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
      }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    return toConfig(found);
  } catch (error) {
    // Also what an unknown function is answered with; the call that follows tells those apart.
    if (errorName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function context({ target }: AwsClients, doing: string): CallContext {
  return { doing, target };
}

function toConfig(found: FunctionEventInvokeConfig): EventInvokeConfig {
  // Without a destination AWS says `{"OnSuccess":{},"OnFailure":{}}` (spec 5.5).
  const onSuccess = found.DestinationConfig?.OnSuccess?.Destination;
  const onFailure = found.DestinationConfig?.OnFailure?.Destination;
  return {
    functionArn: found.FunctionArn ?? '',
    ...(found.MaximumRetryAttempts === undefined ? {} : { maximumRetryAttempts: found.MaximumRetryAttempts }),
    ...(found.MaximumEventAgeInSeconds === undefined
      ? {}
      : { maximumEventAgeInSeconds: found.MaximumEventAgeInSeconds }),
    ...(onSuccess ? { onSuccess } : {}),
    ...(onFailure ? { onFailure } : {}),
    ...(found.LastModified === undefined ? {} : { lastModified: found.LastModified.getTime() }),
  };
}
