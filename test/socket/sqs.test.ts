import assert from 'node:assert/strict';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { arnOf, type SqsHarness, startSqs } from '../support/sqsHarness.ts';

describe('SQS over a socket', () => {
  let harness: SqsHarness;

  beforeEach(async () => {
    harness = await startSqs();
  });

  afterEach(() => harness[Symbol.asyncDispose]());

  /** Sends a request without the SDK's own checks. */
  async function raw(
    operation: string,
    body: string,
  ): Promise<{ status: number; queryError: string | null; body: unknown }> {
    const response = await fetch(harness.server.endpoint, {
      method: 'POST',
      headers: {
        'x-amz-target': `AmazonSQS.${operation}`,
        'content-type': 'application/x-amz-json-1.0',
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20260922/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
      },
      body,
    });
    return {
      status: response.status,
      queryError: response.headers.get('x-amzn-query-error'),
      body: await response.json(),
    };
  }

  describe('queues', () => {
    it('are made once, and found again by name', async () => {
      const create = new CreateQueueCommand({
        QueueName: 'new',
        Attributes: { VisibilityTimeout: '5' },
        tags: { a: 'b' },
      });
      const { QueueUrl: url } = await harness.client.send(create);
      assert.equal(url, harness.urlOf('new'));
      assert.equal((await harness.client.send(create)).QueueUrl, url);
      assert.equal((await harness.client.send(new GetQueueUrlCommand({ QueueName: 'new' }))).QueueUrl, url);
      assert.deepEqual((await harness.client.send(new ListQueueTagsCommand({ QueueUrl: url }))).Tags, { a: 'b' });
    });

    it('of the same name with other attributes are refused', async () => {
      const create = new CreateQueueCommand({ QueueName: 'orders', Attributes: { VisibilityTimeout: '5' } });
      await assert.rejects(harness.client.send(create), {
        name: 'QueueNameExists',
        message: 'A queue already exists with the same name and a different value for attribute VisibilityTimeout',
      });
    });

    for (const [name, QueueName, Attributes] of [
      ['InvalidParameterValue', 'a b', {}],
      ['InvalidParameterValue', 'x'.repeat(81), {}],
      ['InvalidParameterValue', 'a', { FifoQueue: 'true' }],
      ['InvalidParameterValue', 'a.fifo', {}],
      ['InvalidAttributeName', 'a', { Colour: 'red' }],
      ['InvalidAttributeValue', 'a', { VisibilityTimeout: '43201' }],
      ['InvalidAttributeValue', 'a', { RedrivePolicy: 'no JSON' }],
      [
        'InvalidParameterValue',
        'a',
        { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('nope'), maxReceiveCount: 2 }) },
      ],
    ] as const) {
      it(`named ${QueueName.slice(0, 9)} with ${JSON.stringify(Attributes)} are refused: ${name}`, async () => {
        const command = new CreateQueueCommand({ QueueName, Attributes: { ...Attributes } as Record<string, string> });
        await assert.rejects(harness.client.send(command), { name: new RegExp(`^${name}`) });
      });
    }

    it('are listed by prefix, a page at a time', async () => {
      for (const name of ['p1', 'p2', 'p3', 'z']) harness.sqs.ensureQueue(name);
      const first = await harness.client.send(new ListQueuesCommand({ QueueNamePrefix: 'p', MaxResults: 2 }));
      assert.deepEqual(
        first.QueueUrls,
        ['p1', 'p2'].map((name) => harness.urlOf(name)),
      );
      const { NextToken } = first;
      const second = await harness.client.send(
        new ListQueuesCommand({ QueueNamePrefix: 'p', MaxResults: 2, NextToken }),
      );
      assert.deepEqual(second.QueueUrls, [harness.urlOf('p3')]);
      assert.equal(second.NextToken, undefined);
    });

    it('tell their attributes, defaults included', async () => {
      await harness.client.send(
        new SetQueueAttributesCommand({ QueueUrl: harness.queueUrl, Attributes: { DelaySeconds: '7' } }),
      );
      const { Attributes } = await harness.client.send(
        new GetQueueAttributesCommand({ QueueUrl: harness.queueUrl, AttributeNames: ['All'] }),
      );
      assert.deepEqual(Attributes, {
        ApproximateNumberOfMessages: '0',
        ApproximateNumberOfMessagesDelayed: '0',
        ApproximateNumberOfMessagesNotVisible: '0',
        CreatedTimestamp: '1790098375',
        DelaySeconds: '7',
        LastModifiedTimestamp: '1790098375',
        MaximumMessageSize: '1048576',
        MessageRetentionPeriod: '345600',
        QueueArn: arnOf('orders'),
        ReceiveMessageWaitTimeSeconds: '0',
        SqsManagedSseEnabled: 'true',
        VisibilityTimeout: '30',
      });
      const one = await harness.client.send(
        new GetQueueAttributesCommand({ QueueUrl: harness.queueUrl, AttributeNames: ['QueueArn'] }),
      );
      assert.deepEqual(one.Attributes, { QueueArn: arnOf('orders') });
    });

    it('keep tags', async () => {
      await harness.client.send(new TagQueueCommand({ QueueUrl: harness.queueUrl, Tags: { a: '1', b: '2' } }));
      await harness.client.send(new UntagQueueCommand({ QueueUrl: harness.queueUrl, TagKeys: ['a'] }));
      assert.deepEqual((await harness.client.send(new ListQueueTagsCommand({ QueueUrl: harness.queueUrl }))).Tags, {
        b: '2',
      });
    });

    it('are purged and deleted', async () => {
      await harness.send('one');
      await harness.client.send(new PurgeQueueCommand({ QueueUrl: harness.queueUrl }));
      assert.equal(await harness.attribute('ApproximateNumberOfMessages'), '0');
      await harness.client.send(new DeleteQueueCommand({ QueueUrl: harness.queueUrl }));
      await assert.rejects(harness.send('two'), QueueDoesNotExist);
    });
  });

  describe('messages', () => {
    it('come with what SQS tells of them', async () => {
      const body = '{"a":"é<&>\u{1f600}"}\n';
      await harness.client.send(
        new SendMessageCommand({
          QueueUrl: harness.queueUrl,
          MessageBody: body,
          MessageAttributes: {
            RequestID: { DataType: 'String', StringValue: 'abc' },
            ErrorCode: { DataType: 'Number', StringValue: '200' },
            Bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
          },
          MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-x' } },
        }),
      );
      const sentAt = harness.time;
      harness.time += 5000;
      const [message] = await harness.receive();
      assert.equal(message?.Body, body);
      assert.deepEqual(message.Attributes, {
        SenderId: message.Attributes?.SenderId,
        SentTimestamp: String(sentAt),
        ApproximateFirstReceiveTimestamp: String(harness.time),
        ApproximateReceiveCount: '1',
        AWSTraceHeader: 'Root=1-x',
      });
      assert.match(message.Attributes?.SenderId ?? '', /^AIDA[A-Z2-7]{17}$/);
      assert.deepEqual(message.MessageAttributes?.['Bytes']?.BinaryValue, Uint8Array.of(0, 255));
      assert.equal(message.MessageAttributes?.['ErrorCode']?.DataType, 'Number');
    });

    it('give only the attributes asked for, by either parameter', async () => {
      await harness.send('one');
      const [none] = await harness.receive({
        MessageSystemAttributeNames: [],
        MessageAttributeNames: [],
        VisibilityTimeout: 0,
      });
      assert.equal(none?.Attributes, undefined);
      const [one] = await harness.receive({
        MessageSystemAttributeNames: [],
        AttributeNames: ['SentTimestamp'] as never,
      });
      assert.deepEqual(one?.Attributes, { SentTimestamp: String(harness.time) });
    });

    it('are hidden until the visibility time-out ends, and counted', async () => {
      await harness.send('one');
      assert.equal((await harness.receive()).length, 1);
      assert.equal((await harness.receive()).length, 0);
      assert.equal(await harness.attribute('ApproximateNumberOfMessagesNotVisible'), '1');
      harness.time += 30_000;
      const [again] = await harness.receive();
      assert.equal(again?.Attributes?.ApproximateReceiveCount, '2');
      assert.equal(again?.Attributes?.ApproximateFirstReceiveTimestamp, String(harness.time - 30_000));
    });

    it('are deleted by their latest receipt only', async () => {
      await harness.send('one');
      const [first] = await harness.receive({ VisibilityTimeout: 0 });
      const [second] = await harness.receive({ VisibilityTimeout: 0 });
      await harness.client.send(
        new DeleteMessageCommand({ QueueUrl: harness.queueUrl, ReceiptHandle: first?.ReceiptHandle }),
      );
      assert.equal(await harness.attribute('ApproximateNumberOfMessages'), '1');
      await harness.client.send(
        new DeleteMessageCommand({ QueueUrl: harness.queueUrl, ReceiptHandle: second?.ReceiptHandle }),
      );
      assert.equal(await harness.attribute('ApproximateNumberOfMessages'), '0');
    });

    it('are given back by a visibility time-out of 0', async () => {
      await harness.send('one');
      const [{ ReceiptHandle } = {}] = await harness.receive();
      await harness.client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: harness.queueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
      );
      assert.equal((await harness.receive()).length, 1);
      const late = new ChangeMessageVisibilityCommand({
        QueueUrl: harness.queueUrl,
        ReceiptHandle,
        VisibilityTimeout: 5,
      });
      await assert.rejects(harness.client.send(late), { name: /^InvalidParameterValue/ });
    });

    it('that are visible again can no longer be hidden', async () => {
      await harness.send('one');
      const [{ ReceiptHandle } = {}] = await harness.receive();
      harness.time += 30_000;
      const late = new ChangeMessageVisibilityCommand({
        QueueUrl: harness.queueUrl,
        ReceiptHandle,
        VisibilityTimeout: 5,
      });
      await assert.rejects(harness.client.send(late), { name: 'MessageNotInflight' });
    });

    it('are delayed, and expire', async () => {
      await harness.client.send(
        new SendMessageCommand({ QueueUrl: harness.queueUrl, MessageBody: 'late', DelaySeconds: 10 }),
      );
      assert.equal(await harness.attribute('ApproximateNumberOfMessagesDelayed'), '1');
      assert.equal((await harness.receive()).length, 0);
      harness.time += 10_000;
      assert.equal((await harness.receive({ VisibilityTimeout: 0 })).length, 1);
      harness.time += 345_600_000;
      assert.equal((await harness.receive()).length, 0);
    });

    it('go in batches; one that is refused stops no other', async () => {
      const Entries = [
        { Id: 'a', MessageBody: 'one' },
        { Id: 'b', MessageBody: 'two', DelaySeconds: 901 },
        { Id: 'c', MessageBody: 'three' },
      ];
      const sent = await harness.client.send(new SendMessageBatchCommand({ QueueUrl: harness.queueUrl, Entries }));
      assert.deepEqual(
        sent.Successful?.map(({ Id }) => Id),
        ['a', 'c'],
      );
      assert.deepEqual(sent.Failed, [
        {
          Id: 'b',
          Code: 'InvalidParameterValue',
          SenderFault: true,
          Message: 'Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
        },
      ]);
      const messages = await harness.receive({ MaxNumberOfMessages: 10 });
      assert.deepEqual(
        messages.map(({ Body }) => Body),
        ['one', 'three'],
      );
      const handles = messages.map(({ ReceiptHandle }, index) => ({ Id: `m${index}`, ReceiptHandle }));
      const visible = handles.map((entry) => ({ ...entry, VisibilityTimeout: 60 }));
      const changed = await harness.client.send(
        new ChangeMessageVisibilityBatchCommand({ QueueUrl: harness.queueUrl, Entries: visible }),
      );
      assert.equal(changed.Successful?.length, 2);
      const deletion = [...handles, { Id: 'bad', ReceiptHandle: 'nonsense' }];
      const deleted = await harness.client.send(
        new DeleteMessageBatchCommand({ QueueUrl: harness.queueUrl, Entries: deletion }),
      );
      assert.equal(deleted.Successful?.length, 2);
      assert.equal(deleted.Failed?.[0]?.Code, 'ReceiptHandleIsInvalid');
      assert.equal(await harness.attribute('ApproximateNumberOfMessagesNotVisible'), '0');
    });

    for (const [name, entries] of [
      ['EmptyBatchRequest', []],
      ['BatchEntryIdsNotDistinct', ['a', 'a']],
      ['InvalidBatchEntryId', ['a b']],
      ['TooManyEntriesInBatchRequest', [...'abcdefghijk']],
    ] as const) {
      it(`refuses a batch: ${name}`, async () => {
        const Entries = entries.map((Id) => ({ Id, MessageBody: 'x' }));
        await assert.rejects(
          harness.client.send(new SendMessageBatchCommand({ QueueUrl: harness.queueUrl, Entries })),
          {
            name: new RegExp(name),
          },
        );
      });
    }

    it('refuses what is too long or holds what XML has not', async () => {
      await harness.send('x'.repeat(1_048_576));
      await assert.rejects(harness.send('x'.repeat(1_048_577)), { message: /must be shorter than 1048576 bytes/ });
      await assert.rejects(harness.send('a\u0000b'), { name: 'InvalidMessageContents' });
      await assert.rejects(harness.send(''), { message: 'The request must contain the parameter MessageBody.' });
      const half = 'x'.repeat(600_000);
      const Entries = [
        { Id: 'a', MessageBody: half },
        { Id: 'b', MessageBody: half },
      ];
      await assert.rejects(harness.client.send(new SendMessageBatchCommand({ QueueUrl: harness.queueUrl, Entries })), {
        name: 'BatchRequestTooLong',
      });
    });

    for (const [input, message] of [
      [
        { MaxNumberOfMessages: 11 },
        'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
      ],
      [
        { WaitTimeSeconds: 21 },
        'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
      ],
      [{ VisibilityTimeout: -1 }, /^Value -1 for parameter VisibilityTimeout is invalid/],
    ] as const) {
      it(`refuses ${JSON.stringify(input)}`, async () => {
        await assert.rejects(harness.receive(input), { message });
      });
    }
  });

  describe('dead letters', () => {
    it('are moved once received too often', async () => {
      harness.sqs.ensureQueue('dead');
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 2 });
      await harness.client.send(
        new SetQueueAttributesCommand({ QueueUrl: harness.queueUrl, Attributes: { RedrivePolicy } }),
      );
      await harness.send('poison');
      await harness.send('fine');
      for (let round = 0; round < 2; round += 1) await harness.receive({ VisibilityTimeout: 0 });
      harness.time += 1;
      const [next] = await harness.receive();
      assert.equal(next?.Body, 'fine');
      const dead = harness.urlOf('dead');
      const [message] = await harness.receive({ QueueUrl: dead });
      assert.equal(message?.Body, 'poison');
      assert.equal(message.Attributes?.DeadLetterQueueSourceArn, arnOf('orders'));
      assert.equal(message.Attributes?.ApproximateReceiveCount, '3');
      const sources = await harness.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
      assert.deepEqual(sources.queueUrls, [harness.queueUrl]);
    });
  });

  describe('FIFO queues', () => {
    beforeEach(() => {
      harness.sqs.ensureQueue('steps.fifo', { ContentBasedDeduplication: 'true' });
      harness.queueUrl = harness.urlOf('steps.fifo');
    });

    it('keep the order of a group, and drop duplicates', async () => {
      for (const MessageBody of ['1', '2', '2', '3']) {
        await harness.client.send(
          new SendMessageCommand({ QueueUrl: harness.queueUrl, MessageBody, MessageGroupId: 'g' }),
        );
      }
      const bodies = (await harness.receive({ MaxNumberOfMessages: 2 })).map(({ Body }) => Body);
      assert.deepEqual(bodies, ['1', '2']);
      assert.deepEqual(await harness.receive(), []);
      harness.time += 30_000;
      const all = await harness.receive({ MaxNumberOfMessages: 10 });
      assert.deepEqual(
        all.map(({ Body }) => Body),
        ['1', '2', '3'],
      );
      assert.equal(all[0]?.Attributes?.MessageGroupId, 'g');
    });

    it('drop duplicates within a group only, where their deduplication scope says so', async () => {
      const QueueName = 'scoped.fifo';
      const scope = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' };
      harness.queueUrl = await harness.create(QueueName, { FifoQueue: 'true', ...scope });
      for (const MessageGroupId of ['a', 'b', 'a']) {
        const MessageBody = `of ${MessageGroupId}`;
        const group = { MessageGroupId, MessageDeduplicationId: 'same' };
        await harness.client.send(new SendMessageCommand({ QueueUrl: harness.queueUrl, MessageBody, ...group }));
      }
      const bodies = (await harness.receive({ MaxNumberOfMessages: 10 })).map(({ Body }) => Body);
      assert.deepEqual(bodies, ['of a', 'of b']);
    });

    it('want a group', async () => {
      await assert.rejects(harness.send('x'), { message: 'The request must contain the parameter MessageGroupId.' });
    });
  });

  describe('errors', () => {
    it('have the shape of AWS', async () => {
      assert.deepEqual(await raw('GetQueueUrl', '{"QueueName":"nope"}'), {
        status: 400,
        queryError: 'AWS.SimpleQueueService.NonExistentQueue;Sender',
        body: { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'The specified queue does not exist.' },
      });
      const foreign = harness.queueUrl.replace('123456789012', '999999999999');
      await assert.rejects(harness.client.send(new PurgeQueueCommand({ QueueUrl: foreign })), QueueDoesNotExist);
    });

    it('name the operation that is not offered', async () => {
      for (const name of ['Frobnicate', 'toString']) {
        assert.deepEqual(await raw(name, '{}'), {
          status: 400,
          queryError: 'InvalidAction;Sender',
          body: {
            __type: 'com.amazon.coral.service#UnknownOperationException',
            message: `The operation ${name} of Amazon SQS is not offered by local Lambda.`,
          },
        });
      }
    });

    it('tell what is no JSON, and what has the wrong type', async () => {
      const answers = [
        await raw('SendMessage', '{'),
        await raw('SendMessage', '[]'),
        await raw('GetQueueUrl', '{"QueueName":1}'),
      ];
      assert.deepEqual(
        answers.map(({ body }) => body),
        [
          'The request body is not a JSON object.',
          'The request body is not a JSON object.',
          'The value of QueueName is not a string.',
        ].map((message) => ({ __type: 'com.amazon.coral.service#SerializationException', message })),
      );
    });
  });
});
