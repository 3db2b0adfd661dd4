import assert from 'node:assert/strict';
import { DeliveryRefused, type DeliveryTarget } from '../../../../src/local/deliveryTargets.ts';
import { arnOf, failure, QueueHarness, queueArn } from '../../../support/queueHarness.ts';

const deadLetters = 'arn:aws:sqs:us-east-1:000000000000:dead-letters';
const topicArn = 'arn:aws:sns:us-east-1:000000000000:topic';

describe('Deliveries', () => {
  let harness: QueueHarness;
  beforeEach(() => {
    harness = new QueueHarness();
    harness.environments.behave = () => failure;
  });
  afterEach(() => harness[Symbol.asyncDispose]());

  /** `fn` fails at once, and its failure goes to these. */
  function failTo(onFailure: string | undefined, deadLetterTargetArn?: string): void {
    harness.functions.add('fn', deadLetterTargetArn === undefined ? {} : { deadLetterTargetArn });
    harness.functions.configure('fn', { maximumRetryAttempts: 0, ...(onFailure === undefined ? {} : { onFailure }) });
  }

  function dropped(): readonly string[] {
    return harness.ofKind('delivery').map(({ status, reason }) => (status === 'dropped' ? (reason ?? '') : status));
  }

  it('goes to the dead-letter queue first, then to the destination', async () => {
    failTo(queueArn, deadLetters);
    harness.send(' {"raise_error": 1}\n');
    await harness.run();
    const [first, second, ...more] = harness.sqs.all();
    assert.deepEqual(first, {
      arn: deadLetters,
      body: ' {"raise_error": 1}\n',
      attributes: {
        RequestID: { dataType: 'String', stringValue: 'r1' },
        ErrorCode: { dataType: 'Number', stringValue: '200' },
        ErrorMessage: { dataType: 'String', stringValue: 'no' },
      },
      origin: { service: 'lambda', traceHeader: harness.environments.requests[0]?.traceId },
    });
    assert.deepEqual(Object.keys(first.attributes), ['RequestID', 'ErrorCode', 'ErrorMessage']);
    assert.equal(second?.arn, queueArn);
    assert.deepEqual(more, []);
    assert.deepEqual(
      harness.ofKind('delivery').map(({ deliveryId, role, body }) => [deliveryId, role, body]),
      [
        ['r1:deadLetterQueue', 'deadLetterQueue', first.body],
        ['r1:onFailure', 'onFailure', second.body],
      ],
    );
  });

  it('sends nothing to a dead-letter queue on success', async () => {
    failTo(queueArn, deadLetters);
    harness.environments.behave = () => ({});
    harness.send();
    await harness.run();
    assert.deepEqual(harness.sqs.all(), []);
  });

  it('publishes to topics', async () => {
    failTo(topicArn, topicArn);
    harness.send();
    await harness.run();
    assert.deepEqual(
      harness.sns.all().map(({ arn, attributes }) => [arn, Object.keys(attributes)]),
      [
        [topicArn, ['RequestID', 'ErrorCode', 'ErrorMessage']],
        [topicArn, []],
      ],
    );
  });

  it('tells a dead-letter queue of a throttled event, without lineage as it never ran', async () => {
    harness.functions.add('fn', { reservedConcurrentExecutions: 1, deadLetterTargetArn: deadLetters });
    harness.functions.configure('fn', { maximumEventAgeInSeconds: 60 });
    harness.environments.behave = () => ({ until: new Promise(() => undefined) });
    harness.send();
    await harness.settle();
    harness.send();
    await harness.run();
    assert.deepEqual(
      harness.sqs.all().map(({ attributes, origin }) => [attributes, origin?.traceHeader]),
      [
        [
          {
            RequestID: { dataType: 'String', stringValue: 'r2' },
            ErrorCode: { dataType: 'Number', stringValue: '429' },
            ErrorMessage: { dataType: 'String', stringValue: 'Rate Exceeded.' },
          },
          'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0',
        ],
      ],
    );
  });

  it('tells a dead-letter queue of a deleted function', async () => {
    failTo(undefined, deadLetters);
    harness.send();
    harness.functions.remove('fn');
    await harness.run();
    assert.deepEqual(harness.sqs.all()[0]?.attributes, {
      RequestID: { dataType: 'String', stringValue: 'r1' },
      ErrorCode: { dataType: 'Number', stringValue: '404' },
      ErrorMessage: { dataType: 'String', stringValue: `Function not found: ${arnOf('fn')}:$LATEST` },
    });
  });

  it('tells a dead-letter queue of zero reserved concurrency without a code', async () => {
    harness.functions.add('fn', { reservedConcurrentExecutions: 0, deadLetterTargetArn: deadLetters });
    harness.send();
    await harness.run();
    assert.deepEqual(harness.sqs.all()[0]?.attributes, {
      RequestID: { dataType: 'String', stringValue: 'r1' },
      ErrorMessage: {
        dataType: 'String',
        stringValue: 'Function not invoked. Function isconfigured with zero reserved concurrent executions',
      },
    });
  });

  it('cuts an error message after 1024 bytes', async () => {
    failTo(undefined, deadLetters);
    const errorMessage = `${'x'.repeat(1022)}\u20ac\u20ac`;
    harness.environments.behave = () => ({ status: 'error', payload: JSON.stringify({ errorMessage }) });
    harness.send();
    await harness.run();
    assert.equal(harness.sqs.all()[0]?.attributes['ErrorMessage']?.stringValue, `${'x'.repeat(1022)}\ufffd`);
  });

  it('leaves the error message out when there is none', async () => {
    failTo(undefined, deadLetters);
    harness.environments.behave = (_, nth) => ({
      status: 'error',
      payload: nth === 1 ? 'not JSON' : '{"errorMessage":""}',
    });
    harness.send();
    harness.send();
    await harness.run();
    for (const { attributes } of harness.sqs.all())
      assert.deepEqual(Object.keys(attributes), ['RequestID', 'ErrorCode']);
    assert.equal(harness.sqs.all().length, 2);
  });

  for (const [what, arn, reason] of [
    ['EventBridge', 'arn:aws:events:us-east-1:000000000000:event-bus/default', /runs without EventBridge/],
    ['S3', 'arn:aws:s3:::bucket', /runs without S3/],
    ['another service', 'arn:aws:kinesis:us-east-1:000000000000:stream/s', /can't deliver to arn:aws:kinesis/],
    ['a FIFO queue', `${queueArn}.fifo`, /FIFO/],
    ['a FIFO topic', `${topicArn}.fifo`, /FIFO/],
    ['a function that is not there', arnOf('nobody'), /Function not found: /],
    ['a version that is not there', `${arnOf('fn')}:9`, /Function not found: /],
    ['another region', arnOf('fn').replace('us-east-1', 'eu-west-1'), /another account or region/],
  ] as const) {
    it(`drops what goes to ${what}, and says why; the dead-letter queue gets its own`, async () => {
      failTo(arn, deadLetters);
      harness.send();
      await harness.run();
      const [deadLetter, record, ...more] = harness.ofKind('delivery');
      assert.equal(deadLetter?.status, 'delivered');
      assert.equal(record?.status, 'dropped');
      assert.match(record.reason ?? '', reason);
      assert.match(record.body, /^\{"version":"1.0"/);
      assert.deepEqual(more, []);
      assert.equal(harness.log.filter((line) => reason.test(line)).length, 1);
      assert.equal(harness.ofKind('outcome')[0]?.condition, 'RetriesExhausted');
      assert.deepEqual(harness.queue.counts(), { queued: 0, running: 0 });
    });
  }

  it('drops for a dead-letter queue that fails, and the destination gets its own', async () => {
    failTo(queueArn, arnOf('fn'));
    harness.send();
    await harness.run();
    assert.deepEqual(dropped(), [`Only a queue or a topic can be a dead-letter queue: ${arnOf('fn')}.`, 'delivered']);
  });

  it('drops a record over the limit of a target', async () => {
    const payload = JSON.stringify('x'.repeat(262_000));
    failTo(topicArn);
    harness.send(payload);
    await harness.run();
    failTo(queueArn);
    harness.send(payload);
    await harness.run();
    harness.send(JSON.stringify('x'.repeat(1_048_500)));
    await harness.run();
    const [toTopic, toQueue, tooBig] = dropped();
    assert.match(toTopic ?? '', /^\d+ bytes are too many for an SNS message \(limit 262144\)/);
    assert.equal(toQueue, 'delivered');
    assert.match(tooBig ?? '', /^\d+ bytes are too many for an SQS message \(limit 1048576\)/);
  });

  for (const [what, arn, bytes] of [
    ['a function', arnOf('next'), 1_048_576],
    ['a bus', 'arn:aws:events:us-east-1:000000000000:event-bus/default', 1_048_576],
  ] as const) {
    it(`drops a record over the limit of ${what}`, async () => {
      await harness[Symbol.asyncDispose]();
      const got: string[] = [];
      harness = new QueueHarness({ targets: { EventBridge: { deliver: (_, body) => void got.push(body) } } });
      harness.functions.add('next');
      harness.environments.behave = ({ definition }) => (definition.functionName === 'fn' ? failure : {});
      failTo(arn);
      harness.send(JSON.stringify('x'.repeat(bytes - 1000)));
      await harness.run();
      harness.send(JSON.stringify('x'.repeat(bytes - 100)));
      await harness.run();
      const [fits = '', tooBig = ''] = dropped();
      assert.equal(fits, 'delivered');
      assert.match(tooBig, new RegExp(`bytes are too many for an .+ \\(limit ${bytes}\\)`));
    });
  }

  for (const [what, error, reason] of [
    ['refuses', new DeliveryRefused('The queue does not exist.'), 'The queue does not exist.'],
    [
      'fails',
      new TypeError('oops'),
      'Local Lambda could not deliver it because of an error of its own: TypeError: oops',
    ],
  ] as const) {
    it(`takes back what a target wrote that ${what}`, async () => {
      await harness[Symbol.asyncDispose]();
      const target: DeliveryTarget = {
        deliver: (...delivery) => {
          harness.sqs.deliver(...delivery);
          throw error;
        },
      };
      harness = new QueueHarness({ targets: { SQS: target } });
      failTo(queueArn);
      harness.environments.behave = () => failure;
      harness.send();
      await harness.run();
      assert.deepEqual(dropped(), [reason]);
      assert.deepEqual(harness.sqs.all(), []);
      assert.equal(harness.ofKind('outcome').length, 1);
    });
  }

  it('does without a service that is not there', async () => {
    await harness[Symbol.asyncDispose]();
    harness = new QueueHarness({ targets: {} });
    failTo(queueArn);
    harness.environments.behave = () => failure;
    harness.send();
    await harness.run();
    assert.deepEqual(dropped(), [`This local Lambda runs without SQS: ${queueArn}.`]);
  });
});
