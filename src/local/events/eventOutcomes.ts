import type { Outcome } from '../deliveries/outcome.ts';
import type { ExecutionResult } from '../environments/executionEnvironments.ts';

/*
 * The ways an event can end, as records and dead-letter queues tell them (spec 1.4, 3.2). `at` is epoch ms; `attempts`
 * are those made, look-ups of a missing function included.
 */

/** An attempt returned. `count` is what the record calls the number of attempts (spec 1.5). */
export function succeeded(at: number, count: number, executedVersion: string, result: ExecutionResult): Outcome {
  return {
    condition: 'Success',
    approximateInvokeCount: count,
    at,
    responseContext: { statusCode: 200, executedVersion },
    responsePayload: result.payload,
  };
}

/** The last attempt there could be has failed. */
export function failed(
  condition: string,
  at: number,
  attempts: number,
  executedVersion: string,
  result: ExecutionResult,
): Outcome {
  return {
    condition,
    approximateInvokeCount: attempts,
    at,
    responseContext: { statusCode: 200, executedVersion, functionError: 'Unhandled' },
    responsePayload: result.payload,
  };
}

/** The function is not allowed to run at all. The count is 0 also after earlier attempts (spec 4.7). */
export function zeroReservedConcurrency(at: number): Outcome {
  return {
    condition: 'ZeroReservedConcurrency',
    approximateInvokeCount: 0,
    at,
    // AWS's own spelling.
    errorMessage: 'Function not invoked. Function isconfigured with zero reserved concurrent executions',
  };
}

/** The event is part of a loop. */
export function recursive(at: number, attempts: number): Outcome {
  return {
    condition: 'RecursiveInvocation',
    approximateInvokeCount: attempts,
    at,
    responseContext: { statusCode: 400, functionError: 'RecursiveInvocationException' },
    errorMessage: 'Recursive invocation detected.',
  };
}

/** The event grew too old while Lambda could not run it. */
export function expired(at: number, attempts: number, cause: SystemFailure): Outcome {
  const { statusCode, errorMessage } = cause;
  return {
    condition: 'EventAgeExceeded',
    approximateInvokeCount: attempts,
    at,
    responseContext: { statusCode },
    errorMessage,
  };
}

/** Why Lambda could not run an event; takes no attempt away (spec 4.1). */
export interface SystemFailure {
  readonly statusCode: number;
  readonly errorMessage: string;
}

/** No concurrency was left. */
export const throttled: SystemFailure = { statusCode: 429, errorMessage: 'Rate Exceeded.' };

/** The execution environment failed, not the function. */
export const serviceError: SystemFailure = { statusCode: 500, errorMessage: 'Service error.' };

/** The function, version or alias was deleted. AWS was seen to drop the event without a record when it never ran and grew too old. */
export function targetMissing(
  condition: 'RetriesExhausted' | 'EventAgeExceeded',
  at: number,
  event: { readonly attempts: number; readonly executions: number; readonly qualifiedArn: string },
): Outcome {
  const isUnseen = condition === 'EventAgeExceeded' && event.executions === 0;
  return {
    condition,
    approximateInvokeCount: event.attempts,
    at,
    responseContext: { statusCode: 404 },
    errorMessage: `Function not found: ${event.qualifiedArn}`,
    ...(isUnseen
      ? {
          withheld:
            'What it was sent to was deleted before it ran, and it would be too old for another try. AWS drops such events without a record.',
        }
      : {}),
  };
}
