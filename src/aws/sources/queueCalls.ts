import type { Message } from '@aws-sdk/client-sqs';
import { parseArn } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { AwsClients } from '../awsClients.ts';
import { errorName, translateError } from '../awsErrors.ts';

/** SQS hands out, and takes back, that many at once (SQS API reference, ReceiveMessage). */
export const largestBatch = 10;

/** The URL of a queue. @throws UserFacingFailure where the ARN is none of a queue in the connection's region, or it can't be had */
export async function findQueueUrl(clients: AwsClients, queueArn: string, signal: AbortSignal): Promise<string> {
  const { region, account, resource, service } = parseArn(queueArn) ?? {};
  if (service !== 'sqs' || resource === undefined) {
    throw new UserFacingFailure(
      'invalidParameter',
      `Could not read the queue: "${queueArn}" is not the ARN of a queue.`,
    );
  }
  if (region !== clients.target.region) throw otherRegion(`read the queue ${resource}`, region, clients.target.region);
  return calling(clients, `find the queue ${resource}`, 'sqs:GetQueueUrl', async () => {
    const client = await clients.sqs();
    const { GetQueueUrlCommand } = await import('@aws-sdk/client-sqs');
    const command = new GetQueueUrlCommand({
      QueueName: resource,
      ...(account ? { QueueOwnerAWSAccountId: account } : {}),
    });
    return (await client.send(command, { abortSignal: signal })).QueueUrl ?? '';
  });
}

/** How messages are asked for. `visibilityTimeout`: seconds until they are there again for others. */
export interface Receiving {
  readonly queueUrl: string;
  /** Of the queue, for messages. */
  readonly name: string;
  readonly waitSeconds: number;
  readonly visibilityTimeout: number;
}

/** Up to ten messages with all their attributes. @throws UserFacingFailure */
export function receiveMessages(
  clients: AwsClients,
  { queueUrl, name, waitSeconds, visibilityTimeout }: Receiving,
  signal: AbortSignal,
): Promise<readonly Message[]> {
  return calling(clients, `read the queue ${name}`, 'sqs:ReceiveMessage', async () => {
    const client = await clients.sqs();
    const { ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: largestBatch,
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: visibilityTimeout,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    return (await client.send(command, { abortSignal: signal })).Messages ?? [];
  });
}

/** Deletes up to ten messages. Those that could not be deleted come again. @throws UserFacingFailure */
export async function deleteMessages(
  clients: AwsClients,
  { queueUrl, name }: Pick<Receiving, 'queueUrl' | 'name'>,
  messages: readonly Message[],
  log: Logger,
): Promise<void> {
  await calling(clients, `delete what was read from the queue ${name}`, 'sqs:DeleteMessage', async () => {
    const client = await clients.sqs();
    const { DeleteMessageBatchCommand } = await import('@aws-sdk/client-sqs');
    const { Failed = [] } = await client.send(
      new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entriesOf(messages) }),
    );
    for (const { Code, Message: said } of Failed)
      log.warn(`${name}: not deleted, it comes again: ${Code} ${said ?? ''}`);
  });
}

/** Makes up to ten messages visible again at once. @throws UserFacingFailure */
export async function giveBackMessages(
  clients: AwsClients,
  { queueUrl, name }: Pick<Receiving, 'queueUrl' | 'name'>,
  messages: readonly Message[],
): Promise<void> {
  await calling(clients, `give back what was read from the queue ${name}`, 'sqs:ChangeMessageVisibility', async () => {
    const client = await clients.sqs();
    const { ChangeMessageVisibilityBatchCommand } = await import('@aws-sdk/client-sqs');
    const Entries = entriesOf(messages).map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    // Failures of single ones: they were deleted, or are visible again.
    await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  });
}

/** Whether a call failed because the queue is not there. */
export function isQueueMissing(error: unknown): boolean {
  const inner = UserFacingFailure.is(error) ? error.cause : error;
  const name = errorName(inner);
  return name === 'QueueDoesNotExist' || name === 'AWS.SimpleQueueService.NonExistentQueue';
}

/** The age of the oldest of some messages, ms; `undefined`: there is none. */
export function oldestAge(messages: readonly Message[], now: number): number | undefined {
  const sent = messages.map(({ Attributes }) => Number(Attributes?.SentTimestamp)).filter((at) => at > 0);
  return sent.length === 0 ? undefined : Math.max(0, now - Math.min(...sent));
}

/** A resource of another region can't be had by this connection. */
export function otherRegion(doing: string, region: string | undefined, here: string): UserFacingFailure {
  return new UserFacingFailure(
    'otherRegion',
    `Could not ${doing}: it is in ${region || 'no region'}, this connection is in ${here}. Select a connection in that region.`,
  );
}

/** Makes calls; errors are told with what they were for. `action`: as IAM names it. @throws UserFacingFailure */
export async function calling<T>(
  clients: AwsClients,
  doing: string,
  action: string,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translateError(error, { doing, target: clients.target, action });
  }
}

function entriesOf(
  messages: readonly Message[],
): { readonly Id: string; readonly ReceiptHandle: string | undefined }[] {
  return messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
}
