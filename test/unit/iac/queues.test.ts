import assert from 'node:assert/strict';
import { problemsOf, read } from './support.ts';

const arn = (name: string): string => `arn:aws:sqs:eu-west-1:123456789012:${name}`;

describe('Queues of a template', () => {
  it('have the attributes of SQS, a dead-letter queue that stands later among them', () => {
    const declarations = read(`
Parameters:
  Wait: { Type: Number, Default: 20 }
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 90
      MessageRetentionPeriod: '600'
      DelaySeconds: 0
      ReceiveMessageWaitTimeSeconds: !Ref Wait
      MaximumMessageSize: 2048
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 }
  Text:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: !Sub '{"deadLetterTargetArn":"\${Dead.Arn}","maxReceiveCount":1}'
  Ordered:
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: true
      ContentBasedDeduplication: true
      DeduplicationScope: messageGroup
      FifoThroughputLimit: perMessageGroupId
  Dead:
    Type: AWS::SQS::Queue
    Properties:
      ContentBasedDeduplication: false
      RedriveAllowPolicy: { redrivePermission: byQueue, sourceQueueArns: [!GetAtt Jobs.Arn] }
`);
    assert.deepEqual(problemsOf(declarations), []);
    assert.deepEqual(
      declarations.queues.map(({ name, attributes }) => [name, attributes]),
      [
        [
          'Jobs',
          {
            DelaySeconds: '0',
            MaximumMessageSize: '2048',
            MessageRetentionPeriod: '600',
            ReceiveMessageWaitTimeSeconds: '20',
            VisibilityTimeout: '90',
            RedrivePolicy: `{"deadLetterTargetArn":"${arn('Dead')}","maxReceiveCount":3}`,
          },
        ],
        ['Text', { RedrivePolicy: `{"deadLetterTargetArn":"${arn('Dead')}","maxReceiveCount":1}` }],
        [
          'Ordered.fifo',
          {
            FifoQueue: 'true',
            ContentBasedDeduplication: 'true',
            DeduplicationScope: 'messageGroup',
            FifoThroughputLimit: 'perMessageGroupId',
          },
        ],
        ['Dead', { RedriveAllowPolicy: `{"redrivePermission":"byQueue","sourceQueueArns":["${arn('Jobs')}"]}` }],
      ],
    );
  });

  it('go without what SQS would refuse or nobody here can know, said at its place', () => {
    const declarations = read(`
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 43201
      DelaySeconds: soon
      RedrivePolicy: { deadLetterTargetArn: !ImportValue x, maxReceiveCount: 3 }
  Fifo: { Type: AWS::SQS::Queue, Properties: { QueueName: plain, FifoQueue: true } }
  Plain: { Type: AWS::SQS::Queue, Properties: { QueueName: ordered.fifo } }
`);
    assert.deepEqual(
      declarations.queues.map(({ attributes }) => attributes),
      [{}, { FifoQueue: 'true' }, {}],
    );
    assert.deepEqual(problemsOf(declarations), [
      'error 7:21 A whole number is expected here, not “soon”.',
      'error 6:26 VisibilityTimeout must be from 0 to 43200, not 43201.',
      'warning 8:58 Fn::ImportValue: what another stack exports is known only in AWS.',
      'error 9:59 A FIFO queue has FifoQueue: true and a name that ends in .fifo.',
      'error 10:60 A FIFO queue has FifoQueue: true and a name that ends in .fifo.',
    ]);
  });
});
