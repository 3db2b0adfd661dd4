import { parseArn } from '../../model/arn.ts';

/** The queue that a subscription's `RedrivePolicy` names; `undefined` when it names none. */
export function deadLetterArn(redrivePolicy: string | undefined): string | undefined {
  let policy: unknown;
  try {
    policy = JSON.parse(redrivePolicy ?? '');
  } catch {
    return undefined;
  }
  const { deadLetterTargetArn: arn } = (policy ?? {}) as { readonly deadLetterTargetArn?: unknown };
  return typeof arn === 'string' && parseArn(arn)?.service === 'sqs' ? arn : undefined;
}
