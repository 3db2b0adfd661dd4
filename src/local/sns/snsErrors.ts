import { ServiceError } from '../server/serviceError.ts';

/** A topic or subscription is not there. */
export function notFound(what: 'Topic' | 'Subscription'): ServiceError {
  return new ServiceError({ type: 'NotFound', message: `${what} does not exist`, status: 404 });
}

/** A parameter has a value that SNS, or local Lambda, does not take. */
export function invalidParameter(message: string): ServiceError {
  return new ServiceError({ type: 'InvalidParameter', message: `Invalid parameter: ${message}` });
}
