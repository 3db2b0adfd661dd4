import type { FunctionEventInvokeConfig } from '@aws-sdk/client-lambda';
import type { EventInvokeConfig } from '../model/eventInvokeConfig.ts';
import { translateError } from './awsErrors.ts';
import type { LambdaAccess } from './lambdaAccess.ts';

/** A function's settings for asynchronous invocation, one per qualifier that has them, all pages. @throws UserFacingFailure */
export async function listEventInvokeConfigs(
  access: LambdaAccess,
  functionName: string,
  signal?: AbortSignal,
): Promise<readonly EventInvokeConfig[]> {
  try {
    const client = await access.reader();
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
    throw translateError(error, {
      doing: `read the settings of ${functionName}`,
      functionName,
      endpoint: access.endpointText,
    });
  }
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
