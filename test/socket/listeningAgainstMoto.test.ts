import assert from 'node:assert/strict';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, ListSubscriptionsCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ListQueuesCommand, SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { awsStory } from '../support/awsStory.ts';
import { startListeningHarness, type ListeningHarness } from '../support/listeningHarness.ts';
import { motoMissing, startMoto, type MotoServer } from '../support/motoServer.ts';
import { skip } from '../support/skip.ts';

const account = '123456789012';
const bus = `arn:aws:events:us-east-1:${account}:event-bus/default`;

/** An execution record as Lambda writes it. */
function recordOf(requestId: string): string {
  const record = awsStory({ requestId, attempts: ['success'], record: 'Success' }).find(
    ({ kind }) => kind === 'record',
  );
  return record?.kind === 'record' ? record.body : assert.fail('the story has a record');
}

describe('listening on a connection to moto', function () {
  this.timeout(60_000);
  let moto: MotoServer | undefined;
  let harness: ListeningHarness;

  before(async function () {
    moto = await startMoto();
    if (!moto) return skip(this, motoMissing);
    harness = await startListeningHarness({});
  });

  after(async () => {
    await harness?.[Symbol.asyncDispose]();
    await moto?.[Symbol.asyncDispose]();
  });

  it('reads a topic by a tap and a queue by a drain, and removes all it made', async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const config = { endpoint: moto?.endpoint ?? '', region: 'us-east-1', credentials };
    const sns = new SNSClient(config);
    const sqs = new SQSClient(config);
    const events = new EventBridgeClient(config);
    const { TopicArn: topic = '' } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
    const { QueueUrl: queueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'caught' }));
    const { listening, row } = harness.window({ endpoint: moto?.endpoint ?? '', readLogs: false });
    await listening.plan([topic, bus]);
    await listening.agree();
    await listening.start(topic, 'tap');
    await listening.start(bus, 'tap');
    const queue = `arn:aws:sqs:us-east-1:${account}:caught`;
    await listening.start(queue, 'drain');

    const [byTopic, byQueue] = ['aaaaaaaa-0000-4000-8000-000000000011', 'aaaaaaaa-0000-4000-8000-000000000012'];
    await sns.send(new PublishCommand({ TopicArn: topic, Message: recordOf(byTopic) }));
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: recordOf(byQueue) }));
    const arrived = await row(byTopic, ({ status }) => status === 'succeeded');
    assert.equal(arrived.invocation.record?.destinationArn, topic);
    await row(byQueue, ({ status }) => status === 'succeeded');

    for (const { id } of listening.entries) await listening.stop(id);
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    const { Subscriptions = [] } = await sns.send(new ListSubscriptionsCommand({}));
    const { Rules = [] } = await events.send(new ListRulesCommand({}));
    assert.deepEqual([QueueUrls.map((url) => url.split('/').at(-1)), Subscriptions, Rules], [['caught'], [], []]);
    for (const client of [sns, sqs, events]) client.destroy();
  });
});
