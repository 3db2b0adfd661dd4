import assert from 'node:assert/strict';
import {
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import type { InvocationPiece } from '../../src/model/invocation.ts';
import type { LocalProjectEvent } from '../../src/protocol/localEvents.ts';
import { runLocalLambda, writeFiles, type TestLocalLambda } from '../support/localLambda.ts';

const account = '000000000000';
const roleArn = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
const targets = {
  queue: `arn:aws:sqs:us-east-1:${account}:results`,
  topic: `arn:aws:sns:us-east-1:${account}:results`,
  bus: `arn:aws:events:us-east-1:${account}:event-bus/results`,
  fn: `arn:aws:lambda:us-east-1:${account}:function:receives`,
  bucket: 'arn:aws:s3:::results',
};

/** A function of the template that fails, its properties given. */
const fails = (id: string, properties: string): string => `
  ${id}:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: ${id}
      Runtime: nodejs22.x
      Handler: index.handler
      Code: { ZipFile: "exports.handler = async () => { throw new Error('no'); };" }
      ${properties}
`;

const template = (policies: string): string => `
Parameters:
  Stream: { Type: String }
Resources:
${fails('fails', `Role: ${roleArn('worker')}`)}
${fails('receives', `Role: ${roleArn('nobody-knows-it')}`)}
${fails('declared', 'Role: !GetAtt DeclaredRole.Arn')}
${fails('partly', 'Role: !GetAtt PartlyKnownRole.Arn')}
  sam:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: sam
      Runtime: nodejs22.x
      Handler: index.handler
      InlineCode: "exports.handler = async () => { throw new Error('no'); };"
      EventInvokeConfig: { MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Type: SQS } } }
  DeclaredRole:
    Type: AWS::IAM::Role
    Properties:
      Path: /teams/
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] }
      Policies:
        - PolicyName: send
          PolicyDocument: { Version: '2012-10-17', Statement: ${policies} }
  PartlyKnownRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] }
      Policies:
        - PolicyName: send
          PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: 'sqs:*', Resource: !Ref Stream } }
  DeclaredConfig:
    Type: AWS::Lambda::EventInvokeConfig
    Properties:
      { FunctionName: declared, Qualifier: $LATEST, MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: !GetAtt Queue.Arn } } }
  PartlyConfig:
    Type: AWS::Lambda::EventInvokeConfig
    Properties:
      { FunctionName: partly, Qualifier: $LATEST, MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: !GetAtt Queue.Arn } } }
  Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: results } }
`;

describe('execution roles', function () {
  this.timeout(60_000);
  let local: TestLocalLambda;
  let lambda: LambdaClient;
  let iam: IAMClient;
  const read: LocalProjectEvent[] = [];
  let onRead: (() => void) | undefined;

  beforeEach(async () => {
    local = await runLocalLambda({
      files: { 'template.yaml': template('[]') },
      onProject: (event) => {
        read.push(event);
        onRead?.();
      },
    });
    lambda = new LambdaClient(local.clientConfig);
    iam = new IAMClient(local.clientConfig);
    await iam.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: '{}' }));
  });

  afterEach(async () => {
    lambda?.destroy();
    iam?.destroy();
    await local?.[Symbol.asyncDispose]();
  });

  const allow = (...statements: readonly (readonly [action: string, resource: string])[]): Promise<unknown> =>
    iam.send(
      new PutRolePolicyCommand({
        RoleName: 'worker',
        PolicyName: 'p',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: statements.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource })),
        }),
      }),
    );
  const setOnFailure = (Destination: string, FunctionName = 'fails'): Promise<unknown> => {
    const DestinationConfig = { OnFailure: { Destination } };
    return lambda.send(
      new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 0, DestinationConfig }),
    );
  };
  const setDeadLetters = (TargetArn: string): Promise<unknown> =>
    lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'fails', DeadLetterConfig: { TargetArn } }));
  /** Sends an event, and gives what was delivered of it. */
  async function deliveries(
    FunctionName: string,
    count = 1,
  ): Promise<readonly Extract<InvocationPiece, { kind: 'delivery' }>[]> {
    const { $metadata } = await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event' }));
    const { requestId } = $metadata;
    const found = (pieces: readonly InvocationPiece[]): Extract<InvocationPiece, { kind: 'delivery' }>[] =>
      pieces.filter((piece) => piece.kind === 'delivery').filter((piece) => piece.requestId === requestId);
    return found(await local.pieces((pieces) => found(pieces).length >= count));
  }

  const refusals = [
    [
      targets.queue,
      'sqs:SendMessage',
      `The function's execution role does not have permissions to call SendMessage on ${targets.queue}`,
    ],
    [
      targets.topic,
      'sns:Publish',
      `The function's execution role does not have permissions to call Publish on ${targets.topic}`,
    ],
    [
      targets.bus,
      'events:PutEvents',
      `The function execution role does not have permissions to call PutEvents on ${targets.bus}`,
    ],
    [
      targets.fn,
      'lambda:InvokeFunction',
      `The function execution role does not have permissions to call InvokeFunction on ${targets.fn}`,
    ],
    [targets.bucket, 's3:ListBucket', 'The function execution role does not have permissions to call ListBucket on S3'],
  ] as const;
  for (const [arn, action, message] of refusals) {
    it(`without ${action}: the destination is refused when it is set`, async () => {
      const refusal = { name: 'InvalidParameterValueException', message };
      await assert.rejects(setOnFailure(arn), refusal);
      await allow([action, `${arn}-of-somebody-else`]);
      await assert.rejects(setOnFailure(arn), refusal);
      await allow([action, arn]);
      await setOnFailure(arn);
      await allow(['logs:*', '*']);
      const DestinationConfig = { OnFailure: { Destination: arn } };
      const update = new UpdateFunctionEventInvokeConfigCommand({ FunctionName: 'fails', DestinationConfig });
      await assert.rejects(lambda.send(update), refusal);
    });
  }

  it('without the right: a dead-letter queue is refused when a function is made or changed', async () => {
    const refusal = (call: string): object => ({
      name: 'InvalidParameterValueException',
      message: `The provided execution role does not have permissions to call ${call}`,
    });
    await assert.rejects(setDeadLetters(targets.queue), refusal('SendMessage on SQS'));
    await assert.rejects(setDeadLetters(targets.topic), refusal('Publish on SNS'));
    const create = {
      FunctionName: 'new',
      Role: roleArn('worker'),
      PackageType: 'Image' as const,
      Code: { ImageUri: 'x' },
      DeadLetterConfig: { TargetArn: targets.queue },
    };
    await assert.rejects(lambda.send(new CreateFunctionCommand(create)), refusal('SendMessage on SQS'));
    await allow(['sqs:SendMessage', targets.queue]);
    await setDeadLetters(targets.queue);
    await lambda.send(new CreateFunctionCommand(create));
    // A role without the right is refused where there is a dead-letter queue.
    await iam.send(new CreateRoleCommand({ RoleName: 'poor', AssumeRolePolicyDocument: '{}' }));
    const poorer = new UpdateFunctionConfigurationCommand({ FunctionName: 'fails', Role: roleArn('poor') });
    await assert.rejects(lambda.send(poorer), refusal('SendMessage on SQS'));
  });

  it('are judged again at each delivery: what the role may not do is dropped, and shown as dropped', async () => {
    await allow(['sqs:SendMessage', targets.queue], ['sns:Publish', targets.topic]);
    await setDeadLetters(targets.topic);
    await setOnFailure(targets.queue);
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'worker', PolicyName: 'p' }));
    const [deadLetter, destination] = await deliveries('fails', 2);
    const refusal = (call: string): string =>
      `The execution role ${roleArn('worker')} must not call ${call}: none of its policies allows it.`;
    assert.equal(deadLetter?.status === 'dropped' && deadLetter.reason, refusal(`sns:Publish on ${targets.topic}`));
    assert.equal(
      destination?.status === 'dropped' && destination.reason,
      refusal(`sqs:SendMessage on ${targets.queue}`),
    );
    assert.ok(local.complaints.some((line) => line.includes(refusal(`sqs:SendMessage on ${targets.queue}`))));

    await allow(['sqs:SendMessage', targets.queue]);
    const again = await deliveries('fails', 2);
    assert.deepEqual(
      again.map(({ status }) => status),
      ['dropped', 'delivered'],
    );
  });

  for (const [arn, admitted, needed] of [
    [targets.bus, 'events:PutEvents', 'events:PutEvents'],
    [targets.fn, 'lambda:InvokeFunction', 'lambda:InvokeFunction'],
    [targets.bucket, 's3:ListBucket', 's3:PutObject'],
  ] as const) {
    it(`without ${needed}: nothing is delivered to ${arn}`, async () => {
      await allow([admitted, arn]);
      await setOnFailure(arn);
      if (admitted === needed) await allow([needed, `${arn}-of-somebody-else`]);
      const [dropped] = await deliveries('fails');
      assert.ok(dropped?.status === 'dropped' && dropped.reason?.includes(`must not call ${needed} on ${arn}`));
      await allow([needed, arn === targets.bucket ? `${arn}/aws/lambda/async/fails/*` : arn]);
      assert.deepEqual(
        (await deliveries('fails')).map(({ status }) => status),
        ['delivered'],
      );
    });
  }

  it('names the policy that denies', async () => {
    await allow(['*', '*']);
    await setOnFailure(targets.queue);
    const denied = {
      Effect: 'Deny',
      Action: 'sqs:*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': true } },
    };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [denied] });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: 'd', PolicyDocument }));
    const [dropped] = await deliveries('fails');
    assert.match((dropped?.status === 'dropped' && dropped.reason) || '', /a policy denies it \(role_worker_d\)\.$/);
  });

  it('that local IAM does not know may do everything', async () => {
    for (const arn of Object.values(targets).filter((target) => target !== targets.fn)) {
      await setOnFailure(arn, 'receives');
      assert.deepEqual(
        (await deliveries('receives')).map(({ status }) => status),
        ['delivered'],
        arn,
      );
    }
  });

  it('that SAM would make are not judged, whatever role has that name', async () => {
    await iam.send(new CreateRoleCommand({ RoleName: 'sam', AssumeRolePolicyDocument: '{}' }));
    const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'sam' }));
    assert.equal(Role, roleArn('sam'));
    assert.deepEqual(
      (await deliveries('sam')).map(({ status }) => status),
      ['delivered'],
    );
    // Named by a person it is one that IAM knows.
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'sam', Role: roleArn('sam') }));
    assert.deepEqual(
      (await deliveries('sam')).map(({ status }) => status),
      ['dropped'],
    );
  });

  it('of the template are judged by its policies, and follow it', async () => {
    const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'declared' }));
    assert.equal(Role, roleArn('teams/DeclaredRole'));
    assert.deepEqual(
      (await deliveries('declared')).map(({ status }) => status),
      ['dropped'],
    );
    const changed = new Promise<void>((resolve) => {
      onRead = resolve;
    });
    const statement = '[{ Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Queue.Arn }]';
    await writeFiles(local.projectDir, { 'template.yaml': template(statement) });
    await changed;
    assert.deepEqual(
      (await deliveries('declared')).map(({ status }) => status),
      ['delivered'],
    );
    const policy = await iam.send(new GetRolePolicyCommand({ RoleName: 'DeclaredRole', PolicyName: 'send' }));
    assert.ok(decodeURIComponent(policy.PolicyDocument ?? '').includes(targets.queue));
  });

  it('of the template that are known in part only let deliver, and the template’s problems say so', async () => {
    assert.deepEqual(
      (await deliveries('partly')).map(({ status }) => status),
      ['delivered'],
    );
    const problems = read.at(-1)?.problems.map(({ message }) => message) ?? [];
    assert.deepEqual(
      problems.filter((message) => message.includes('Role')),
      [
        'A part of what the role “PartlyKnownRole” allows is known only in AWS: local Lambda lets “partly” deliver by it.',
      ],
    );
  });
});
