import { ServiceError } from '../server/serviceError.ts';

/** A log group or stream is not there (spec 5.10). */
export function doesNotExist(what: 'group' | 'stream'): ServiceError {
  return new ServiceError({ type: 'ResourceNotFoundException', message: `The specified log ${what} does not exist.` });
}

/** A log group or stream of that name is there already. */
export function alreadyExists(what: 'group' | 'stream'): ServiceError {
  return new ServiceError({
    type: 'ResourceAlreadyExistsException',
    message: `The specified log ${what} already exists`,
  });
}

/** A parameter that CloudWatch Logs, or local Lambda, does not take. */
export function invalidParameter(message: string): ServiceError {
  return new ServiceError({ type: 'InvalidParameterException', message });
}

/** A parameter that breaks a constraint of the model, in its words (spec 5.3). */
export function constraintBroken(value: unknown, name: string, constraint: string): ServiceError {
  const shown = value === undefined ? 'null' : `'${String(value)}'`;
  return invalidParameter(
    `1 validation error detected: Value ${shown} at '${name}' failed to satisfy constraint: Member must ${constraint}`,
  );
}
