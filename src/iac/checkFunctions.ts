import { parseArn } from '../model/arn.ts';
import type { DeclaredFunction } from './declarations.ts';
import type { Report } from './templateNode.ts';

/** Function names: letters, digits, `-` and `_`, at most 64 (Lambda API, CreateFunction). */
const namePattern = /^[\w-]{1,64}$/;

/** Reports what AWS would refuse when these functions are deployed. */
export function checkFunctions(functions: readonly DeclaredFunction[], report: Report): void {
  const seen = new Map<string, DeclaredFunction>();
  for (const fn of functions) {
    const { functionName, logicalId, location } = fn;
    if (functionName.length > 64) {
      report(
        'error',
        location,
        `A function name has at most 64 characters; “${functionName}” has ${functionName.length}.`,
      );
    } else if (!namePattern.test(functionName)) {
      report('error', location, `A function name has only letters, digits, - and _; “${functionName}” has others.`);
    }
    const other = seen.get(functionName);
    if (other) {
      report('error', location, `“${logicalId}” and “${other.logicalId}” have the same name, “${functionName}”.`);
    } else seen.set(functionName, fn);
  }
}

/** Why an ARN can't be a dead-letter queue, or `undefined` (spec 3.4). */
export function wrongDeadLetterTarget(arn: string): string | undefined {
  const service = parseArn(arn)?.service;
  if (service !== 'sqs' && service !== 'sns') {
    return `A dead-letter queue is the ARN of a queue or topic, and “${arn}” is none.`;
  }
  if (!arn.endsWith('.fifo')) return undefined;
  return service === 'sqs'
    ? 'Invalid dead letter queue ARN: FIFO SQS queue is not supported for dead letter configuration.'
    : 'A FIFO topic can’t be a dead-letter queue.';
}
