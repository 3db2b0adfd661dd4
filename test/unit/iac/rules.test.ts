import assert from 'node:assert/strict';
import { problemsOf, read, samFunction } from './support.ts';

const arn = (service: string, name: string): string => `arn:aws:${service}:eu-west-1:123456789012:${name}`;

function rulesOf(text: string): { readonly rules: unknown; readonly problems: readonly string[] } {
  const declarations = read(text);
  const rules = declarations.rules.map(({ location, ...rule }) => ({ ...rule, line: location.line }));
  return { rules, problems: problemsOf(declarations) };
}

describe('EventBridge rules', () => {
  it('of CloudFormation, their intrinsics resolved', () => {
    const { rules, problems } = rulesOf(`
Parameters:
  Source: { Type: String, Default: shop }
Resources:
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: shop-bus } }
  Queue: { Type: AWS::SQS::Queue }
  Fifo: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Description: Large orders
      EventBusName: !Ref Bus
      State: DISABLED
      EventPattern:
        source: [!Ref Source, !If [No, other, !Ref AWS::NoValue]]
        account: ['012345678901']
        detail:
          total: [{ numeric: ['>', 10.50] }]
          'null': [null, true, '', 5]
          absent: !Ref AWS::NoValue
      Targets:
        - Id: queue
          Arn: !GetAtt Queue.Arn
          InputTransformer: { InputPathsMap: { t: $.detail.total }, InputTemplate: '"<t>"' }
          DeadLetterConfig: { Arn: !GetAtt Queue.Arn }
        - { Id: fifo, Arn: !GetAtt Fifo.Arn, SqsParameters: { MessageGroupId: g }, InputPath: $.detail }
  Plain:
    Type: AWS::Events::Rule
    Properties: { Name: named, EventBusName: !GetAtt Bus.Arn, EventPattern: '{"source": ["a"]}' }
Conditions:
  No: !Equals [a, b]
`);
    assert.deepEqual(problems, []);
    assert.deepEqual(rules, [
      {
        logicalId: 'Rule',
        name: 'Rule',
        bus: 'shop-bus',
        eventPattern:
          '{"source":["shop"],"account":["012345678901"],"detail":{"total":[{"numeric":[">",10.50]}],"null":[null,true,"",5]}}',
        targets: [
          {
            id: 'queue',
            arn: arn('sqs', 'Queue'),
            inputTransformer: { pathsMap: { t: '$.detail.total' }, template: '"<t>"' },
            deadLetterArn: arn('sqs', 'Queue'),
          },
          { id: 'fifo', arn: arn('sqs', 'Fifo.fifo'), messageGroupId: 'g', inputPath: '$.detail' },
        ],
        line: 8,
        enabled: false,
        description: 'Large orders',
      },
      {
        logicalId: 'Plain',
        name: 'named',
        bus: 'shop-bus',
        eventPattern: '{"source": ["a"]}',
        targets: [],
        line: 27,
        enabled: true,
      },
    ]);
  });

  it('of a SAM function, with the queue that SAM makes for what is not delivered', () => {
    const text = samFunction(
      'AutoPublishAlias: live',
      'Events:',
      '  Ordered:',
      '    Type: EventBridgeRule',
      '    Properties:',
      '      Pattern: { source: [shop] }',
      '      EventBusName: shop-bus',
      '      Input: \'{"a":1}\'',
      '      DeadLetterConfig: { Type: SQS }',
      '  Old:',
      '    Type: CloudWatchEvent',
      '    Properties: { Pattern: { source: [aws.ec2] }, Enabled: false }',
      '  Named:',
      '    Type: EventBridgeRule',
      '    Properties: { Pattern: { source: [x] }, RuleName: own, State: DISABLED, Target: { Id: t } }',
    );
    const { rules, problems } = rulesOf(text);
    assert.deepEqual(problems, []);
    const fn = arn('lambda', 'function:Orders:live');
    assert.deepEqual(rules, [
      {
        logicalId: 'OrdersOrdered',
        name: 'OrdersOrdered',
        bus: 'shop-bus',
        eventPattern: '{"source":["shop"]}',
        targets: [
          {
            id: 'OrdersOrderedLambdaTarget',
            arn: fn,
            input: '{"a":1}',
            deadLetterArn: arn('sqs', 'OrdersOrderedQueue'),
          },
        ],
        line: 9,
        enabled: true,
      },
      {
        logicalId: 'OrdersOld',
        name: 'OrdersOld',
        bus: 'default',
        eventPattern: '{"source":["aws.ec2"]}',
        targets: [{ id: 'OrdersOldLambdaTarget', arn: fn }],
        line: 16,
        enabled: false,
      },
      {
        logicalId: 'OrdersNamed',
        name: 'own',
        bus: 'default',
        eventPattern: '{"source":["x"]}',
        targets: [{ id: 't', arn: fn }],
        line: 19,
        enabled: false,
      },
    ]);
    assert.deepEqual(
      read(text).queues.map(({ name }) => name),
      ['OrdersOrderedQueue'],
    );
  });

  it('whose pattern AWS would refuse are a problem at its place, and no rule', () => {
    const { rules, problems } = rulesOf(`
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: { source: shop }
`);
    assert.deepEqual(rules, []);
    assert.deepEqual(problems, [
      'error 6:21 Event pattern is not valid. Reason: "source" must be an object or an array',
    ]);
  });

  it('whose pattern, bus or name can’t be known are none, with the reason given once', () => {
    const { rules, problems } = rulesOf(`
Resources:
  One:
    Type: AWS::Events::Rule
    Properties: { EventPattern: { source: [!ImportValue x] } }
  Two:
    Type: AWS::Events::Rule
    Properties: { EventBusName: !ImportValue x, EventPattern: { source: [a] } }
`);
    assert.deepEqual(rules, []);
    assert.equal(problems.length, 2);
    assert.ok(problems.every((problem) => problem.includes('Fn::ImportValue')));
  });

  it('with a schedule get a warning', () => {
    const message = 'Local Lambda has no schedules: what is declared here runs on AWS only.';
    const { rules, problems } = rulesOf(`
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 day)
`);
    assert.deepEqual(rules, []);
    assert.deepEqual(problems, [`warning 6:27 ${message}`]);
    const sam = rulesOf(samFunction('Events:', '  Daily: { Type: Schedule, Properties: { Schedule: rate(1 day) } }'));
    assert.deepEqual(sam.problems, [`warning 8:24 ${message}`]);
  });
});
