import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListSubscriptionsCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { Emitter } from '../../src/model/event.ts';
import type { LocalProjectEvent } from '../../src/protocol/localEvents.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { when } from '../support/when.ts';

const arn = (service: string, name: string): string => `arn:aws:${service}:us-east-1:000000000000:${name}`;
const files = {
  'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Paid:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref Orders
      Protocol: sqs
      Endpoint: !GetAtt Jobs.Arn
      RawMessageDelivery: true
      FilterPolicy: { kind: [paid] }
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 0
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 1 }
  Dead: { Type: AWS::SQS::Queue, Properties: { MessageRetentionPeriod: 600 } }
  Orders: { Type: AWS::SNS::Topic }
  Listener:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: app.handler
      Events:
        Cancelled:
          Type: SNS
          Properties: { Topic: !Ref Orders, FilterPolicy: { kind: [cancelled] } }
        Jobs: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn } }
`,
  'app.mjs': 'export const handler = async ({ Records }) => Records[0].Sns.Message;\n',
};

describe('What a template declares, with the SDK', () => {
  let local: TestLocalLambda;
  let sqs: SQSClient;
  let sns: SNSClient;
  let read: Emitter<LocalProjectEvent>;

  beforeEach(async () => {
    read = new Emitter();
    local = await runLocalLambda({ files, onProject: (event) => read.fire(event) });
    sqs = new SQSClient(local.clientConfig);
    sns = new SNSClient(local.clientConfig);
  });
  afterEach(async () => {
    sqs.destroy();
    sns.destroy();
    await local[Symbol.asyncDispose]();
    read.dispose();
  });

  const urlOf = (name: string): string => `${local.endpoint}/000000000000/${name}`;
  const attribute = async (name: 'VisibilityTimeout' | 'DelaySeconds' | 'MessageRetentionPeriod', queue = 'Jobs') => {
    const QueueUrl = urlOf(queue);
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }));
    return Attributes?.[name];
  };
  const receive = async (queue: string): Promise<string | undefined> => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: urlOf(queue) }));
    return Messages?.[0]?.Body;
  };
  const publish = async (kind: string): Promise<void> => {
    const MessageAttributes = { kind: { DataType: 'String', StringValue: kind } };
    await sns.send(new PublishCommand({ TopicArn: arn('sns', 'Orders'), Message: `is ${kind}`, MessageAttributes }));
  };

  it('holds: filters, raw delivery, the dead-letter queue; nobody polls for a function', async () => {
    assert.deepEqual([local.complaints, local.status().problems], [[], []]);
    assert.equal(await attribute('MessageRetentionPeriod', 'Dead'), '600');
    await publish('sent');
    await publish('paid');
    await publish('cancelled');
    const pieces = await local.pieces((all) => all.some(({ kind }) => kind === 'attemptEnded'));
    assert.match(JSON.stringify(pieces), /is cancelled/);
    assert.doesNotMatch(JSON.stringify(pieces), /is (?:sent|paid)/);
    assert.equal(await receive('Jobs'), 'is paid');
    // Visible again at once, and received once already.
    assert.equal(await receive('Jobs'), undefined);
    assert.equal(await receive('Dead'), 'is paid');
  });

  it('follows the template; what the API set stays where the template says the same as before', async () => {
    await sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: urlOf('Dead'),
        Attributes: { MessageRetentionPeriod: '700', DelaySeconds: '3' },
      }),
    );
    const template = files['template.yaml']
      .replace('VisibilityTimeout: 0', 'VisibilityTimeout: 44')
      .replace('Type: SNS\n', 'Type: Api\n');
    await writeFile(join(local.projectDir, 'template.yaml'), template);
    await when(read.event, async () => ((await attribute('VisibilityTimeout')) === '44' ? true : undefined));
    assert.equal(await attribute('MessageRetentionPeriod', 'Dead'), '700');
    assert.equal(await attribute('DelaySeconds', 'Dead'), '3');
    const { Subscriptions } = await sns.send(new ListSubscriptionsCommand());
    assert.deepEqual(
      Subscriptions?.map(({ Endpoint }) => Endpoint),
      [arn('sqs', 'Jobs')],
    );
  });
});
