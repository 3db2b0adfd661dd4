import assert from 'node:assert/strict';
import { readTemplate } from '../../../../src/iac/readTemplate.ts';
import { DeclaredResources } from '../../../../src/local/project/declaredResources.ts';
import { createSnsService } from '../../../../src/local/sns/snsService.ts';
import { TopicTable } from '../../../../src/local/sns/topicTable.ts';
import { QueueTable } from '../../../../src/local/sqs/queueTable.ts';
import { createSqsService, type SqsService } from '../../../../src/local/sqs/sqsService.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../../../support/localDatabase.ts';

const scope = { region: 'us-east-1', account: '000000000000' };
const arn = (service: string, name: string): string => `arn:aws:${service}:us-east-1:000000000000:${name}`;
const ignore = (): void => undefined;

describe('What a template declares of queues and topics', () => {
  let database: TemporaryDatabase;
  let sqs: SqsService;
  let queues: QueueTable;
  let topics: TopicTable;
  let warnings: string[];

  beforeEach(() => {
    database = temporaryDatabase();
    warnings = [];
  });
  afterEach(() => {
    sqs.dispose();
    database[Symbol.dispose]();
  });

  /** As when local Lambda starts, or the template changes: what is known is only in the database. */
  const declare = (...resources: readonly string[]): void => {
    const log = {
      ...{ trace: ignore, debug: ignore, info: ignore, error: ignore },
      warn: (message: string): void => void warnings.push(message),
    };
    const { db } = database;
    sqs = createSqsService({ db, scope, log });
    const sns = createSnsService({ db, scope, queues: sqs.target, invokeAsync: ignore, log });
    queues = new QueueTable(db, scope);
    topics = new TopicTable(db, scope);
    const rest = { s3: { ensureBucket: ignore }, events: { ensureBus: ignore, declareRules: ignore } };
    const text = ['Resources:', ...resources.map((line) => `  ${line}`), ''].join('\n');
    const declarations = readTemplate({ file: '/p/template.yaml', text, scope });
    new DeclaredResources(scope, { sqs, sns, ...rest }, log).ensureDeclared(declarations);
  };
  const queue = (properties: string, id = 'Q'): string =>
    `${id}: { Type: AWS::SQS::Queue, Properties: { ${properties} } }`;
  const attributes = (name = 'Q'): unknown => queues.find(name)?.attributes;
  /** What SetQueueAttributes does. */
  const set = (changed: Readonly<Record<string, string>>): void => {
    const one = queues.find('Q');
    assert.ok(one);
    queues.update(one, { attributes: { ...one.attributes, ...changed } }, 0);
  };

  describe('queues', () => {
    it('are set as declared, also where they are there already', () => {
      declare(queue(''));
      assert.deepEqual(attributes(), {});
      declare(queue('VisibilityTimeout: 90, DelaySeconds: 1'));
      assert.deepEqual(attributes(), { VisibilityTimeout: '90', DelaySeconds: '1' });
    });

    it('keep what the API set until that attribute’s own declaration changes', () => {
      declare(queue('VisibilityTimeout: 90, DelaySeconds: 1'));
      set({ VisibilityTimeout: '5', DelaySeconds: '6', MaximumMessageSize: '2000' });
      declare(queue('VisibilityTimeout: 90, DelaySeconds: 1'));
      assert.deepEqual(attributes(), { VisibilityTimeout: '5', DelaySeconds: '6', MaximumMessageSize: '2000' });
      declare(queue('VisibilityTimeout: 91, DelaySeconds: 1'));
      assert.deepEqual(attributes(), { VisibilityTimeout: '91', DelaySeconds: '6', MaximumMessageSize: '2000' });
    });

    it('have the default again of what is declared no more', () => {
      declare(
        queue('VisibilityTimeout: 90, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2 }'),
        queue('', 'Dead'),
      );
      declare(queue(''), queue('', 'Dead'));
      assert.deepEqual(attributes(), {});
    });

    it('stay when the template has them no more, as they are', () => {
      declare(queue('VisibilityTimeout: 90'));
      declare('Other: { Type: AWS::SQS::Queue }');
      assert.deepEqual(attributes(), { VisibilityTimeout: '90' });
    });

    it('that were deleted are made anew, as declared', () => {
      declare(queue('VisibilityTimeout: 90'));
      const one = queues.find('Q');
      assert.ok(one);
      queues.remove(one);
      declare(queue('VisibilityTimeout: 90'));
      assert.deepEqual(attributes(), { VisibilityTimeout: '90' });
    });

    it('have dead-letter queues that stand later, that consent, or that nobody declares', () => {
      const policy = (target: string): string =>
        `RedrivePolicy: { deadLetterTargetArn: ${target}, maxReceiveCount: '2' }`;
      declare(
        queue(policy('!GetAtt Dead.Arn')),
        queue(policy(arn('sqs', 'elsewhere')), 'R'),
        queue('RedriveAllowPolicy: { redrivePermission: byQueue, sourceQueueArns: [!GetAtt Q.Arn] }', 'Dead'),
        queue(`FifoQueue: true, ${policy('!GetAtt FifoDead.Arn')}`, 'Fifo'),
        queue('FifoQueue: true, ContentBasedDeduplication: true', 'FifoDead'),
      );
      assert.deepEqual(warnings, []);
      const kept = (name: string): string =>
        JSON.stringify({ deadLetterTargetArn: arn('sqs', name), maxReceiveCount: 2 });
      assert.deepEqual(attributes(), { RedrivePolicy: kept('Dead') });
      assert.deepEqual(attributes('R'), { RedrivePolicy: kept('elsewhere') });
      assert.deepEqual(attributes('Fifo.fifo'), { FifoQueue: 'true', RedrivePolicy: kept('FifoDead.fifo') });
      assert.deepEqual(attributes('FifoDead.fifo'), { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
      assert.deepEqual(attributes('elsewhere'), {});
    });

    it('may get a dead-letter queue together with its consent', () => {
      declare(queue(''), queue('RedriveAllowPolicy: { redrivePermission: denyAll }', 'Dead'));
      declare(
        queue('RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2 }'),
        queue('RedriveAllowPolicy: { redrivePermission: allowAll }', 'Dead'),
      );
      assert.deepEqual(warnings, []);
      assert.match(JSON.stringify(attributes()), /Dead/);
    });

    it('go without an attribute that SQS refuses, which is told and tried again', () => {
      const wrong = queue('ContentBasedDeduplication: true, VisibilityTimeout: 90');
      declare(wrong, queue('QueueName: "a b"', 'Odd'));
      assert.deepEqual(attributes(), { VisibilityTimeout: '90' });
      assert.deepEqual(warnings, [
        "Queue a b can't be made: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
        'Queue Q goes without the ContentBasedDeduplication that the template declares: Unknown Attribute ContentBasedDeduplication.',
      ]);
      declare(wrong);
      assert.equal(warnings.length, 3);
    });
  });

  describe('subscriptions', () => {
    const topic = 'T: { Type: AWS::SNS::Topic }';
    const subscription = (properties: string, endpoint = 'q'): string =>
      `S${endpoint}: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref T, Protocol: sqs, Endpoint: ${arn('sqs', endpoint)}, ${properties} } }`;
    const subscriptions = (): unknown =>
      topics.subscriptions({}).map(({ endpoint, attributes: kept }) => [endpoint.split(':').at(-1), kept]);
    const first = (): string => topics.subscriptions({})[0]?.arn ?? '';

    it('are set as declared, their queues and dead-letter queues made', () => {
      declare(
        subscription(
          `RawMessageDelivery: true, FilterPolicy: { a: [b] }, RedrivePolicy: { deadLetterTargetArn: ${arn('sqs', 'dead')} }`,
        ),
        topic,
      );
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('sqs', 'dead') });
      assert.deepEqual(subscriptions(), [
        ['q', { RawMessageDelivery: 'true', FilterPolicy: '{"a":["b"]}', RedrivePolicy }],
      ]);
      assert.deepEqual([attributes('q'), attributes('dead')], [{}, {}]);
      assert.deepEqual(warnings, []);
    });

    it('keep what the API set until that attribute’s own declaration changes', () => {
      declare(topic, subscription('RawMessageDelivery: true, FilterPolicy: { a: [b] }'));
      topics.setSubscriptionAttributes(first(), { FilterPolicy: '{"x":["y"]}' });
      declare(topic, subscription('RawMessageDelivery: true, FilterPolicy: { a: [b] }'));
      assert.deepEqual(subscriptions(), [['q', { FilterPolicy: '{"x":["y"]}' }]]);
      declare(topic, subscription('RawMessageDelivery: true, FilterPolicy: { a: [c] }'));
      assert.deepEqual(subscriptions(), [['q', { FilterPolicy: '{"a":["c"]}' }]]);
      declare(topic, subscription(''));
      assert.deepEqual(subscriptions(), [['q', {}]]);
    });

    it('stay unsubscribed until their declaration changes; a topic made anew has them again', () => {
      declare(topic, subscription('RawMessageDelivery: true'));
      topics.unsubscribe(first());
      declare(topic, subscription('RawMessageDelivery: true'));
      assert.deepEqual(subscriptions(), []);
      declare(topic, subscription('RawMessageDelivery: true, FilterPolicy: { a: [b] }'));
      const all = [['q', { RawMessageDelivery: 'true', FilterPolicy: '{"a":["b"]}' }]];
      assert.deepEqual(subscriptions(), all);
      topics.remove(arn('sns', 'T'));
      declare(topic, subscription('RawMessageDelivery: true, FilterPolicy: { a: [b] }'));
      assert.deepEqual(subscriptions(), all);
    });

    it('go when the template has them no more; those of the API stay', () => {
      declare(topic, subscription(''), subscription('', 'r'));
      topics.subscribe(arn('sns', 'T'), 'sqs', arn('sqs', 'own'), {});
      declare(topic, subscription('', 'r'));
      assert.deepEqual(subscriptions(), [
        ['r', {}],
        ['own', {}],
      ]);
      declare(topic);
      assert.deepEqual(subscriptions(), [['own', {}]]);
      // Forgotten as well: it is new when it comes back.
      declare(topic, subscription('', 'r'));
      assert.deepEqual(subscriptions(), [
        ['own', {}],
        ['r', {}],
      ]);
    });

    it('that are declared twice are one, and the API’s changes stay then too', () => {
      const twice = ['A', 'B'].map(
        (id) =>
          `${id}: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref T, Protocol: sqs, Endpoint: ${arn('sqs', 'q')}, FilterPolicy: { k: [${id}] } } }`,
      );
      declare(topic, ...twice);
      assert.deepEqual(subscriptions(), [['q', { FilterPolicy: '{"k":["B"]}' }]]);
      topics.setSubscriptionAttributes(first(), {});
      declare(topic, ...twice);
      assert.deepEqual(subscriptions(), [['q', {}]]);
    });

    it('with a filter that SNS refuses are not made, and stay as they were, which is told', () => {
      const wrong = subscription('FilterPolicy: { a: b }');
      declare(topic, wrong, subscription('', 'r'));
      assert.deepEqual(subscriptions(), [['r', {}]]);
      assert.match(warnings[0] ?? '', /^The subscription of .*:q to .*:T can't be as declared: .*FilterPolicy/);
      declare(topic, subscription('FilterPolicy: { a: [b] }'));
      declare(topic, wrong);
      assert.deepEqual(subscriptions(), [['q', { FilterPolicy: '{"a":["b"]}' }]]);
      assert.equal(warnings.length, 2);
    });
  });
});
