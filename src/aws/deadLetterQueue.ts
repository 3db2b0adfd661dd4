import type { AwsClients } from './awsClients.ts';
import { translateSettingsError } from './settingsFailure.ts';

/** Sets a function's dead-letter queue; `undefined` clears it, which takes an empty ARN (spec 3.3). @throws UserFacingFailure */
export async function setDeadLetterQueue(
  clients: AwsClients,
  functionName: string,
  targetArn: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const client = await clients.lambda();
    const { UpdateFunctionConfigurationCommand } = await import('@aws-sdk/client-lambda');
    await client.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: functionName,
        DeadLetterConfig: { TargetArn: targetArn ?? '' },
      }),
      signal === undefined ? {} : { abortSignal: signal },
    );
  } catch (error) {
    const doing = `set the dead-letter queue of ${functionName}`;
    throw translateSettingsError(error, {
      doing,
      target: clients.target,
      action: 'lambda:UpdateFunctionConfiguration',
      arns: targetArn === undefined ? [] : [targetArn],
    });
  }
}
