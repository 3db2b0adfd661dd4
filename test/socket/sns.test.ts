import assert from 'node:assert/strict';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListPhoneNumbersOptedOutCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  NotFoundException,
  PublishBatchCommand,
  PublishCommand,
  type PublishCommandInput,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { DeliveryRefused, type DeliveryOrigin, type MessageAttributes } from '../../src/local/deliveryTargets.ts';
import { createSnsService, type SnsService } from '../../src/local/sns/snsService.ts';
import { transaction } from '../../src/local/state/database.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../support/localDatabase.ts';
import { type ServiceServer, serveServices } from '../support/serviceServer.ts';

const scope = { region: 'us-east-1', account: '123456789012' };
const TopicArn = 'arn:aws:sns:us-east-1:123456789012:done';
const queue = 'arn:aws:sqs:us-east-1:123456789012:inbox';
const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:listener';

interface Delivered {
  readonly arn: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly origin: DeliveryOrigin | undefined;
}

describe('SNS over a socket', () => {
  let database: TemporaryDatabase;
  let sns: SnsService;
  let server: ServiceServer;
  let client: SNSClient;
  let delivered: Delivered[];
  let invoked: { readonly functionArn: string; readonly event: unknown }[];
  let warnings: string[];

  beforeEach(async () => {
    database = temporaryDatabase();
    delivered = [];
    invoked = [];
    warnings = [];
    const ignore = (): void => undefined;
    sns = createSnsService({
      db: database.db,
      scope,
      queues: {
        deliver(arn, body, attributes, origin) {
          if (arn.endsWith(':gone')) throw new DeliveryRefused('The queue is gone.');
          assert.ok(database.db.isTransaction);
          delivered.push({ arn, body, attributes, origin });
        },
      },
      invokeAsync: (arn, payload) => {
        if (arn.endsWith('-gone')) throw new DeliveryRefused('The function is gone.');
        invoked.push({ functionArn: arn, event: JSON.parse(payload) });
      },
      log: { trace: ignore, debug: ignore, info: ignore, error: ignore, warn: (text) => warnings.push(text) },
      now: () => Date.UTC(2026, 8, 22, 17, 32, 55, 311),
    });
    server = await serveServices({ sns: sns.service });
    client = new SNSClient(server.clientConfig);
    sns.ensureTopic('done', false);
  });

  afterEach(async () => {
    client.destroy();
    await server[Symbol.asyncDispose]();
    database[Symbol.dispose]();
  });

  async function subscribe(
    Attributes: Record<string, string> = {},
    Endpoint = queue,
    Protocol = 'sqs',
  ): Promise<string> {
    const { SubscriptionArn = '' } = await client.send(
      new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes }),
    );
    return SubscriptionArn;
  }

  async function publish(input: Partial<PublishCommandInput>): Promise<string> {
    const { MessageId = '' } = await client.send(new PublishCommand({ TopicArn, Message: 'hello', ...input }));
    return MessageId;
  }

  describe('topics', () => {
    it('are made once, listed and deleted', async () => {
      const create = new CreateTopicCommand({ Name: 'other', Attributes: { DisplayName: '<&"\r\n\'>' } });
      const { TopicArn: arn } = await client.send(create);
      assert.equal(arn, 'arn:aws:sns:us-east-1:123456789012:other');
      assert.equal((await client.send(create)).TopicArn, arn);
      const { Topics } = await client.send(new ListTopicsCommand());
      assert.deepEqual(Topics, [{ TopicArn }, { TopicArn: arn }]);
      const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: arn }));
      assert.deepEqual(Attributes, {
        TopicArn: arn,
        Owner: '123456789012',
        DisplayName: '<&"\r\n\'>',
        Policy: Attributes?.['Policy'],
        EffectiveDeliveryPolicy: Attributes?.['EffectiveDeliveryPolicy'],
        SubscriptionsConfirmed: '0',
        SubscriptionsPending: '0',
        SubscriptionsDeleted: '0',
      });
      await client.send(new DeleteTopicCommand({ TopicArn: arn }));
      await assert.rejects(client.send(new GetTopicAttributesCommand({ TopicArn: arn })), NotFoundException);
    });

    it('come a page at a time', async () => {
      for (let index = 0; index < 120; index += 1) sns.ensureTopic(`t${index}`, false);
      const first = await client.send(new ListTopicsCommand());
      assert.equal(first.Topics?.length, 100);
      const second = await client.send(new ListTopicsCommand({ NextToken: first.NextToken }));
      assert.equal(second.Topics?.length, 21);
      assert.equal(second.NextToken, undefined);
    });

    it('take tags', async () => {
      const tags = async () => (await client.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }))).Tags;
      const Tags = ['b', 'a'].map((Key) => ({ Key, Value: `value of ${Key}` }));
      await client.send(new TagResourceCommand({ ResourceArn: TopicArn, Tags }));
      assert.deepEqual(await tags(), Tags.toReversed());
      await client.send(new UntagResourceCommand({ ResourceArn: TopicArn, TagKeys: ['a', 'c'] }));
      assert.deepEqual(await tags(), Tags.slice(0, 1));
      await client.send(new CreateTopicCommand({ Name: 'done', Tags: Tags.slice(0, 1) }));
      await assert.rejects(client.send(new CreateTopicCommand({ Name: 'done', Tags })), /different tags/);
      const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
      await assert.rejects(client.send(new TagResourceCommand({ ResourceArn: TopicArn, Tags: many })), {
        name: 'TagLimitExceededException',
      });
      assert.equal((await tags())?.length, 1);
      const gone = new ListTagsForResourceCommand({ ResourceArn: `${TopicArn}-gone` });
      await assert.rejects(client.send(gone), { name: 'ResourceNotFoundException' });
    });

    it('confirm no subscription: none waits', async () => {
      const confirm = new ConfirmSubscriptionCommand({ TopicArn, Token: 'x' });
      await assert.rejects(client.send(confirm), {
        name: 'InvalidParameterException',
        message: /no subscription waits/,
      });
    });

    it('take attributes', async () => {
      await client.send(
        new SetTopicAttributesCommand({ TopicArn, AttributeName: 'DisplayName', AttributeValue: 'Done' }),
      );
      const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
      assert.equal(Attributes?.['DisplayName'], 'Done');
      const unknown = new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Colour', AttributeValue: 'red' });
      await assert.rejects(client.send(unknown), { name: 'InvalidParameterException' });
    });

    for (const [Name, Attributes] of [
      ['a b', {}],
      ['a.fifo', {}],
      ['a', { FifoTopic: 'true' }],
      ['done', { DisplayName: 'other' }],
    ] as const) {
      it(`named ${Name} with ${JSON.stringify(Attributes)} are refused`, async () => {
        const command = new CreateTopicCommand({ Name, Attributes });
        await assert.rejects(client.send(command), { name: 'InvalidParameterException' });
      });
    }
  });

  describe('subscriptions', () => {
    it('are made once, listed, set and ended', async () => {
      const arn = await subscribe();
      assert.equal(await subscribe(), arn);
      const shown = { TopicArn, Protocol: 'sqs', SubscriptionArn: arn, Owner: '123456789012', Endpoint: queue };
      assert.deepEqual((await client.send(new ListSubscriptionsCommand())).Subscriptions, [shown]);
      assert.deepEqual((await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions, [shown]);
      const name = { SubscriptionArn: arn, AttributeName: 'RawMessageDelivery', AttributeValue: 'true' };
      await client.send(new SetSubscriptionAttributesCommand(name));
      const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }));
      assert.equal(Attributes?.['RawMessageDelivery'], 'true');
      assert.equal(Attributes?.['PendingConfirmation'], 'false');
      await client.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
      assert.deepEqual((await client.send(new ListSubscriptionsCommand())).Subscriptions, []);
      await assert.rejects(
        client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn })),
        NotFoundException,
      );
    });

    it('go with their topic', async () => {
      await subscribe();
      await client.send(new DeleteTopicCommand({ TopicArn }));
      assert.deepEqual((await client.send(new ListSubscriptionsCommand())).Subscriptions, []);
    });

    for (const [what, attributes, endpoint, protocol, message] of [
      ['https', {}, 'https://example.com', 'https', /local Lambda delivers to sqs and lambda, not to https/],
      ['an unknown protocol', {}, 'x', 'pigeon', /does not support this protocol string: pigeon/],
      ['no queue ARN', {}, 'x', 'sqs', /SQS endpoint ARN/],
      ['no function ARN', {}, queue, 'lambda', /Lambda endpoint ARN/],
      ['a FIFO queue', {}, `${queue}.fifo`, 'sqs', /FIFO SQS Queues/],
      ['raw delivery to a function', { RawMessageDelivery: 'true' }, functionArn, 'lambda', /does not support raw/],
      ['a redrive policy without a queue', { RedrivePolicy: '{}' }, queue, 'sqs', /deadLetterTargetArn/],
      ['another attribute', { SubscriptionRoleArn: 'x' }, queue, 'sqs', /does not offer SubscriptionRoleArn/],
      ['mail', {}, 'a@example.com', 'email', /not to email: it sends nothing out of this machine/],
      ['a filter that is no JSON', { FilterPolicy: '{' }, queue, 'sqs', /FilterPolicy/],
      ['a filter that is not offered', { FilterPolicy: '{"a":[{"sounds-like":"x"}]}' }, queue, 'sqs', /sounds-like/],
    ] as const) {
      it(`are refused: ${what}`, async () => {
        await assert.rejects(subscribe(attributes, endpoint, protocol), { name: 'InvalidParameterException', message });
      });
    }
  });

  describe('delivery to a queue', () => {
    it('is the pretty-printed notification, byte for byte', async () => {
      const subscription = await subscribe();
      const Message = '{"a":"é \u{1f600} /","b":"c\\n"}\n';
      const MessageId = await publish({ Message });
      const [{ arn, body, attributes, origin } = assert.fail()] = delivered;
      assert.equal(arn, queue);
      assert.deepEqual([attributes, origin], [{}, { service: 'sns' }]);
      const { Signature } = JSON.parse(body) as { readonly Signature: string };
      assert.equal(
        body,
        `{
  "Type" : "Notification",
  "MessageId" : "${MessageId}",
  "TopicArn" : "${TopicArn}",
  "Message" : "{\\"a\\":\\"é \\uD83D\\uDE00 /\\",\\"b\\":\\"c\\\\n\\"}\\n",
  "Timestamp" : "2026-09-22T17:32:55.311Z",
  "SignatureVersion" : "1",
  "Signature" : "${Signature}",
  "SigningCertURL" : "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-00000000000000000000000000000000.pem",
  "UnsubscribeURL" : "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscription}"
}`,
      );
      assert.equal((JSON.parse(body) as { readonly Message: string }).Message, Message);
    });

    it('has subject and attributes, in the order they were set', async () => {
      await subscribe();
      await publish({
        Subject: 'A subject',
        MessageAttributes: {
          RequestID: { DataType: 'String', StringValue: 'i"d' },
          ErrorCode: { DataType: 'Number', StringValue: '200' },
          Bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
        },
      });
      const body = delivered[0]?.body ?? '';
      assert.match(body, /\n {2}"TopicArn" : ".*",\n {2}"Subject" : "A subject",\n {2}"Message" : /);
      assert.ok(
        body.endsWith(`",
  "MessageAttributes" : {
    "RequestID" : {"Type":"String","Value":"i\\"d"},
    "ErrorCode" : {"Type":"Number","Value":"200"},
    "Bytes" : {"Type":"Binary","Value":"AP8="}
  }
}`),
      );
    });

    it('is the message itself where raw', async () => {
      await subscribe({ RawMessageDelivery: 'true' });
      await publish({ Message: ' é\r\n<&>', MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } });
      assert.equal(delivered[0]?.body, ' é\r\n<&>');
      assert.deepEqual(delivered[0]?.attributes, { a: { dataType: 'String', stringValue: 'b' } });
    });

    it('of another text for each protocol', async () => {
      await subscribe({ RawMessageDelivery: 'true' });
      await publish({ MessageStructure: 'json', Message: '{"default":"d","sqs":"for queues"}' });
      assert.equal(delivered[0]?.body, 'for queues');
      await assert.rejects(publish({ MessageStructure: 'json', Message: '{"sqs":"x"}' }), {
        message: /No default entry/,
      });
    });

    it('that fails stops no other', async () => {
      await subscribe({}, `${queue.slice(0, -5)}gone`);
      await subscribe();
      await publish({});
      assert.equal(delivered.length, 1);
      assert.match(warnings[0] ?? '', /could not deliver a message of .*: The queue is gone\./);
    });

    for (const [what, endpoint, protocol] of [
      ['queue', `${queue.slice(0, -5)}gone`, 'sqs'],
      ['function', `${functionArn}-gone`, 'lambda'],
    ] as const) {
      it(`to a ${what} that is gone puts what it would have got into the dead-letter queue`, async () => {
        const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `${queue}-dead` });
        const arn = await subscribe({ RedrivePolicy }, endpoint, protocol);
        const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }));
        assert.equal(Attributes?.['RedrivePolicy'], RedrivePolicy);
        await publish({ Message: 'hello' });
        assert.deepEqual(
          delivered.map((one) => one.arn),
          [`${queue}-dead`],
        );
        const body = JSON.parse(delivered[0]?.body ?? '') as {
          readonly Message?: string;
          readonly Records?: readonly { readonly Sns: { readonly Message: string } }[];
        };
        assert.equal(body.Message ?? body.Records?.[0]?.Sns.Message, 'hello');
      });
    }

    it('asks the filter', async () => {
      const arn = await subscribe({ FilterPolicy: '{"status":["failed",{"prefix":"time"}]}' });
      const status = (StringValue: string): Partial<PublishCommandInput> => {
        return { MessageAttributes: { status: { DataType: 'String', StringValue } } };
      };
      for (const input of [status('fine'), status('failed'), status('timeout'), {}]) await publish(input);
      assert.equal(delivered.length, 2);
      const set = { SubscriptionArn: arn, AttributeName: 'FilterPolicyScope', AttributeValue: 'MessageBody' };
      await client.send(new SetSubscriptionAttributesCommand(set));
      await publish({ Message: '{"status":"failed"}' });
      await publish({ Message: 'no JSON' });
      assert.equal(delivered.length, 3);
    });
  });

  it('delivers to a function as an event', async () => {
    const subscription = await subscribe({}, functionArn, 'lambda');
    const MessageId = await publish({ MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } });
    const [{ event } = assert.fail()] = invoked;
    const { Signature } =
      (event as { readonly Records: readonly { readonly Sns: { readonly Signature: string } }[] }).Records[0]?.Sns ??
      {};
    assert.deepEqual(invoked, [
      {
        functionArn,
        event: {
          Records: [
            {
              EventSource: 'aws:sns',
              EventVersion: '1.0',
              EventSubscriptionArn: subscription,
              Sns: {
                Type: 'Notification',
                MessageId,
                TopicArn,
                Subject: null,
                Message: 'hello',
                Timestamp: '2026-09-22T17:32:55.311Z',
                SignatureVersion: '1',
                Signature,
                SigningCertUrl:
                  'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-00000000000000000000000000000000.pem',
                UnsubscribeUrl: `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscription}`,
                MessageAttributes: { a: { Type: 'String', Value: 'b' } },
              },
            },
          ],
        },
      },
    ]);
  });

  describe('publishing', () => {
    it('takes batches; one that is refused stops no other', async () => {
      await subscribe({ RawMessageDelivery: 'true' });
      const result = await client.send(
        new PublishBatchCommand({
          TopicArn,
          PublishBatchRequestEntries: [
            { Id: 'a', Message: 'one' },
            { Id: 'b', Message: 'two', Subject: 'line\nbreak' },
            { Id: 'c', Message: 'three' },
          ],
        }),
      );
      assert.deepEqual(
        result.Successful?.map(({ Id }) => Id),
        ['a', 'c'],
      );
      assert.deepEqual(result.Failed, [
        { Id: 'b', Code: 'InvalidParameter', Message: 'Invalid parameter: Subject', SenderFault: true },
      ]);
      assert.deepEqual(
        delivered.map(({ body }) => body),
        ['one', 'three'],
      );
    });

    for (const [name, ids] of [
      ['EmptyBatchRequestException', []],
      ['TooManyEntriesInBatchRequestException', [...'abcdefghijk']],
      ['BatchEntryIdsNotDistinctException', ['a', 'a']],
      ['InvalidBatchEntryIdException', ['a b']],
    ] as const) {
      it(`refuses a batch: ${name}`, async () => {
        const PublishBatchRequestEntries = ids.map((Id) => ({ Id, Message: 'x' }));
        await assert.rejects(client.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries })), { name });
      });
    }

    for (const [what, input, message] of [
      ['no text', { Message: '' }, 'Invalid parameter: Empty message'],
      ['too much', { Message: 'x'.repeat(262_145) }, 'Invalid parameter: Message too long'],
      ['a phone number', { TopicArn: undefined, PhoneNumber: '+1' }, /PhoneNumber/],
      [
        'an attribute without a value',
        { MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
        /non-empty/,
      ],
      [
        'an attribute of no type',
        { MessageAttributes: { a: { DataType: 'Text', StringValue: 'x' } } },
        /invalid message attribute type/,
      ],
      [
        'a number that is none',
        { MessageAttributes: { a: { DataType: 'Number', StringValue: 'x' } } },
        /Could not cast/,
      ],
    ] as const) {
      it(`refuses ${what}`, async () => {
        await assert.rejects(publish(input), { message });
      });
    }

    it('to a topic that is not there is refused', async () => {
      await assert.rejects(publish({ TopicArn: `${TopicArn}x` }), (error) => {
        assert.ok(error instanceof NotFoundException);
        assert.equal(error.message, 'Topic does not exist');
        assert.equal(error.$metadata.httpStatusCode, 404);
        return true;
      });
    });
  });

  it('names the action that is not offered', async () => {
    await assert.rejects(client.send(new ListPhoneNumbersOptedOutCommand({})), {
      name: 'InvalidAction',
      message: 'The action ListPhoneNumbersOptedOut of Amazon SNS is not offered by local Lambda.',
    });
  });

  describe('deliveries of Lambda', () => {
    it('reach the subscribers, with the trace of the event', async () => {
      const attributes = { RawMessageDelivery: 'true' };
      const subscription = { topicArn: TopicArn, protocol: 'sqs', endpoint: queue, attributes };
      sns.declareSubscriptions([subscription]);
      sns.declareSubscriptions([subscription]);
      transaction(database.db, () => {
        sns.target.deliver(TopicArn, '{"version":"1.0"}', {}, { traceHeader: 'Root=1-a' });
      });
      assert.deepEqual(delivered, [
        { arn: queue, body: '{"version":"1.0"}', attributes: {}, origin: { service: 'sns', traceHeader: 'Root=1-a' } },
      ]);
    });

    it('subscribe only to what is there', () => {
      sns.declareSubscriptions([{ topicArn: `${TopicArn}x`, protocol: 'sqs', endpoint: queue, attributes: {} }]);
      assert.deepEqual(warnings, [
        `The subscription of ${queue} to ${TopicArn}x can't be as declared: Topic does not exist`,
      ]);
    });

    for (const [why, arn, body] of [
      ['does not exist', `${TopicArn}x`, '{}'],
      ['another region or account', TopicArn.replace('us-east-1', 'eu-west-1'), '{}'],
      ['FIFO topic', `${TopicArn}.fifo`, '{}'],
      ['takes at most 262144', TopicArn, 'x'.repeat(262_145)],
      ['not the ARN of an SNS topic', queue, '{}'],
    ] as const) {
      it(`are refused: ${why}`, () => {
        sns.ensureTopic('done.fifo', true);
        assert.throws(
          () => sns.target.deliver(arn, body, {}),
          (error) => DeliveryRefused.is(error) && error.message.includes(why),
        );
      });
    }
  });
});
