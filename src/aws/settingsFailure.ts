import { destinationKind } from '../model/destination.ts';
import { deliveryPermission, isMissingRolePermission } from '../model/executionRole.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { errorName, translateError, type CallContext } from './awsErrors.ts';

/** A change of destinations: `arns` are those that the request named. */
export interface SettingsCallContext extends CallContext {
  readonly arns: readonly string[];
}

/**
 * An error of a change of destinations, for people. What Lambda says by its message only: a permission that the execution
 * role lacks (`rolePermissionMissing`) and a destination that it does not take (`invalidDestination`); spec 3.4, 5.6.
 */
export function translateSettingsError(error: unknown, context: SettingsCallContext): unknown {
  if (errorName(error) !== 'InvalidParameterValueException' || !(error instanceof Error)) {
    return translateError(error, context);
  }
  const { message } = error;
  if (isMissingRolePermission(message)) {
    const arn = lackingFor(message, context.arns);
    const what = arn === undefined ? message : `it needs ${deliveryPermission(arn)}`;
    return new UserFacingFailure(
      'rolePermissionMissing',
      `Could not ${context.doing}: the function’s execution role lacks a permission, ${what}. Add it to the role, then try again.`,
      { cause: error },
    );
  }
  if (/^The destination ARN .* is invalid/.test(message)) {
    return new UserFacingFailure(
      'invalidDestination',
      `Could not ${context.doing}: ${message} Check that it exists, and that the function’s execution role may deliver to it.`,
      { cause: error },
    );
  }
  return translateError(error, context);
}

/** Lambda names the ARN or only the call: `SendMessage on SQS`. */
function lackingFor(message: string, arns: readonly string[]): string | undefined {
  const services = { SendMessage: 'SQS', Publish: 'SNS', InvokeFunction: 'Lambda', PutEvents: 'EventBridge' } as const;
  const call = Object.entries(services).find(([name]) => message.includes(` ${name} `))?.[1];
  return (
    arns.find((arn) => message.includes(arn)) ??
    arns.find((arn) => destinationKind(arn) === (call ?? (message.endsWith('on S3') ? 'S3' : undefined)))
  );
}
