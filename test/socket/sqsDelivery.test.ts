import assert from 'node:assert/strict';
import { DeleteQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DeliveryRefused } from '../../src/local/deliveryTargets.ts';
import { createSqsService } from '../../src/local/sqs/sqsService.ts';
import { transaction } from '../../src/local/state/database.ts';
import { serveServices } from '../support/serviceServer.ts';
import { arnOf, type SqsHarness, sqsScope, startSqs } from '../support/sqsHarness.ts';

describe('SQS that waits and is delivered to', () => {
  let harness: SqsHarness;

  beforeEach(async () => {
    harness = await startSqs();
  });

  afterEach(() => harness[Symbol.asyncDispose]());

  describe('long polls', () => {
    it('end with the message that is sent meanwhile', async () => {
      const arrived = harness.server.nextRequest();
      const received = harness.receive({ WaitTimeSeconds: 20 });
      await arrived;
      await harness.send('now');
      assert.equal((await received)[0]?.Body, 'now');
    });

    it('end with a delivery, once its transaction is over', async () => {
      const arrived = harness.server.nextRequest();
      const received = harness.receive({ WaitTimeSeconds: 20 });
      await arrived;
      assert.throws(() =>
        transaction(harness.database.db, () => {
          harness.sqs.target.deliver(arnOf('orders'), 'rolled back', {});
          throw new Error('no');
        }),
      );
      transaction(harness.database.db, () => {
        harness.sqs.target.deliver(arnOf('orders'), 'kept', {});
      });
      assert.equal((await received)[0]?.Body, 'kept');
    });

    it('of a client that has gone take nothing', async () => {
      const arrived = harness.server.nextRequest();
      const abort = new AbortController();
      const command = new ReceiveMessageCommand({ QueueUrl: harness.queueUrl, WaitTimeSeconds: 20 });
      const gone = harness.client.send(command, { abortSignal: abort.signal });
      await arrived;
      const noticed = harness.server.nextGone();
      abort.abort();
      await assert.rejects(gone, { name: 'AbortError' });
      await noticed;
      const waiting = harness.server.nextRequest();
      const received = harness.receive({ WaitTimeSeconds: 20 });
      await waiting;
      await harness.send('for the second');
      assert.equal((await received)[0]?.Body, 'for the second');
    });

    it('end when a delayed message becomes visible, and when their time is over', async () => {
      const clocked = createSqsService({ db: harness.database.db, scope: sqsScope });
      await using own = await serveServices({ sqs: clocked.service });
      const url = `${own.endpoint}/123456789012/orders`;
      const ownClient = new SQSClient(own.clientConfig);
      await ownClient.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'late', DelaySeconds: 1 }));
      const poll = (WaitTimeSeconds: number) => new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds });
      assert.equal((await ownClient.send(poll(20))).Messages?.[0]?.Body, 'late');
      assert.equal((await ownClient.send(poll(1))).Messages, undefined);
      ownClient.destroy();
    });

    it('end with the service', async () => {
      harness.sqs.dispose();
      assert.deepEqual(await harness.receive({ WaitTimeSeconds: 20 }), []);
    });

    it('end when the queue is deleted', async () => {
      const arrived = harness.server.nextRequest();
      const received = harness.receive({ WaitTimeSeconds: 20 });
      await arrived;
      await harness.client.send(new DeleteQueueCommand({ QueueUrl: harness.queueUrl }));
      assert.deepEqual(await received, []);
    });
  });

  describe('deliveries', () => {
    it('look like those of Lambda', async () => {
      harness.sqs.target.deliver(arnOf('orders'), ' {"raise_error": 1}\n', {
        RequestID: { dataType: 'String', stringValue: 'id' },
        ErrorCode: { dataType: 'Number', stringValue: '200' },
      });
      const [message] = await harness.receive();
      assert.equal(message?.Body, ' {"raise_error": 1}\n');
      assert.deepEqual(message.MessageAttributes, {
        RequestID: { DataType: 'String', StringValue: 'id' },
        ErrorCode: { DataType: 'Number', StringValue: '200' },
      });
      assert.match(message.Attributes?.SenderId ?? '', /^AROA[0-9A-F]{17}:awslambda_1_20260922173255311$/);
      assert.match(
        message.Attributes?.AWSTraceHeader ?? '',
        /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/,
      );
    });

    it('carry the trace of the event', async () => {
      harness.sqs.target.deliver(
        arnOf('orders'),
        '{}',
        {},
        { traceHeader: 'Root=1-a;Parent=b;Sampled=0;Lineage=1:12345678:0' },
      );
      const [message] = await harness.receive();
      assert.equal(message?.Attributes?.AWSTraceHeader, 'Root=1-a;Parent=b;Sampled=0;Lineage=1:12345678:0');
    });

    it('of a rule go to a message group of a FIFO queue, each once', async () => {
      harness.sqs.ensureQueue('events.fifo', { ContentBasedDeduplication: 'true' });
      harness.sqs.ensureQueue('plain.fifo');
      const origin = { service: 'events', messageGroupId: 'g' } as const;
      const deliver = (name: string): void => harness.sqs.target.deliver(arnOf(name), '{}', {}, origin);
      deliver('events.fifo');
      deliver('events.fifo');
      const messages = await harness.receive({ QueueUrl: harness.urlOf('events.fifo'), MaxNumberOfMessages: 10 });
      assert.equal(messages.length, 1);
      assert.equal(messages[0]?.Attributes?.MessageGroupId, 'g');
      assert.match(messages[0].Attributes.SenderId ?? '', /^AIDA/);
      assert.equal(messages[0].Attributes.AWSTraceHeader, undefined);
      assert.throws(() => deliver('plain.fifo'), /needs ContentBasedDeduplication/);
    });

    for (const [why, arn, body] of [
      ['does not exist', arnOf('nope'), '{}'],
      ['another region or account', arnOf('orders').replace('us-east-1', 'eu-west-1'), '{}'],
      ['another region or account', arnOf('orders').replace('123456789012', '999999999999'), '{}'],
      ['FIFO queue', arnOf('x.fifo'), '{}'],
      ['takes at most 1048576', arnOf('orders'), 'x'.repeat(1_048_577)],
      ['not the ARN of an SQS queue', 'arn:aws:sns:us-east-1:123456789012:orders', '{}'],
    ] as const) {
      it(`are refused: ${why}`, async () => {
        harness.sqs.ensureQueue('x.fifo');
        assert.throws(
          () => harness.sqs.target.deliver(arn, body, {}),
          (error) => DeliveryRefused.is(error) && error.message.includes(why),
        );
        assert.deepEqual(await harness.receive(), []);
      });
    }
  });
});
