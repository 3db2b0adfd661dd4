import type { AwsClients } from './awsClients.ts';
import { translateError } from './awsErrors.ts';

/** What a change of settings has to know of a function. `functionArn`: unqualified. */
export interface ConfiguredFunction {
  readonly functionName: string;
  readonly functionArn: string;
  readonly deadLetterTargetArn?: string;
}

/** A function as it is under `$LATEST`. @throws UserFacingFailure */
export async function getFunctionConfiguration(
  clients: AwsClients,
  functionName: string,
  signal?: AbortSignal,
): Promise<ConfiguredFunction> {
  try {
    const client = await clients.lambda();
    const { GetFunctionConfigurationCommand } = await import('@aws-sdk/client-lambda');
    const found = await client.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionName }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    const deadLetterTargetArn = found.DeadLetterConfig?.TargetArn;
    return {
      functionName: found.FunctionName ?? functionName,
      functionArn: found.FunctionArn ?? '',
      ...(deadLetterTargetArn ? { deadLetterTargetArn } : {}),
    };
  } catch (error) {
    const doing = `read the settings of ${functionName}`;
    throw translateError(error, { doing, target: clients.target, action: 'lambda:GetFunctionConfiguration' });
  }
}
