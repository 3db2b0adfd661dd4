import { ServiceError } from '../server/serviceError.ts';

/** An error that the SQS model names: `com.amazonaws.sqs#NAME`, with the Query protocol's code where it differs. */
export function sqsError(name: string, message: string, queryCode = name): ServiceError {
  return new ServiceError({ type: `com.amazonaws.sqs#${name}`, message, queryCode });
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

/** A required parameter is absent. */
export function missingParameter(name: string): ServiceError {
  return new ServiceError({
    type: 'com.amazon.coral.service#MissingRequiredParameterException',
    queryCode: 'MissingParameter',
    message: `The request must contain the parameter ${name}.`,
  });
}
