import { ServiceError } from '../server/serviceError.ts';

/** An error that the SQS model names: `com.amazonaws.sqs#NAME`, with the Query protocol's code where it differs. */
export function sqsError(name: string, message: string, queryCode = name, status = 400): ServiceError {
  return new ServiceError({ type: `com.amazonaws.sqs#${name}`, message, queryCode, status });
}

/** The queue of a URL or a name is not there. */
export function queueDoesNotExist(): ServiceError {
  const message = 'The specified queue does not exist.';
  return sqsError('QueueDoesNotExist', message, 'AWS.SimpleQueueService.NonExistentQueue');
}

/** A parameter has a value that SQS does not take. */
export function invalidParameter(message: string): ServiceError {
  return new ServiceError({
    type: 'com.amazon.coral.service#InvalidParameterValueException',
    queryCode: 'InvalidParameterValue',
    message,
  });
}

/** A queue attribute has a value that it can't have. */
export function invalidAttributeValue(name: string, reason?: string): ServiceError {
  const message = `Invalid value for the parameter ${name}.${reason === undefined ? '' : ` Reason: ${reason}`}`;
  return sqsError('InvalidAttributeValue', message);
}

/** What a parameter names is not there. */
export function resourceNotFound(message: string): ServiceError {
  return sqsError('ResourceNotFoundException', message, 'ResourceNotFoundException', 404);
}

/** A required parameter is absent. */
export function missingParameter(name: string): ServiceError {
  return new ServiceError({
    type: 'com.amazon.coral.service#MissingRequiredParameterException',
    queryCode: 'MissingParameter',
    message: `The request must contain the parameter ${name}.`,
  });
}
