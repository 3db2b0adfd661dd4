import assert from 'node:assert/strict';
import { problemsOf, read, samFunction } from './support.ts';

const queue = 'arn:aws:sqs:eu-west-1:123456789012';
const topic = 'arn:aws:sns:eu-west-1:123456789012';

function destination(...lines: readonly string[]): string {
  return samFunction('EventInvokeConfig:', '  DestinationConfig:', ...lines.map((line) => `    ${line}`));
}

describe('EventInvokeConfig', () => {
  it('of SAM makes the queue or topic that has no destination', () => {
    const declared = read(destination('OnSuccess: { Type: SNS }', 'OnFailure: { Type: SQS }'));
    assert.deepEqual(declared.functions[0]?.eventInvokeConfigs, [
      {
        qualifier: '$LATEST',
        onSuccess: `${topic}:OrdersEventInvokeConfigOnSuccessTopic`,
        onFailure: `${queue}:OrdersEventInvokeConfigOnFailureQueue`,
      },
    ]);
    assert.deepEqual(declared.queues, [
      {
        logicalId: 'OrdersEventInvokeConfigOnFailureQueue',
        name: 'OrdersEventInvokeConfigOnFailureQueue',
        arn: `${queue}:OrdersEventInvokeConfigOnFailureQueue`,
        fifo: false,
        attributes: {},
        location: { file: '/work/shop/template.yaml', line: 10, column: 30, endLine: 10, endColumn: 33 },
      },
    ]);
    assert.equal(declared.topics[0]?.logicalId, 'OrdersEventInvokeConfigOnSuccessTopic');
    assert.deepEqual(declared.problems, []);
  });

  it('of SAM makes it too where a condition takes the destination away', () => {
    const text = `Conditions: { Own: !Equals [a, b] }\n${destination('OnFailure: { Type: SQS, Destination: !If [Own, "arn:aws:sqs:eu-west-1:123456789012:own", !Ref AWS::NoValue] }')}`;
    assert.equal(
      read(text).functions[0]?.eventInvokeConfigs[0]?.onFailure,
      `${queue}:OrdersEventInvokeConfigOnFailureQueue`,
    );
  });

  it('of SAM is under the published alias', () => {
    const declared = read(samFunction('AutoPublishAlias: live', 'EventInvokeConfig: { MaximumRetryAttempts: 0 }'));
    assert.deepEqual(declared.functions[0]?.eventInvokeConfigs, [{ qualifier: 'live', maximumRetryAttempts: 0 }]);
  });

  const wrong: readonly [name: string, lines: readonly string[], problem: string][] = [
    [
      'a type SAM does not know',
      ['OnFailure: { Type: Kafka }'],
      "error 9:30 Resource with id [Orders] is invalid. 'Type: Kafka' must be one of ['SQS', 'SNS', 'EventBridge', 'Lambda', 'S3Bucket']",
    ],
    [
      'no type',
      ['OnFailure: { Destination: x }'],
      "error 9:22 Resource with id [Orders] is invalid. 'Type: None' must be one of ['SQS', 'SNS', 'EventBridge', 'Lambda', 'S3Bucket']",
    ],
    [
      'no destination where SAM makes none',
      ['OnFailure: { Type: Lambda }'],
      "error 9:30 Resource with id [Orders] is invalid. Destination is required if Type is not ['SQS', 'SNS']",
    ],
    [
      'no ARN',
      ['OnFailure: { Type: SQS, Destination: jobs }'],
      'error 9:48 A destination is an ARN, and “jobs” is none. Use Fn::GetAtt with Arn (Ref for a topic).',
    ],
    [
      'a FIFO queue',
      [`OnFailure: { Type: SQS, Destination: '${queue}:a.fifo' }`],
      `error 9:48 The destination ARN ${queue}:a.fifo is invalid. A FIFO queue can’t be a destination.`,
    ],
    [
      'a FIFO topic',
      [`OnFailure: { Type: SNS, Destination: '${topic}:a.fifo' }`],
      "error 9:48 FIFO-type Amazon SNS topics aren't supported as a destination.",
    ],
    [
      'a bucket on success',
      ["OnSuccess: { Type: S3Bucket, Destination: 'arn:aws:s3:::files' }"],
      'error 9:53 An S3 bucket can be a destination on failure only.',
    ],
    [
      'the function itself',
      ['OnFailure: { Type: Lambda, Destination: !GetAtt Orders.Arn }'],
      "error 9:59 You can't specify the function as a destination for itself.",
    ],
    [
      'another service',
      ["OnFailure: { Type: SQS, Destination: 'arn:aws:iam::123456789012:role/x' }"],
      'error 9:48 “arn:aws:iam::123456789012:role/x” can’t be a destination: only queues, topics, functions, event buses and buckets can.',
    ],
    [
      'a type that is not the destination’s',
      [`OnFailure: { Type: SNS, Destination: '${queue}:a' }`],
      'warning 9:48 Type is SNS, but this is the ARN of another kind (SQS): on AWS the function’s role would lack the permission to deliver.',
    ],
  ];
  for (const [name, lines, problem] of wrong) {
    it(`has a problem with ${name}`, () => {
      assert.deepEqual(problemsOf(read(destination(...lines))), [problem]);
    });
  }

  for (const [setting, problem] of [
    ['MaximumRetryAttempts: 3', 'MaximumRetryAttempts must be from 0 to 2, not 3.'],
    ['MaximumEventAgeInSeconds: 59', 'MaximumEventAgeInSeconds must be from 60 to 21600, not 59.'],
    ['MaximumRetryAttempts: many', 'A whole number is expected here, not “many”.'],
  ]) {
    it(`has a problem with ${setting}`, () => {
      const declared = read(samFunction(`EventInvokeConfig: { ${setting} }`));
      assert.match(problemsOf(declared)[0] ?? '', new RegExp(`^error 7:\\d+ ${problem}$`));
    });
  }

  it('of CloudFormation joins the function it names', () => {
    const declared = read(`
Resources:
  Fn: { Type: AWS::Lambda::Function, Properties: { FunctionName: fn } }
  Q: { Type: AWS::SQS::Queue }
  Config:
    Type: AWS::Lambda::EventInvokeConfig
    Properties:
      FunctionName: !Ref Fn
      Qualifier: $LATEST
      DestinationConfig: { OnFailure: { Destination: !GetAtt Q.Arn } }
  Empty:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: { FunctionName: !GetAtt Fn.Arn, Qualifier: live }
  Stray:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: { FunctionName: other, Qualifier: live, MaximumRetryAttempts: 0 }
`);
    assert.deepEqual(declared.functions[0]?.eventInvokeConfigs, [
      { qualifier: '$LATEST', onFailure: `${queue}:Q` },
      { qualifier: 'live' },
    ]);
    assert.deepEqual(problemsOf(declared), [
      'error 13:17 You must specify at least one of error handling or destination setting.',
      'warning 16:33 This template declares no function “other”.',
    ]);
  });
});

describe('DeadLetterQueue', () => {
  const cases: readonly [property: string, problem: RegExp | undefined][] = [
    [`DeadLetterQueue: { Type: SQS, TargetArn: '${queue}:dead' }`, undefined],
    ['DeadLetterQueue: { Type: SQS }', /requires Type and TargetArn properties to be specified/],
    ['DeadLetterQueue: { Type: Kafka, TargetArn: x }', /requires Type of \['SNS', 'SQS'\]/],
    [
      "DeadLetterQueue: { Type: SQS, TargetArn: 'arn:aws:lambda:eu-west-1:123456789012:function:f' }",
      /^error 7:48 .*queue or topic/,
    ],
    [`DeadLetterQueue: { Type: SQS, TargetArn: '${queue}:dead.fifo' }`, /^error 7:48 .*FIFO/],
  ];
  for (const [property, problem] of cases) {
    it(property, () => {
      const problems = problemsOf(read(samFunction(property)));
      assert.equal(problems.length, problem ? 1 : 0, problems.join());
      if (problem) assert.match(problems[0] ?? '', problem);
    });
  }
});

describe('function names', () => {
  it('that AWS would refuse, or that are there twice, are problems at the function', () => {
    const long = 'x'.repeat(65);
    const names = [long, 'a b', 'same', 'same'];
    const resources = names.map(
      (name, index) =>
        `  F${index}: { Type: AWS::Serverless::Function, Properties: { FunctionName: '${name}', Handler: a.b } }`,
    );
    assert.deepEqual(problemsOf(read(`Resources:\n${resources.join('\n')}\n`)), [
      `error 2:3 A function name has at most 64 characters; “${long}” has 65.`,
      'error 3:3 A function name has only letters, digits, - and _; “a b” has others.',
      'error 5:3 “F3” and “F2” have the same name, “same”.',
    ]);
  });
});
