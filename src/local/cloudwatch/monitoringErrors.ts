import { ServiceError } from '../server/serviceError.ts';

/*
 * Errors of CloudWatch: in JSON and CBOR by the names of its model, for clients of the Query protocol by their older codes
 * (service description of 2010-08-01).
 */

/** A value that a parameter can't have. */
export function invalidValue(message: string): ServiceError {
  return error('InvalidParameterValueException', 'InvalidParameterValue', message);
}

/** A parameter has to be there. */
export function missingParameter(name: string): ServiceError {
  return error('MissingRequiredParameterException', 'MissingParameter', `The parameter ${name} is required.`);
}

/** Parameters that don't go together. */
export function invalidCombination(message: string): ServiceError {
  return error('InvalidParameterCombinationException', 'InvalidParameterCombination', message);
}

/** What GetMetricData finds wrong. */
export function validationError(message: string): ServiceError {
  return error('ValidationError', 'ValidationError', message);
}

/** A token of another list, or of none. */
export function invalidNextToken(): ServiceError {
  return error('InvalidNextToken', 'InvalidNextToken', 'The next token is not one that local Lambda gave.');
}

function error(name: string, queryCode: string, message: string): ServiceError {
  return new ServiceError({ type: `com.amazonaws.cloudwatch.v2010_08_01#${name}`, queryCode, message });
}
