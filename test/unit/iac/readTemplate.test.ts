import assert from 'node:assert/strict';
import { problemsOf, read, samFunction } from './support.ts';

describe('readTemplate', () => {
  it('reads a SAM function with Globals laid under it', () => {
    const { functions, problems } = read(`
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: nodejs22.x
    CodeUri: src/
    Timeout: 10
    Environment:
      Variables: { STAGE: test, SHARED: globals }
    EventInvokeConfig:
      MaximumRetryAttempts: 1
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Description: Takes orders
      Handler: orders.handler
      MemorySize: 512
      ReservedConcurrentExecutions: 0
      LoggingConfig: { LogGroup: /shop/orders }
      Environment:
        Variables: { SHARED: own, ACCOUNT: 012345678901, EMPTY: '' }
      EventInvokeConfig:
        MaximumEventAgeInSeconds: 60
`);
    assert.deepEqual(problems, []);
    assert.deepEqual(functions, [
      {
        logicalId: 'Orders',
        functionName: 'Orders',
        description: 'Takes orders',
        runtime: 'nodejs22.x',
        handler: 'orders.handler',
        codeDir: '/work/shop/src',
        timeout: 10,
        memorySize: 512,
        environment: { STAGE: 'test', SHARED: 'own', ACCOUNT: '012345678901', EMPTY: '' },
        reservedConcurrentExecutions: 0,
        eventInvokeConfigs: [{ qualifier: '$LATEST', maximumRetryAttempts: 1, maximumEventAgeInSeconds: 60 }],
        logGroup: '/shop/orders',
        location: { file: '/work/shop/template.yaml', line: 13, column: 3, endLine: 13, endColumn: 9 },
      },
    ]);
  });

  it('reads the same from JSON, with places', () => {
    const { functions, queues, problems } = read(
      `{
  "Resources": {
    "Q": { "Type": "AWS::SQS::Queue" },
    "Fn": {
      "Type": "AWS::Lambda::Function",
      "Properties": {
        "FunctionName": "fn",
        "Handler": "app.handler",
        "Runtime": "nodejs22.x",
        "Code": { "ZipFile": "exports.handler = () => 1" },
        "DeadLetterConfig": { "TargetArn": { "Fn::GetAtt": ["Q", "Arn"] } }
      }
    }
  }
}`,
      '/work/shop/template.json',
    );
    assert.deepEqual(problems, []);
    assert.equal(functions[0]?.inlineCode, 'exports.handler = () => 1');
    assert.equal(functions[0].deadLetterTargetArn, 'arn:aws:sqs:eu-west-1:123456789012:Q');
    assert.deepEqual([functions[0].timeout, functions[0].memorySize], [3, 128]);
    assert.deepEqual(functions[0].location, {
      file: '/work/shop/template.json',
      line: 4,
      column: 5,
      endLine: 4,
      endColumn: 9,
    });
    assert.equal(queues[0]?.location.line, 3);
  });

  describe('where code is', () => {
    const cases: readonly [property: string, codeDir: string | undefined][] = [
      ['CodeUri: src/', '/work/shop/src'],
      ['CodeUri: ../other', '/work/other'],
      ['CodeUri: /elsewhere/code', '/elsewhere/code'],
      ['Description: none is said', '/work/shop'],
      ['CodeUri: s3://bucket/key', undefined],
      ['CodeUri: { Bucket: b, Key: k }', undefined],
      ['CodeUri: build/app.zip', undefined],
      ['InlineCode: "exports.handler = 1"', undefined],
      ['PackageType: Image', undefined],
    ];
    for (const [property, codeDir] of cases) {
      it(property, () => {
        assert.equal(read(samFunction(property)).functions[0]?.codeDir, codeDir);
      });
    }

    it('of an esbuild build: its entry points', () => {
      const text = `${samFunction('CodeUri: src')}    Metadata:
      BuildMethod: esbuild
      BuildProperties: { EntryPoints: [orders/app.ts] }
`;
      assert.deepEqual(read(text).functions[0]?.entryPoints, ['/work/shop/src/orders/app.ts']);
    });
  });

  it('has no runtime and handler for an image', () => {
    const [fn] = read(samFunction('PackageType: Image', 'Runtime: nodejs22.x')).functions;
    assert.equal(fn?.runtime, undefined);
    assert.equal(fn?.handler, undefined);
  });

  it('reads queues, topics, buses and buckets, named or not, FIFO or not', () => {
    const { queues, topics, buses, buckets } = read(`
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Ordered: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }
  Named: { Type: AWS::SQS::Queue, Properties: { QueueName: named.fifo } }
  News: { Type: AWS::SNS::Topic, Properties: { TopicName: news } }
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: shop } }
  Files: { Type: AWS::S3::Bucket }
`);
    assert.deepEqual(
      queues.map(({ name, arn, fifo }) => [name, arn, fifo]),
      [
        ['Jobs', 'arn:aws:sqs:eu-west-1:123456789012:Jobs', false],
        ['Ordered.fifo', 'arn:aws:sqs:eu-west-1:123456789012:Ordered.fifo', true],
        ['named.fifo', 'arn:aws:sqs:eu-west-1:123456789012:named.fifo', true],
      ],
    );
    assert.deepEqual(
      [topics, buses, buckets].map(([resource]) => resource?.arn),
      [
        'arn:aws:sns:eu-west-1:123456789012:news',
        'arn:aws:events:eu-west-1:123456789012:event-bus/shop',
        'arn:aws:s3:::files',
      ],
    );
  });

  it('reads subscriptions of their own, within a topic, and of a function’s events', () => {
    const { subscriptions } = read(`
Resources:
  News:
    Type: AWS::SNS::Topic
    Properties:
      Subscription: [{ Protocol: sqs, Endpoint: !GetAtt Q.Arn }]
  Q: { Type: AWS::SQS::Queue }
  Raw:
    Type: AWS::SNS::Subscription
    Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Q.Arn, RawMessageDelivery: true }
  Reader:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Events:
        FromNews: { Type: SNS, Properties: { Topic: !Ref News } }
        Daily: { Type: Schedule, Properties: { Schedule: rate(1 day) } }
`);
    const topicArn = 'arn:aws:sns:eu-west-1:123456789012:News';
    const queue = 'arn:aws:sqs:eu-west-1:123456789012:Q';
    assert.deepEqual(subscriptions, [
      { topicArn, protocol: 'sqs', endpoint: queue, attributes: {} },
      { topicArn, protocol: 'sqs', endpoint: queue, attributes: { RawMessageDelivery: 'true' } },
      {
        topicArn,
        protocol: 'lambda',
        endpoint: 'arn:aws:lambda:eu-west-1:123456789012:function:Reader',
        attributes: {},
      },
    ]);
  });

  it('leaves out resources whose condition is false', () => {
    const { functions, queues } = read(`
Parameters:
  Stage: { Type: String, Default: test }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Not [!Condition IsProd]
Resources:
  Q: { Type: AWS::SQS::Queue, Condition: IsProd }
  Fn: { Type: AWS::Serverless::Function, Condition: IsTest, Properties: { Handler: a.b } }
`);
    assert.deepEqual(queues, []);
    assert.equal(functions.length, 1);
  });

  describe('what does not parse', () => {
    const cases: readonly [name: string, text: string, problem: RegExp][] = [
      ['a line indented wrong', 'Resources:\n  A:\n    Type: x\n   B: y\n', /^error 4:1 .*another number of spaces/],
      ['an open {', 'Resources: { A: {\nB: 1\n', /^error 2:1 .*\{ that was opened/],
      ['a tab', 'Resources:\n\tA: 1\n', /^error 2:1 .*tab/],
      ['a key twice', 'Resources: {}\nResources: {}\n', /^error 2:1 .*twice/],
      ['an open quote', 'Resources: "a\n', /^error 2:1 .*quote/],
      ['two colons', 'Resources: a: b\n', /^error 1:12 .*quotes around/],
      ['an unknown anchor', 'Resources: *nope\n', /^error 1:12 .*&nope/],
      ['two documents', 'Resources: {}\n---\na: 1\n', /^error \d+:1 .*second document/],
    ];
    for (const [name, text, problem] of cases) {
      it(name, () => {
        const declared = read(text);
        assert.deepEqual(declared.functions, []);
        assert.equal(declared.problems.length, 1, 'one problem, not those that follow from it');
        assert.match(problemsOf(declared)[0] ?? '', problem);
      });
    }

    it('JSON', () => {
      const [problem] = problemsOf(read('{\n  "Resources": {\n    "A": }\n}', 'template.json'));
      assert.match(problem ?? '', /^error 3:10 Not valid JSON: a value is missing here/);
    });

    for (const text of ['', '# nothing\n', 'just text', '- 1\n- 2', 'Resources: 12', 'Resources:\n']) {
      it(`${JSON.stringify(text)} declares nothing, and says so`, () => {
        const declared = read(text);
        assert.match(problemsOf(declared)[0] ?? '', /^warning 1:1 This template declares no Resources/);
      });
    }
  });

  it('never throws, whatever it reads', () => {
    const bomb = ['a0: &a0 [x]', ...Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`)];
    const texts = [
      [...bomb, 'Resources: {}'].join('\n'),
      `Resources: ${'{a: '.repeat(5_000)}`,
      `Resources: {A: ${'['.repeat(3_000)}${']'.repeat(3_000)}}`,
      'Resources: {A: 1, B: [], C: {Type: []}, D: {Type: AWS::Serverless::Function, Properties: []}}',
      'Resources: {A: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt [A, QueueName]}}}',
      samFunction('EventInvokeConfig: 1', 'Environment: x', 'Events: []', 'DeadLetterQueue: y', 'Timeout: {}'),
      samFunction('EventInvokeConfig: !If [A]', 'Timeout: !Select []', 'MemorySize: !Join x', 'Role: !FindInMap []'),
      '\u0000\u0001',
      '? [a, b]\n: c\nResources: {? {x: 1} : 2}',
    ];
    for (const text of texts) assert.ok(Array.isArray(read(text).problems), text.slice(0, 60));
  });

  it('knows the aliases of a function', () => {
    const { functions } = read(`${samFunction('AutoPublishAlias: live')}
  Other: { Type: AWS::Lambda::Alias, Properties: { Name: beta, FunctionName: !Ref Orders, FunctionVersion: '1' } }
  Elsewhere: { Type: AWS::Lambda::Alias, Properties: { Name: x, FunctionName: nobody, FunctionVersion: '1' } }
`);
    assert.deepEqual(functions[0]?.aliases, ['live', 'beta']);
  });
});
