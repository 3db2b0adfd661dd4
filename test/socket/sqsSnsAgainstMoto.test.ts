import assert from 'node:assert/strict';
import {
  CreateTopicCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { createSnsService } from '../../src/local/sns/snsService.ts';
import { createSqsService } from '../../src/local/sqs/sqsService.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../support/localDatabase.ts';
import { motoMissing, startMoto, type MotoServer } from '../support/motoServer.ts';
import { type ServiceServer, serveServices } from '../support/serviceServer.ts';
import { skip } from '../support/skip.ts';

const scope = { region: 'us-east-1', account: '123456789012' };
const arn = (service: string, name: string): string => `arn:aws:${service}:us-east-1:123456789012:${name}`;

/**
 * The same calls to both; what is compared holds no id, time or host. Left out is where moto does less than AWS: MD5 of
 * system attributes, forbidden characters in bodies.
 */
describe('SQS and SNS answer as moto does', () => {
  let moto: MotoServer | undefined;
  let database: TemporaryDatabase;
  let server: ServiceServer;
  let stop: () => void;

  before(async function () {
    moto = await startMoto();
    if (!moto) skip(this, motoMissing);
    database = temporaryDatabase();
    const sqs = createSqsService({ db: database.db, scope });
    const sns = createSnsService({ db: database.db, scope, queues: sqs.target, invokeAsync: () => undefined });
    server = await serveServices({ sqs: sqs.service, sns: sns.service });
    stop = () => sqs.dispose();
  });

  after(async () => {
    if (!moto) return;
    await moto[Symbol.asyncDispose]();
    stop();
    await server[Symbol.asyncDispose]();
    database[Symbol.dispose]();
  });

  async function compare(run: (sqs: SQSClient, sns: SNSClient, endpoint: string) => Promise<unknown>): Promise<void> {
    const outcomes: unknown[] = [];
    for (const endpoint of [server.endpoint, moto?.endpoint ?? '']) {
      const sqs = new SQSClient({ ...server.clientConfig, endpoint });
      const sns = new SNSClient({ ...server.clientConfig, endpoint });
      outcomes.push(await run(sqs, sns, endpoint));
      sqs.destroy();
      sns.destroy();
    }
    assert.deepEqual(outcomes[0], outcomes[1]);
  }

  const url = (endpoint: string, name: string): string => `${endpoint}/123456789012/${name}`;

  it('to messages with attributes: bodies, digests and counts', () =>
    compare(async (sqs, _sns, endpoint) => {
      const QueueUrl = url(endpoint, 'messages');
      const made = await sqs.send(new CreateQueueCommand({ QueueName: 'messages', Attributes: { DelaySeconds: '0' } }));
      const sent = await sqs.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: '{"a":"é<&>\u{1f600}"}\n',
          MessageAttributes: {
            z: { DataType: 'String', StringValue: 'é' },
            a: { DataType: 'Number', StringValue: '200' },
            b: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
            c: { DataType: 'String.custom', StringValue: 'x' },
          },
          MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-x' } },
        }),
      );
      const names = { MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] } as const;
      const input = {
        QueueUrl,
        MessageSystemAttributeNames: [...names.MessageSystemAttributeNames],
        MessageAttributeNames: ['All'],
      };
      const [message] = (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
      const counts = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: [
            'ApproximateNumberOfMessages',
            'ApproximateNumberOfMessagesNotVisible',
            'QueueArn',
            'DelaySeconds',
          ],
        }),
      );
      const handle = { QueueUrl, ReceiptHandle: message?.ReceiptHandle };
      await sqs.send(new ChangeMessageVisibilityCommand({ ...handle, VisibilityTimeout: 0 }));
      const [again] =
        (await sqs.send(new ReceiveMessageCommand({ ...input, MessageAttributeNames: ['a'] }))).Messages ?? [];
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle }));
      return {
        path: new URL(made.QueueUrl ?? '').pathname,
        body: sent.MD5OfMessageBody,
        attributes: sent.MD5OfMessageAttributes,
        received: [message?.Body, message?.MD5OfBody, message?.MD5OfMessageAttributes, message?.MessageAttributes],
        systemNames: Object.keys(message?.Attributes ?? {}).toSorted(),
        trace: message?.Attributes?.AWSTraceHeader,
        counts: counts.Attributes,
        again: [again?.Attributes?.ApproximateReceiveCount, again?.MessageAttributes, again?.MD5OfMessageAttributes],
        left: (await sqs.send(new ReceiveMessageCommand(input))).Messages,
      };
    }));

  it('to batches', () =>
    compare(async (sqs, _sns, endpoint) => {
      const QueueUrl = url(endpoint, 'batches');
      await sqs.send(new CreateQueueCommand({ QueueName: 'batches' }));
      const Entries = ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: `body ${Id}` }));
      const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      const handles = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      const deleted = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: handles }));
      return {
        sent: sent.Successful?.map(({ Id, MD5OfMessageBody }) => [Id, MD5OfMessageBody]),
        received: Messages.map(({ Body }) => Body),
        deleted: deleted.Successful,
      };
    }));

  it('to dead letters', () =>
    compare(async (sqs, _sns, endpoint) => {
      await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('sqs', 'dead'), maxReceiveCount: 1 });
      await sqs.send(new CreateQueueCommand({ QueueName: 'source', Attributes: { RedrivePolicy } }));
      const QueueUrl = url(endpoint, 'source');
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
      const receive = (name: string) =>
        sqs.send(new ReceiveMessageCommand({ QueueUrl: url(endpoint, name), VisibilityTimeout: 0 }));
      const bodies: unknown[] = [];
      for (const name of ['source', 'source', 'dead']) {
        bodies.push((await receive(name)).Messages?.map(({ Body }) => Body));
      }
      return bodies;
    }));

  it('to what is refused', () =>
    compare(async (sqs, sns, endpoint) => {
      const QueueUrl = url(endpoint, 'refusals');
      await sqs.send(new CreateQueueCommand({ QueueName: 'refusals' }));
      const eleven = Array.from({ length: 11 }, (_, index) => ({ Id: `${index}`, MessageBody: 'x' }));
      const attempts = [
        sqs.send(new GetQueueUrlCommand({ QueueName: 'nope' })),
        sqs.send(new CreateQueueCommand({ QueueName: 'refusals', Attributes: { VisibilityTimeout: '1' } })),
        sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [] })),
        sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: eleven })),
        sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 })),
        sns.send(new PublishCommand({ TopicArn: arn('sns', 'nope'), Message: 'x' })),
      ];
      const settled = await Promise.allSettled(attempts);
      return settled.map((result) => {
        return result.status === 'rejected' && result.reason instanceof Error ? result.reason.name : result.status;
      });
    }));

  it('to publishing: the notification and the raw message in a queue', () =>
    compare(async (sqs, sns, endpoint) => {
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
      for (const [QueueName, raw] of [
        ['wrapped', 'false'],
        ['raw', 'true'],
      ] as const) {
        await sqs.send(new CreateQueueCommand({ QueueName }));
        const Attributes = { RawMessageDelivery: raw };
        await sns.send(
          new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arn('sqs', QueueName), Attributes }),
        );
      }
      const MessageAttributes = { kind: { DataType: 'String', StringValue: 'a"b' } };
      const Message = '{"a":"<&>\\n\u{1f600}"}';
      await sns.send(new PublishCommand({ TopicArn, Message, Subject: 'Subject', MessageAttributes }));
      const PublishBatchRequestEntries = [{ Id: 'one', Message: 'in a batch' }];
      const batch = await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
      const received: unknown[] = [];
      for (const name of ['wrapped', 'raw']) {
        const input = { QueueUrl: url(endpoint, name), MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
        for (const { Body = '', MessageAttributes: attributes } of Messages) {
          received.push(name === 'raw' ? [Body, attributes] : content(Body));
        }
      }
      return { TopicArn, batch: batch.Successful?.map(({ Id }) => Id), received };
    }));
});

/** A notification without what differs from publish to publish, and what moto has otherwise than AWS (spec 2.2): order, signature. */
function content(body: string): unknown {
  const parsed = JSON.parse(body) as Readonly<Record<string, unknown>>;
  const own = /^(MessageId|Timestamp|Signature|SignatureVersion|SigningCertURL|UnsubscribeURL)$/;
  return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, own.test(key) ? typeof value : value]));
}
