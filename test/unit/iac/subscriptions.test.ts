import assert from 'node:assert/strict';
import { problemsOf, read, samFunction } from './support.ts';

const arn = (service: string, name: string): string => `arn:aws:${service}:eu-west-1:123456789012:${name}`;
const topicArn = arn('sns', 'news');
const unpolled = 'Local Lambda does not poll queues: what the topic sends waits in the queue, and invokes no function.';

describe('Subscriptions of a template', () => {
  it('have the attributes of SNS', () => {
    const declarations = read(`
Resources:
  Large:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref News
      Protocol: sqs
      Endpoint: !GetAtt Q.Arn
      RawMessageDelivery: true
      FilterPolicyScope: MessageBody
      FilterPolicy: { total: [{ numeric: ['>', 10.50] }] }
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn }
  Text:
    Type: AWS::SNS::Subscription
    Properties:
      { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Dead.Arn, RawMessageDelivery: false, FilterPolicy: '{"a":["b"]}' }
  News: { Type: AWS::SNS::Topic, Properties: { TopicName: news } }
  Q: { Type: AWS::SQS::Queue }
  Dead: { Type: AWS::SQS::Queue }
`);
    assert.deepEqual(problemsOf(declarations), []);
    assert.deepEqual(declarations.subscriptions, [
      {
        topicArn,
        protocol: 'sqs',
        endpoint: arn('sqs', 'Q'),
        attributes: {
          RawMessageDelivery: 'true',
          FilterPolicy: '{"total":[{"numeric":[">",10.50]}]}',
          FilterPolicyScope: 'MessageBody',
          RedrivePolicy: `{"deadLetterTargetArn":"${arn('sqs', 'Dead')}"}`,
        },
      },
      { topicArn, protocol: 'sqs', endpoint: arn('sqs', 'Dead'), attributes: { FilterPolicy: '{"a":["b"]}' } },
    ]);
  });

  it('with a filter that can’t be known are none', () => {
    const { subscriptions, problems } = read(`
Resources:
  One:
    Type: AWS::SNS::Subscription
    Properties: { TopicArn: ${topicArn}, Protocol: sqs, Endpoint: ${arn('sqs', 'q')}, FilterPolicy: { a: [!ImportValue x] } }
`);
    assert.deepEqual(subscriptions, []);
    assert.match(problems[0]?.message ?? '', /Fn::ImportValue/);
  });

  it('within a topic have no attributes, as CloudFormation takes none', () => {
    const declarations = read(`
Resources:
  News:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: news
      Subscription:
        - Protocol: sqs
          Endpoint: ${arn('sqs', 'q')}
          RawMessageDelivery: true
`);
    assert.deepEqual(problemsOf(declarations), [
      'error 10:11 Within a topic, a subscription has only Protocol and Endpoint. For RawMessageDelivery, declare an AWS::SNS::Subscription.',
    ]);
    assert.deepEqual(declarations.subscriptions, [
      { topicArn, protocol: 'sqs', endpoint: arn('sqs', 'q'), attributes: {} },
    ]);
  });

  it('of a SAM function are its alias’s, with their filter', () => {
    const declarations = read(
      samFunction(
        'AutoPublishAlias: live',
        'Events:',
        '  News:',
        '    Type: SNS',
        '    Properties:',
        `      Topic: ${topicArn}`,
        '      SqsSubscription: false',
        '      FilterPolicy: { kind: [paid] }',
      ),
    );
    assert.deepEqual(problemsOf(declarations), []);
    const attributes = { FilterPolicy: '{"kind":["paid"]}' };
    const endpoint = arn('lambda', 'function:Orders:live');
    assert.deepEqual(declarations.subscriptions, [{ topicArn, protocol: 'lambda', endpoint, attributes }]);
  });

  it('of a SAM function through a queue are the queue’s: SAM’s own or a given one, and nobody polls it', () => {
    const declarations = read(
      samFunction(
        'Events:',
        '  News:',
        '    Type: SNS',
        '    Properties:',
        `      Topic: ${topicArn}`,
        '      SqsSubscription: true',
        '  Other:',
        '    Type: SNS',
        '    Properties:',
        `      Topic: ${topicArn}`,
        `      SqsSubscription: { QueueArn: ${arn('sqs', 'given')}, QueueUrl: x }`,
      ),
    );
    assert.deepEqual(problemsOf(declarations), [`warning 12:30 ${unpolled}`, `warning 17:30 ${unpolled}`]);
    assert.deepEqual(
      declarations.queues.map(({ name, arn: own, attributes }) => [name, own, attributes]),
      [['OrdersNewsQueue', arn('sqs', 'OrdersNewsQueue'), {}]],
    );
    assert.deepEqual(
      declarations.subscriptions.map(({ protocol, endpoint }) => [protocol, endpoint]),
      [
        ['sqs', arn('sqs', 'OrdersNewsQueue')],
        ['sqs', arn('sqs', 'given')],
      ],
    );
  });

  it('are none of a function that polls a queue, which is no problem', () => {
    const declarations = read(
      samFunction('Events:', '  Jobs: { Type: SQS, Properties: { Queue: !GetAtt Orders.Arn, BatchSize: 10 } }'),
    );
    assert.deepEqual([problemsOf(declarations), declarations.subscriptions, declarations.queues], [[], [], []]);
  });
});
