import { parseArn, parseFunctionArn, queueArn, type AccountScope } from './arn.ts';
import { destinationKind, type DeliveryRole, type DestinationKind } from './destination.ts';

/** The function whose destination is in question. An empty account is not compared. */
export interface DestinationOwner extends AccountScope {
  readonly functionName: string;
}

/** Why Lambda takes something not as a destination. `message`: a sentence for people. */
export interface Refusal {
  readonly code:
    | 'notAnArn'
    | 'unsupportedService'
    | 'malformed'
    | 'itself'
    | 'fifo'
    | 'successToS3'
    | 'notForDeadLetters'
    | 'otherRegion';
  readonly message: string;
}

/** Why an ARN can't be the destination of that role; `undefined`: nothing speaks against it here (spec 3.4, 5.6). */
export function destinationRefusal(arn: string, role: DeliveryRole, owner: DestinationOwner): Refusal | undefined {
  const parsed = parseArn(arn);
  if (!parsed) return { code: 'notAnArn', message: notAnArn(arn) };
  const kind = destinationKind(arn);
  if (role === 'deadLetterQueue' && kind !== 'SQS' && kind !== 'SNS') {
    return { code: 'notForDeadLetters', message: 'A dead-letter queue is an SQS queue or an SNS topic.' };
  }
  if (kind === undefined) {
    const kinds = 'an SQS queue, an SNS topic, a Lambda function, an EventBridge event bus or an S3 bucket';
    return { code: 'unsupportedService', message: `A destination is ${kinds}, not something of “${parsed.service}”.` };
  }
  const wrong = refusalOfKind(kind, parsed.resource, role);
  if (wrong) return wrong;
  if (kind === 'Lambda' && isItself(arn, owner)) {
    return { code: 'itself', message: 'A function can’t be its own destination.' };
  }
  if (role === 'deadLetterQueue' && owner.region !== '' && parsed.region !== owner.region) {
    return {
      code: 'otherRegion',
      message: `A dead-letter queue has to be in the function’s region, ${owner.region}.`,
    };
  }
  return undefined;
}

/** What is wrong with the name of a queue or topic to be created; `undefined`: nothing (API references of SQS and SNS). */
export function newNameProblem(kind: 'SQS' | 'SNS', name: string): string | undefined {
  const [what, longest] = kind === 'SQS' ? (['queue', 80] as const) : (['topic', 256] as const);
  if (name === '') return `The ${what} needs a name.`;
  if (name.endsWith('.fifo')) return `Lambda delivers to standard ${what}s only, so the name can’t end in .fifo.`;
  if (!/^[\w-]+$/.test(name)) return 'A name has letters, digits, hyphens and underscores only.';
  return name.length > longest ? `A ${what}’s name has at most ${longest} characters.` : undefined;
}

function refusalOfKind(kind: DestinationKind, resource: string, role: DeliveryRole): Refusal | undefined {
  const malformed = (message: string): Refusal => ({ code: 'malformed', message });
  const fifo = (what: string): Refusal => ({
    code: 'fifo',
    message: `Lambda delivers to standard ${what}s only, not to FIFO ${what}s.`,
  });
  switch (kind) {
    case 'SQS':
      if (resource.endsWith('.fifo')) return fifo('queue');
      return /^[\w-]{1,80}$/.test(resource) ? undefined : malformed('This is not the ARN of a queue.');
    case 'SNS':
      if (resource.endsWith('.fifo')) return fifo('topic');
      if (resource.includes(':')) return malformed('This is the ARN of a subscription. Take that of its topic.');
      return /^[\w-]{1,256}$/.test(resource) ? undefined : malformed('This is not the ARN of a topic.');
    case 'EventBridge':
      if (resource.startsWith('rule/')) return malformed('This is the ARN of a rule. Take that of its event bus.');
      return /^event-bus\/[\w./-]{1,256}$/.test(resource)
        ? undefined
        : malformed('This is not the ARN of an event bus.');
    case 'Lambda':
      return /^function:[\w-]{1,140}(?::(?:\$LATEST|[\w-]{1,128}))?$/.test(resource)
        ? undefined
        : malformed('This is not the ARN of a function.');
    case 'S3':
      if (role === 'onSuccess') return { code: 'successToS3', message: 'An S3 bucket takes records of failures only.' };
      return /^[\w.-]{3,63}$/.test(resource)
        ? undefined
        : malformed('This is not the ARN of a bucket: it looks like arn:aws:s3:::my-bucket.');
  }
}

function isItself(arn: string, owner: DestinationOwner): boolean {
  const target = parseFunctionArn(arn);
  return (
    target?.functionName === owner.functionName &&
    (owner.region === '' || target.region === owner.region) &&
    (owner.account === '' || target.account === owner.account)
  );
}

function notAnArn(text: string): string {
  const [, region, account = '', name = ''] =
    /^https?:\/\/sqs\.([\w-]+)\.amazonaws\.com(?:\.cn)?\/(\d{12})\/([\w.-]+)$/.exec(text) ?? [];
  if (region === undefined) return 'This is not an ARN: it looks like arn:aws:sqs:us-east-1:123456789012:my-queue.';
  return `This is the queue’s URL. Its ARN is ${queueArn({ region, account }, name)}`;
}
