import { formatArn, parseArn } from '../../model/arn.ts';
import type { AwsClients } from '../awsClients.ts';
import { explain, translateError } from '../awsErrors.ts';

/** Where a function logs. */
export interface FunctionLogGroup {
  readonly logGroupName: string;
  /** Without `:*` at its end; `undefined`: the function's settings could not be read, and the name is a guess. */
  readonly logGroupArn?: string;
}

/**
 * The log group that a function's settings name (spec 5.8). Who may read logs but no settings gets the default one.
 * @throws UserFacingFailure
 */
export async function findLogGroup(
  clients: AwsClients,
  functionName: string,
  signal: AbortSignal,
): Promise<FunctionLogGroup> {
  const defaultName = `/aws/lambda/${functionName}`;
  const context = {
    doing: `find the log group of ${functionName}`,
    target: clients.target,
    action: 'lambda:GetFunctionConfiguration',
  };
  try {
    const client = await clients.lambda();
    const { GetFunctionConfigurationCommand } = await import('@aws-sdk/client-lambda');
    const command = new GetFunctionConfigurationCommand({ FunctionName: functionName });
    const { LoggingConfig, FunctionArn } = await client.send(command, { abortSignal: signal });
    const logGroupName = LoggingConfig?.LogGroup ?? defaultName;
    const arn = parseArn(FunctionArn ?? '');
    if (!arn) return { logGroupName };
    return { logGroupName, logGroupArn: formatArn({ ...arn, service: 'logs', resource: `log-group:${logGroupName}` }) };
  } catch (error) {
    if (explain(error, context).code === 'accessDenied') return { logGroupName: defaultName };
    throw translateError(error, context);
  }
}
