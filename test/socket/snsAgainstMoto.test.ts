import assert from 'node:assert/strict';
import {
  CreateTopicCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createSnsService } from '../../src/local/sns/snsService.ts';
import { createSqsService } from '../../src/local/sqs/sqsService.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../support/localDatabase.ts';
import { motoMissing, startMoto, type MotoServer } from '../support/motoServer.ts';
import { type ServiceServer, serveServices } from '../support/serviceServer.ts';
import { skip } from '../support/skip.ts';

const scope = { region: 'us-east-1', account: '123456789012' };
const arn = (service: string, name: string): string => `arn:aws:${service}:us-east-1:123456789012:${name}`;

/** The same calls to both; what is compared holds no id, time or host. SQS: `sqsAgainstOthers.test.ts`. */
describe('SNS answers as moto does', () => {
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

  it('to what is refused', () =>
    compare(async (_sqs, sns) => {
      const refused = sns.send(new PublishCommand({ TopicArn: arn('sns', 'nope'), Message: 'x' }));
      return refused.catch((error: unknown) => (error instanceof Error ? error.name : error));
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
