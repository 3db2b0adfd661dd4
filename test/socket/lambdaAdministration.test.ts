import assert from 'node:assert/strict';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionRecursionConfigCommand,
  GetPolicyCommand,
  InvokeAsyncCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionRecursionConfigCommand,
  RemovePermissionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { deploymentPackage } from '../support/deploymentPackage.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';

const FunctionName = 'made';
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:made';
const answering = (text: string): Uint8Array =>
  deploymentPackage([{ path: 'app.mjs', text: `export const handler = async () => '${text}';` }]);

describe('what goes with a function', () => {
  let local: TestLocalLambda;
  let lambda: LambdaClient;

  before(async () => {
    local = await runLocalLambda({ files: {} });
    lambda = new LambdaClient(local.clientConfig);
  });

  after(async () => {
    lambda?.destroy();
    await local?.[Symbol.asyncDispose]();
  });

  beforeEach(() => create());

  afterEach(() => lambda.send(new DeleteFunctionCommand({ FunctionName })));

  async function create(more: Partial<CreateFunctionCommandInput> = {}): Promise<void> {
    const Code = { ZipFile: answering('first') };
    const Role = 'arn:aws:iam::000000000000:role/r';
    const all = { FunctionName, Role, Runtime: 'nodejs22.x', Handler: 'app.handler', Code, ...more } as const;
    await lambda.send(new CreateFunctionCommand(all));
  }

  async function recreate(more: Partial<CreateFunctionCommandInput> = {}): Promise<void> {
    await lambda.send(new DeleteFunctionCommand({ FunctionName }));
    await create(more);
  }

  const policy = async (Qualifier?: string): Promise<{ Statement: { Sid: string }[] }> => {
    const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName, Qualifier }));
    return JSON.parse(Policy) as { Statement: { Sid: string }[] };
  };

  const permission = { FunctionName, Action: 'lambda:InvokeFunction' };

  it('is invoked by the deprecated path, too', async () => {
    const { Status } = await lambda.send(new InvokeAsyncCommand({ FunctionName, InvokeArgs: '{"a":1}' }));
    assert.equal(Status, 202);
    const pieces = await local.pieces((all) => all.some(({ kind }) => kind === 'outcome'));
    assert.deepEqual(
      pieces.flatMap((piece) => (piece.kind === 'outcome' ? piece.condition : [])),
      ['Success'],
    );
    await assert.rejects(lambda.send(new InvokeAsyncCommand({ FunctionName: 'nobody', InvokeArgs: '{}' })), {
      name: 'ResourceNotFoundException',
    });
    await assert.rejects(lambda.send(new InvokeAsyncCommand({ FunctionName, InvokeArgs: '{' })), {
      name: 'InvalidRequestContentException',
    });
  });

  it('a loop that may go on, until the function goes', async () => {
    const get = new GetFunctionRecursionConfigCommand({ FunctionName });
    assert.equal((await lambda.send(get)).RecursiveLoop, 'Terminate');
    const put = new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: 'Allow' });
    assert.equal((await lambda.send(put)).RecursiveLoop, 'Allow');
    assert.equal((await lambda.send(get)).RecursiveLoop, 'Allow');
    await assert.rejects(
      lambda.send(new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: 'InvalidValue' as 'Allow' })),
      {
        name: 'ValidationException',
        message:
          "1 validation error detected: Value 'InvalidValue' at 'recursiveLoop' failed to satisfy constraint: " +
          'Member must satisfy enum value set: [Terminate, Allow]',
      },
    );
    await recreate();
    assert.equal((await lambda.send(get)).RecursiveLoop, 'Terminate');
  });

  it('a policy, statement by statement, in AWS’s order of keys', async () => {
    const { Statement } = await lambda.send(
      new AddPermissionCommand({
        ...permission,
        StatementId: 's3',
        Principal: 's3.amazonaws.com',
        SourceAccount: '111111111111',
        SourceArn: 'arn:aws:s3:::b',
      }),
    );
    const first =
      `{"Sid":"s3","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction",` +
      `"Resource":"${arn}","Condition":{"StringEquals":{"AWS:SourceAccount":"111111111111"},` +
      `"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}}`;
    assert.equal(Statement, first);
    const one = await lambda.send(new GetPolicyCommand({ FunctionName }));
    assert.equal(one.Policy, `{"Version":"2012-10-17","Id":"default","Statement":[${first}]}`);
    const add = { ...permission, StatementId: 'all', Principal: '*' };
    await assert.rejects(lambda.send(new AddPermissionCommand({ ...add, RevisionId: 'other' })), {
      name: 'PreconditionFailedException',
    });
    await lambda.send(new AddPermissionCommand({ ...add, RevisionId: one.RevisionId }));
    const two = await lambda.send(new GetPolicyCommand({ FunctionName }));
    assert.notEqual(two.RevisionId, one.RevisionId);
    await assert.rejects(lambda.send(new AddPermissionCommand(add)), {
      name: 'ResourceConflictException',
      message:
        'The statement id (all) provided already exists. ' +
        'Please provide a new statement id, or remove the existing statement.',
    });
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: 's3' }));
    assert.deepEqual(
      (await policy()).Statement.map(({ Sid }) => Sid),
      ['all'],
    );
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: 'all' }));
    await assert.rejects(policy(), {
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
    });
    await assert.rejects(lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: 'all' })), {
      message: 'No policy is associated with the given resource.',
    });
  });

  it('a policy of an alias is its own, and goes with it', async () => {
    await lambda.send(new PublishVersionCommand({ FunctionName }));
    const alias = { FunctionName, Name: 'live', FunctionVersion: '1' };
    await lambda.send(new CreateAliasCommand(alias));
    const add = { ...permission, StatementId: 'a', Principal: '111111111111' };
    await lambda.send(new AddPermissionCommand({ ...add, Qualifier: 'live' }));
    assert.deepEqual((await policy('live')).Statement, [
      {
        Sid: 'a',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111111111111:root' },
        Action: 'lambda:InvokeFunction',
        Resource: `${arn}:live`,
      },
    ]);
    await assert.rejects(policy(), { name: 'ResourceNotFoundException' });
    await lambda.send(new DeleteAliasCommand(alias));
    await assert.rejects(policy('live'), { message: `Cannot find alias arn: ${arn}:live` });
    await lambda.send(new CreateAliasCommand(alias));
    await assert.rejects(policy('live'), { message: 'The resource you requested does not exist.' });
    await assert.rejects(lambda.send(new AddPermissionCommand({ ...add, Qualifier: '$LATEST' })), {
      message: 'We currently do not support adding policies for $LATEST.',
    });
    await assert.rejects(lambda.send(new AddPermissionCommand({ ...add, Principal: 'somebody' })), {
      message: 'The provided principal was invalid. Please check the principal and try again.',
    });
  });

  it('tags, from its creation on', async () => {
    await recreate({ Tags: { team: 'orders' } });
    const tags = async () => (await lambda.send(new ListTagsCommand({ Resource: arn }))).Tags;
    assert.deepEqual(await tags(), { team: 'orders' });
    await lambda.send(new TagResourceCommand({ Resource: arn, Tags: { stage: 'test', team: 'sales' } }));
    assert.deepEqual((await lambda.send(new GetFunctionCommand({ FunctionName }))).Tags, {
      team: 'sales',
      stage: 'test',
    });
    await lambda.send(new UntagResourceCommand({ Resource: arn, TagKeys: ['team', 'stage'] }));
    assert.deepEqual(await tags(), {});
    assert.equal((await lambda.send(new GetFunctionCommand({ FunctionName }))).Tags, undefined);
    await assert.rejects(lambda.send(new ListTagsCommand({ Resource: `${arn}:1` })), {
      name: 'InvalidParameterValueException',
    });
    await assert.rejects(lambda.send(new ListTagsCommand({ Resource: `${arn}2` })), {
      name: 'ResourceNotFoundException',
    });
  });

  it('its share of the account, and no event source mapping', async () => {
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 10 }));
    const { AccountLimit, AccountUsage } = await lambda.send(new GetAccountSettingsCommand({}));
    assert.equal(AccountLimit?.ConcurrentExecutions, 1_000);
    assert.equal(AccountLimit.UnreservedConcurrentExecutions, 990);
    assert.deepEqual(AccountUsage, { TotalCodeSize: answering('first').byteLength, FunctionCount: 1 });
    const mappings = await lambda.send(new ListEventSourceMappingsCommand({}));
    assert.deepEqual(mappings.EventSourceMappings, []);
  });

  it('code from local S3', async () => {
    const s3 = new S3Client({ ...local.clientConfig, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'code' }));
    for (const name of ['first', 'second']) {
      await s3.send(new PutObjectCommand({ Bucket: 'code', Key: `${name}.zip`, Body: answering(`from ${name}`) }));
    }
    s3.destroy();
    const answer = async (): Promise<string> => {
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
      return new TextDecoder().decode(Payload);
    };
    await recreate({ Code: { S3Bucket: 'code', S3Key: 'first.zip' } });
    assert.equal(await answer(), '"from first"');
    const change = { FunctionName, S3Bucket: 'code', S3Key: 'second.zip' };
    await lambda.send(new UpdateFunctionCodeCommand(change));
    assert.equal(await answer(), '"from second"');
    await assert.rejects(lambda.send(new UpdateFunctionCodeCommand({ ...change, S3Key: 'third.zip' })), {
      name: 'InvalidParameterValueException',
      message:
        'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    });
    await assert.rejects(lambda.send(new UpdateFunctionCodeCommand({ ...change, S3ObjectVersion: 'v2' })), {
      message: /NoSuchVersion/,
    });
  });
});

describe('what goes with a function, after a restart', () => {
  it('is as it was', async () => {
    const first = await runLocalLambda({ files: {} });
    let lambda = new LambdaClient(first.clientConfig);
    const Code = { ZipFile: answering('kept') };
    const Role = 'arn:aws:iam::000000000000:role/r';
    const basics = { FunctionName, Role, Runtime: 'nodejs22.x', Handler: 'app.handler', Code } as const;
    await lambda.send(new CreateFunctionCommand({ ...basics, Tags: { a: 'b' } }));
    await lambda.send(new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: 'Allow' }));
    const permission = { FunctionName, Action: 'lambda:InvokeFunction', StatementId: 's', Principal: '*' };
    await lambda.send(new AddPermissionCommand(permission));
    const all = async (): Promise<unknown> => [
      (await lambda.send(new ListTagsCommand({ Resource: arn }))).Tags,
      (await lambda.send(new GetFunctionRecursionConfigCommand({ FunctionName }))).RecursiveLoop,
      (await lambda.send(new GetPolicyCommand({ FunctionName }))).Policy,
    ];
    const before = await all();
    lambda.destroy();
    const { projectDir, dataDir } = first;
    await first.stop(0);
    {
      await using second = await runLocalLambda({ projectDir, dataDir });
      lambda = new LambdaClient(second.clientConfig);
      assert.deepEqual(await all(), before);
      lambda.destroy();
    }
    await first[Symbol.asyncDispose]();
  });
});
