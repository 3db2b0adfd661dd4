import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { translateError } from './awsErrors.ts';
import type { AwsClients } from './awsClients.ts';

/** A function as ListFunctions tells it (spec 5.7). Timeout in seconds, memory in MB. */
export interface ListedFunction {
  readonly functionName: string;
  readonly functionArn: string;
  readonly runtime?: string;
  readonly handler?: string;
  readonly description?: string;
  readonly timeout?: number;
  readonly memorySize?: number;
  readonly deadLetterTargetArn?: string;
  readonly lastModified?: string;
}

/** All functions, all pages, in the service's order. @throws UserFacingFailure */
export async function listFunctions(clients: AwsClients, signal?: AbortSignal): Promise<readonly ListedFunction[]> {
  try {
    const client = await clients.lambda();
    const { ListFunctionsCommand } = await import('@aws-sdk/client-lambda');
    const functions: ListedFunction[] = [];
    let marker: string | undefined;
    do {
      const page = await client.send(
        new ListFunctionsCommand(marker === undefined ? {} : { Marker: marker }),
        signal === undefined ? {} : { abortSignal: signal },
      );
      for (const found of page.Functions ?? []) functions.push(toListed(found));
      marker = page.NextMarker;
    } while (marker !== undefined && marker !== '');
    return functions;
  } catch (error) {
    throw translateError(error, {
      doing: 'list the functions',
      target: clients.target,
      action: 'lambda:ListFunctions',
    });
  }
}

function toListed(found: FunctionConfiguration): ListedFunction {
  const deadLetterTargetArn = found.DeadLetterConfig?.TargetArn;
  return {
    functionName: found.FunctionName ?? '',
    functionArn: found.FunctionArn ?? '',
    ...(found.Runtime === undefined ? {} : { runtime: found.Runtime }),
    ...(found.Handler === undefined ? {} : { handler: found.Handler }),
    ...(found.Description ? { description: found.Description } : {}),
    ...(found.Timeout === undefined ? {} : { timeout: found.Timeout }),
    ...(found.MemorySize === undefined ? {} : { memorySize: found.MemorySize }),
    ...(deadLetterTargetArn ? { deadLetterTargetArn } : {}),
    ...(found.LastModified === undefined ? {} : { lastModified: found.LastModified }),
  };
}
