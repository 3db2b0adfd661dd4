import type { FunctionDefinition } from '../functionDefinition.ts';
import { admissionCall } from '../iam/deliveryCalls.ts';
import type { ExecutionRoles } from '../iam/executionRoles.ts';
import { invalidParameter } from './lambdaError.ts';

/** Whose rights are checked. */
type RoleOwner = Pick<FunctionDefinition, 'role' | 'roleIsMadeUp'>;

/** The role of destinations must be able to deliver to them. @throws LambdaError as spec 5.6, 10 has it */
export function checkDestinationRights(
  owner: RoleOwner,
  destinations: readonly (string | undefined)[],
  roles: ExecutionRoles,
): void {
  for (const arn of destinations) {
    const action = missingRight(owner, arn, roles);
    if (arn === undefined || action === undefined) continue;
    const [service, operation] = action.split(':');
    // AWS has another beginning for the older kinds of destination.
    const whose =
      service === 'sqs' || service === 'sns' ? "The function's execution role" : 'The function execution role';
    throw invalidParameter(
      `${whose} does not have permissions to call ${operation} on ${service === 's3' ? 'S3' : arn}`,
    );
  }
}

/** The role must be able to send to the dead-letter queue. @throws LambdaError as spec 3.4 has it */
export function checkDeadLetterRights(
  owner: RoleOwner & Pick<FunctionDefinition, 'deadLetterTargetArn'>,
  roles: ExecutionRoles,
): void {
  const action = missingRight(owner, owner.deadLetterTargetArn, roles);
  if (action === undefined) return;
  const [service = '', operation] = action.split(':');
  throw invalidParameter(
    `The provided execution role does not have permissions to call ${operation} on ${service.toUpperCase()}`,
  );
}

/** The action that the role must not call, if so. */
function missingRight(
  { role, roleIsMadeUp }: RoleOwner,
  arn: string | undefined,
  roles: ExecutionRoles,
): string | undefined {
  const call = arn === undefined || arn === '' || roleIsMadeUp === true ? undefined : admissionCall(arn);
  return call && roles.refusal(role, call) !== undefined ? call.action : undefined;
}
