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
    checkDeadLetterTarget(fn, report);
  }
}

function checkDeadLetterTarget({ deadLetterTargetArn, location }: DeclaredFunction, report: Report): void {
  if (deadLetterTargetArn === undefined) return;
  const service = parseArn(deadLetterTargetArn)?.service;
  if (service !== 'sqs' && service !== 'sns') {
    report(
      'error',
      location,
      `A dead-letter queue is the ARN of a queue or topic, and “${deadLetterTargetArn}” is none.`,
    );
  } else if (deadLetterTargetArn.endsWith('.fifo')) {
    report('error', location, 'A FIFO queue or topic can’t be a dead-letter queue.');
  }
}
