import assert from 'node:assert/strict';
import { problemsOf, read } from './support.ts';

/** A template whose function has one variable `X` of that value. */
function withValue(value: string): string {
  return `Parameters:
  Stage: { Type: String, Default: test }
  Names: { Type: CommaDelimitedList, Default: 'a, b' }
  NoDefault: { Type: String }
  Stored: { Type: AWS::SSM::Parameter::Value<String>, Default: /a }
Mappings:
  Sizes: { test: { timeout: 5 } }
Conditions:
  IsTest: !Equals [!Ref Stage, test]
  IsBoth: !And [!Condition IsTest, !Equals [a, b]]
  IsEither: !Or [!Condition IsTest, !Equals [a, b]]
Resources:
  Q: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub '\${Stage}-jobs' } }
  T: { Type: AWS::SNS::Topic }
  B: { Type: AWS::Events::EventBus, Properties: { Name: shop } }
  S3: { Type: AWS::S3::Bucket, Properties: { BucketName: files } }
  Table: { Type: AWS::DynamoDB::Table, Properties: { TableName: orders } }
  Rest: { Type: AWS::ApiGateway::RestApi }
  Other: { Type: AWS::Serverless::Function, Properties: { Handler: a.b, AutoPublishAlias: live } }
  Implicit:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: SQS } } }
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables:
          X: ${value}
`;
}

function valueOf(value: string): string | undefined {
  const declared = read(withValue(value));
  return declared.functions.find(({ logicalId }) => logicalId === 'Fn')?.environment['X'];
}

describe('intrinsic functions', () => {
  const known: readonly [written: string, value: string | undefined][] = [
    ['!Ref Stage', 'test'],
    ['!Ref AWS::Region', 'eu-west-1'],
    ['!Ref AWS::AccountId', '123456789012'],
    ['!Ref AWS::Partition', 'aws'],
    ['!Ref AWS::StackName', 'shop'],
    ['!Ref AWS::NoValue', undefined],
    ['!Ref Q', 'https://sqs.eu-west-1.amazonaws.com/123456789012/test-jobs'],
    ['!Ref T', 'arn:aws:sns:eu-west-1:123456789012:T'],
    ['!Ref B', 'shop'],
    ['!Ref S3', 'files'],
    ['!Ref Table', 'orders'],
    ['!Ref Other', 'Other'],
    ['!Ref Rest', 'Rest'],
    ['!Ref Other.Alias', 'arn:aws:lambda:eu-west-1:123456789012:function:Other:live'],
    ['!GetAtt Q.Arn', 'arn:aws:sqs:eu-west-1:123456789012:test-jobs'],
    ['!GetAtt [Q, QueueName]', 'test-jobs'],
    ['{ Fn::GetAtt: [Q, QueueUrl] }', 'https://sqs.eu-west-1.amazonaws.com/123456789012/test-jobs'],
    ['!GetAtt T.TopicArn', 'arn:aws:sns:eu-west-1:123456789012:T'],
    ['!GetAtt B.Arn', 'arn:aws:events:eu-west-1:123456789012:event-bus/shop'],
    ['!GetAtt S3.Arn', 'arn:aws:s3:::files'],
    ['!GetAtt Other.Arn', 'arn:aws:lambda:eu-west-1:123456789012:function:Other'],
    [
      '!GetAtt Implicit.DestinationQueue.Arn',
      'arn:aws:sqs:eu-west-1:123456789012:ImplicitEventInvokeConfigOnFailureQueue',
    ],
    ['!GetAtt ImplicitEventInvokeConfigOnFailureQueue.QueueName', 'ImplicitEventInvokeConfigOnFailureQueue'],
    ["!Sub '${AWS::Region}/${Stage}/${Q.QueueName}/${!Kept}'", 'eu-west-1/test/test-jobs/${Kept}'],
    ["!Sub ['${a}-${Stage}', { a: !Ref B }]", 'shop-test'],
    ["!Join ['-', [a, !Ref Stage, !Ref AWS::NoValue]]", 'a-test'],
    ["!Join ['+', !Ref Names]", 'a+b'],
    ["!Select [1, !Split ['/', a/b/c]]", 'b'],
    ['!Select [0, !Ref Names]', 'a'],
    ['!If [IsTest, yes, no]', 'yes'],
    ['!If [IsBoth, yes, no]', 'no'],
    ['!If [IsEither, yes, no]', 'yes'],
    ['!If [IsTest, !Ref AWS::NoValue, no]', undefined],
    ['!FindInMap [Sizes, !Ref Stage, timeout]', '5'],
    ["!FindInMap [Sizes, prod, timeout, { DefaultValue: '9' }]", '9'],
    ['!Base64 hi', 'aGk='],
    ['true', 'true'],
    ['1.50', '1.50'],
  ];
  for (const [written, value] of known) {
    it(`${written} is ${value ?? 'not there'}`, () => {
      assert.equal(valueOf(written), value);
      assert.deepEqual(problemsOf(read(withValue(written))), []);
    });
  }

  const unknown: readonly [written: string, problem: RegExp][] = [
    ['!Ref NoDefault', /^warning 30:\d+ Parameter “NoDefault” has no Default/],
    ['!Ref Stored', /^warning 30:\d+ .*Parameter Store/],
    ['!ImportValue x', /^warning 30:\d+ Fn::ImportValue/],
    ['!GetAtt Rest.RootResourceId', /^warning 30:\d+ Fn::GetAtt Rest\.RootResourceId: .*only in AWS/],
    ['!FindInMap [Sizes, prod, timeout]', /^warning 30:\d+ .*Sizes \/ prod \/ timeout/],
    ['!Select [7, !Ref Names]', /^warning 30:\d+ Fn::Select/],
    ['!GetAZs eu-west-1', /^warning 30:\d+ Fn::GetAZs/],
    ['!Ref Nothing', /^error 30:\d+ Ref Nothing: this template has no resource or parameter “Nothing”/],
    ['!GetAtt Nothing.Arn', /^error 30:\d+ Fn::GetAtt Nothing\.Arn/],
    ["!Sub 'a-${Nothing}'", /^error 30:\d+ Ref Nothing/],
    ['!If [Nothing, a, !ImportValue b]', /^error 30:\d+ There is no condition “Nothing”/],
  ];
  for (const [written, problem] of unknown) {
    it(`${written} is a problem at its place`, () => {
      const [found] = problemsOf(read(withValue(written)));
      assert.match(found ?? 'none', problem);
    });
  }

  it('that need themselves end', () => {
    const declared = read(`
Conditions: { A: !Condition A }
Resources:
  A: { Type: AWS::SQS::Queue, Properties: { QueueName: !GetAtt B.QueueName } }
  B: { Type: AWS::SQS::Queue, Properties: { QueueName: !GetAtt A.QueueName } }
  C: { Type: AWS::SQS::Queue, Condition: A }
`);
    assert.equal(declared.queues.length, 3);
    assert.match(problemsOf(declared).join('\n'), /^warning 5:\d+ Fn::GetAtt A\.QueueName/m);
  });
});
