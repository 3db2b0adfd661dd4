import assert from 'node:assert/strict';
import {
  AddPermissionCommand,
  CancelMessageMoveTaskCommand,
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  RemovePermissionCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
} from '@aws-sdk/client-sqs';
import { createSqsService } from '../../src/local/sqs/sqsService.ts';
import { serveServices } from '../support/serviceServer.ts';
import { arnOf, type SqsHarness, sqsScope, startSqs } from '../support/sqsHarness.ts';

const redrive = (name: string, maxReceiveCount: unknown = 1): Record<string, string> => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(name), maxReceiveCount }),
});

describe('SQS administration over a socket', () => {
  let harness: SqsHarness;
  let QueueUrl: string;

  beforeEach(async () => {
    harness = await startSqs();
    QueueUrl = harness.queueUrl;
  });

  afterEach(() => harness[Symbol.asyncDispose]());

  const set = (Attributes: Record<string, string>, url = QueueUrl) =>
    harness.client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));

  describe('attributes', () => {
    for (const [Attributes, name, message] of [
      [{ VisibilityTimeout: '43201' }, 'InvalidAttributeValue', 'Invalid value for the parameter VisibilityTimeout.'],
      [{ DelaySeconds: '901' }, 'InvalidAttributeValue', 'Invalid value for the parameter DelaySeconds.'],
      [{ DelaySeconds: 'x' }, 'InvalidAttributeValue', 'Invalid value for the parameter DelaySeconds.'],
      [{ MaximumMessageSize: '1023' }, 'InvalidAttributeValue', 'Invalid value for the parameter MaximumMessageSize.'],
      [{ MessageRetentionPeriod: '59' }, 'InvalidAttributeValue', /MessageRetentionPeriod\.$/],
      [{ ReceiveMessageWaitTimeSeconds: '21' }, 'InvalidAttributeValue', /ReceiveMessageWaitTimeSeconds\.$/],
      [{ KmsDataKeyReusePeriodSeconds: '59' }, 'InvalidAttributeValue', /KmsDataKeyReusePeriodSeconds\.$/],
      [{ Policy: '{' }, 'InvalidAttributeValue', 'Invalid value for the parameter Policy.'],
      [{ Colour: 'red' }, 'InvalidAttributeName', 'Unknown Attribute Colour.'],
      [{ QueueArn: 'x' }, 'InvalidAttributeName', 'Unknown Attribute QueueArn.'],
      [{ FifoQueue: 'true' }, 'InvalidAttributeName', 'Unknown Attribute FifoQueue.'],
      [{ DeduplicationScope: 'queue' }, 'InvalidAttributeName', 'Unknown Attribute DeduplicationScope.'],
      [
        { RedrivePolicy: 'x' },
        'InvalidAttributeValue',
        'Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON map.',
      ],
      [
        { RedrivePolicy: '{"maxReceiveCount":1}' },
        'InvalidParameterValue',
        'Value {"maxReceiveCount":1} for parameter RedrivePolicy is invalid. Reason: Redrive policy does not contain mandatory attribute: deadLetterTargetArn.',
      ],
      [redrive('orders', 1001), 'InvalidParameterValue', /Invalid value for maxReceiveCount: 1001, valid values are/],
      [redrive('nope'), 'InvalidParameterValue', /Reason: Dead letter target does not exist\.$/],
      [{ RedriveAllowPolicy: '{"redrivePermission":"byQueue"}' }, 'InvalidAttributeValue', /RedriveAllowPolicy/],
    ] as const) {
      it(`${JSON.stringify(Attributes)} are refused`, async () => {
        await assert.rejects(set({ ...Attributes } as Record<string, string>), {
          name: new RegExp(`^${name}(Exception)?$`),
          message,
        });
      });
    }

    it('are removed by an empty value', async () => {
      await harness.create('dead');
      await set(redrive('dead', '3'));
      const shown = `{"deadLetterTargetArn":"${arnOf('dead')}","maxReceiveCount":3}`;
      assert.equal(await harness.attribute('RedrivePolicy'), shown);
      await set({ RedrivePolicy: '' });
      assert.equal(await harness.attribute('RedrivePolicy'), undefined);
    });

    it('tell when they were set last, which tags do not change', async () => {
      harness.time += 60_000;
      await harness.client.send(new TagQueueCommand({ QueueUrl, Tags: { a: 'b' } }));
      const created = (await harness.attribute('CreatedTimestamp')) ?? '';
      assert.equal(await harness.attribute('LastModifiedTimestamp'), created);
      await set({ DelaySeconds: '1' });
      assert.equal(await harness.attribute('LastModifiedTimestamp'), String(Number(created) + 60));
    });

    it('have a key in place of SQS’s own encryption, and what FIFO queues add', async () => {
      const fifo = await harness.create('a.fifo', { FifoQueue: 'true', KmsMasterKeyId: 'alias/k' });
      const names = ['All' as const];
      const { Attributes = {} } = await harness.client.send(
        new GetQueueAttributesCommand({ QueueUrl: fifo, AttributeNames: names }),
      );
      const { FifoQueue, ContentBasedDeduplication, DeduplicationScope, FifoThroughputLimit } = Attributes;
      assert.deepEqual(
        [FifoQueue, ContentBasedDeduplication, DeduplicationScope, FifoThroughputLimit],
        ['true', 'false', 'queue', 'perQueue'],
      );
      assert.deepEqual(
        [Attributes.SqsManagedSseEnabled, Attributes.KmsMasterKeyId, Attributes.KmsDataKeyReusePeriodSeconds],
        ['false', 'alias/k', '300'],
      );
    });

    it('that mean the same do not make a queue another one', async () => {
      await harness.create('dead');
      const create = (Attributes: Record<string, string>) =>
        harness.client.send(new CreateQueueCommand({ QueueName: 'same', Attributes }));
      await create(redrive('dead', 3));
      await create(redrive('dead', '3'));
      await assert.rejects(create(redrive('dead', 4)), {
        message: 'A queue already exists with the same name and a different value for attribute RedrivePolicy',
      });
    });
  });

  it('purges a queue once in 60 seconds', async () => {
    const purge = () => harness.client.send(new PurgeQueueCommand({ QueueUrl }));
    await purge();
    harness.time += 59_999;
    await assert.rejects(purge(), {
      name: 'PurgeQueueInProgress',
      message: 'Only one PurgeQueue operation on orders is allowed every 60 seconds.',
    });
    harness.time += 1;
    await harness.send('one');
    await purge();
    assert.equal(await harness.attribute('ApproximateNumberOfMessages'), '0');
  });

  it('adds and removes permissions in the queue’s policy', async () => {
    const add = (Label: string, Actions: string[], AWSAccountIds = ['111111111111']) =>
      harness.client.send(new AddPermissionCommand({ QueueUrl, Label, Actions, AWSAccountIds }));
    const remove = (Label: string) => harness.client.send(new RemovePermissionCommand({ QueueUrl, Label }));
    await add('one', ['SendMessage']);
    await add('two', ['SendMessage', 'ReceiveMessage'], ['111111111111', '222222222222']);
    assert.deepEqual(JSON.parse((await harness.attribute('Policy')) ?? ''), {
      Version: '2008-10-17',
      Id: `${arnOf('orders')}/SQSDefaultPolicy`,
      Statement: [
        {
          Sid: 'one',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::111111111111:root' },
          Action: 'SQS:SendMessage',
          Resource: arnOf('orders'),
        },
        {
          Sid: 'two',
          Effect: 'Allow',
          Principal: { AWS: ['arn:aws:iam::111111111111:root', 'arn:aws:iam::222222222222:root'] },
          Action: ['SQS:SendMessage', 'SQS:ReceiveMessage'],
          Resource: arnOf('orders'),
        },
      ],
    });
    await assert.rejects(add('one', ['SendMessage']), {
      message: /parameter Label is invalid\. Reason: Already exists/,
    });
    await assert.rejects(add('x', ['Fly']), { message: /^Value SQS:Fly for parameter ActionName is invalid/ });
    await assert.rejects(add('x', [...'12345678']), { name: 'OverLimit' });
    await assert.rejects(add('x', ['SendMessage'], ['me']), { message: /parameter PrincipalId is invalid/ });
    await remove('one');
    await remove('two');
    assert.equal(await harness.attribute('Policy'), undefined);
    await assert.rejects(remove('one'), {
      message: "Value one for parameter Label is invalid. Reason: can't find label on existing policy.",
    });
  });

  describe('a dead-letter queue', () => {
    let dead: string;

    beforeEach(async () => {
      dead = await harness.create('dead');
    });

    it('lists its sources, a page at a time', async () => {
      for (const name of ['s1', 's2', 's3']) await harness.create(name, redrive('dead'));
      const list = (NextToken?: string) =>
        harness.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead, MaxResults: 2, NextToken }));
      const first = await list();
      assert.deepEqual(first.queueUrls, ['s1', 's2'].map(harness.urlOf));
      const second = await list(first.NextToken);
      assert.deepEqual([second.queueUrls, second.NextToken], [[harness.urlOf('s3')], undefined]);
    });

    it('takes letters only of those that it allows', async () => {
      const allow = (policy: unknown) => set({ RedriveAllowPolicy: JSON.stringify(policy) }, dead);
      await allow({ redrivePermission: 'denyAll' });
      await assert.rejects(set(redrive('dead')), {
        message: /RedriveAllowPolicy of the dead-letter queue does not allow/,
      });
      await allow({ redrivePermission: 'byQueue', sourceQueueArns: [arnOf('orders')] });
      await set(redrive('dead'));
      await assert.rejects(harness.create('other', redrive('dead')), { name: /^InvalidParameterValue/ });
    });
  });

  describe('tasks that move messages', () => {
    let dead: string;

    beforeEach(async () => {
      dead = await harness.create('dead');
      await harness.create('elsewhere');
      await set(redrive('dead'));
    });

    const start = (input: { DestinationArn?: string; MaxNumberOfMessagesPerSecond?: number } = {}, name = 'dead') =>
      harness.client.send(new StartMessageMoveTaskCommand({ SourceArn: arnOf(name), ...input }));
    const list = async (MaxResults?: number) => {
      const command = new ListMessageMoveTasksCommand({ SourceArn: arnOf('dead'), MaxResults });
      return (await harness.client.send(command)).Results ?? [];
    };

    /** Sends messages, and lets each become a dead letter. */
    async function bury(...bodies: string[]): Promise<void> {
      for (const body of bodies) await harness.send(body);
      for (const _ of bodies) await harness.receive({ VisibilityTimeout: 0 });
      await harness.receive();
      assert.equal(await harness.attribute('ApproximateNumberOfMessages', dead), String(bodies.length));
    }

    /** The next messages of a queue, waited for. */
    const arrival = (name: string) => harness.receive({ QueueUrl: harness.urlOf(name), WaitTimeSeconds: 20 });

    it('bring dead letters back to where they came from, as new messages', async () => {
      await bury('poison');
      harness.time += 1000;
      const arrived = arrival('orders');
      await start();
      const [message] = await arrived;
      assert.equal(message?.Body, 'poison');
      assert.deepEqual(
        [message.Attributes?.ApproximateReceiveCount, message.Attributes?.SentTimestamp],
        ['1', String(harness.time)],
      );
      assert.equal(message.Attributes?.DeadLetterQueueSourceArn, undefined);
      assert.deepEqual(await list(), [
        {
          ApproximateNumberOfMessagesMoved: 1,
          ApproximateNumberOfMessagesToMove: 1,
          SourceArn: arnOf('dead'),
          StartedTimestamp: harness.time,
          Status: 'COMPLETED',
        },
      ]);
    });

    it('bring them to another queue, and keep to a rate until they are cancelled', async () => {
      await bury('1', '2', '3');
      const arrived = arrival('elsewhere');
      const { TaskHandle } = await start({ DestinationArn: arnOf('elsewhere'), MaxNumberOfMessagesPerSecond: 2 });
      await assert.rejects(start(), { message: /^There is already a task running\./ });
      assert.equal((await list())[0]?.TaskHandle, TaskHandle);
      assert.equal((await arrived)[0]?.Body, '1');
      const cancelled = await harness.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
      assert.equal(cancelled.ApproximateNumberOfMessagesMoved, 1);
      const [task] = await list();
      assert.deepEqual(
        [task?.Status, task?.TaskHandle, task?.MaxNumberOfMessagesPerSecond, task?.ApproximateNumberOfMessagesToMove],
        ['CANCELLED', undefined, 2, 3],
      );
      await assert.rejects(harness.client.send(new CancelMessageMoveTaskCommand({ TaskHandle })), {
        name: 'UnsupportedOperation',
      });
    });

    it('fail for letters that came from nowhere, and when the destination goes', async () => {
      harness.queueUrl = dead;
      await harness.send('sent here');
      harness.queueUrl = QueueUrl;
      await start();
      const first = await ended();
      assert.deepEqual([first?.Status, first?.FailureReason], ['FAILED', 'CouldNotDetermineMessageSource']);
      await start({ DestinationArn: arnOf('elsewhere'), MaxNumberOfMessagesPerSecond: 10 });
      await harness.client.send(new DeleteQueueCommand({ QueueUrl: harness.urlOf('elsewhere') }));
      const second = await ended();
      assert.deepEqual([second?.Status, second?.FailureReason], ['FAILED', 'AWS.SimpleQueueService.NonExistentQueue']);
      assert.equal((await list(10)).length, 2);
    });

    /** The latest task once it runs no more: each look is a request, so tasks get their turn. */
    async function ended() {
      for (;;) {
        const [task] = await list();
        if (task?.Status !== 'RUNNING') return task;
      }
    }

    it('go on after a restart', async () => {
      await bury('1', '2');
      await start({ MaxNumberOfMessagesPerSecond: 10 });
      harness.sqs.dispose();
      const again = createSqsService({ db: harness.database.db, scope: sqsScope, now: () => harness.time });
      await using server = await serveServices({ sqs: again.service });
      const client = new SQSClient(server.clientConfig);
      const command = new ReceiveMessageCommand({
        QueueUrl: `${server.endpoint}/${sqsScope.account}/orders`,
        WaitTimeSeconds: 20,
      });
      for (const body of ['1', '2']) assert.equal((await client.send(command)).Messages?.[0]?.Body, body);
      client.destroy();
      again.dispose();
    });

    it('are refused as by AWS', async () => {
      const missing = (name: string) => `The resource that you specified for the ${name} parameter doesn't exist.`;
      await assert.rejects(start({}, 'orders'), { message: 'Source queue must be configured as a Dead Letter Queue.' });
      await assert.rejects(start({}, 'nope'), { name: 'ResourceNotFoundException', message: missing('SourceArn') });
      await assert.rejects(start({ DestinationArn: arnOf('nope') }), { message: missing('DestinationArn') });
      await assert.rejects(start({ MaxNumberOfMessagesPerSecond: 501 }), { message: /Must be between 1 and 500/ });
      await assert.rejects(list(11), { message: /Must be between 1 and 10/ });
      const cancel = (TaskHandle: string) => harness.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
      await assert.rejects(cancel('nonsense'), { message: 'Value for parameter TaskHandle is invalid.' });
      const handle = Buffer.from(JSON.stringify({ taskId: 'x', sourceArn: arnOf('dead') })).toString('base64');
      await assert.rejects(cancel(handle), { name: 'ResourceNotFoundException', message: 'Task does not exist.' });
    });
  });
});
