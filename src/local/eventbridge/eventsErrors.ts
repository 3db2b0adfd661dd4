import { ServiceError } from '../server/serviceError.ts';

/** A request that breaks a rule of EventBridge, or asks for what local Lambda has not. */
export function validationError(message: string): ServiceError {
  return new ServiceError({ type: 'ValidationException', message });
}

/** A bus is not there. */
export function noSuchBus(name: string): ServiceError {
  return new ServiceError({ type: 'ResourceNotFoundException', message: `Event bus ${name} does not exist.` });
}

/** A rule is not there. */
export function noSuchRule(name: string, bus: string): ServiceError {
  const message = `Rule ${name} does not exist on EventBus ${bus}.`;
  return new ServiceError({ type: 'ResourceNotFoundException', message });
}
