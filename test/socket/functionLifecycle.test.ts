import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetAliasCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type CreateFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { deploymentPackage } from '../support/deploymentPackage.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';

const role = 'arn:aws:iam::000000000000:role/service';
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:made';
const answers = (text: string): Uint8Array<ArrayBuffer> =>
  deploymentPackage([{ path: 'app.mjs', text: `export const handler = async () => '${text}';\n` }]);

const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Declared:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: app.handler, FunctionName: declared, AutoPublishAlias: live }
`;

describe('functions through the API', () => {
  let local: TestLocalLambda;
  let client: LambdaClient;

  before(async () => {
    local = await runLocalLambda({
      files: { 'template.yaml': template, 'app.mjs': "export const handler = async () => 'first';\n" },
    });
    client = new LambdaClient(local.clientConfig);
  });

  after(async () => {
    client.destroy();
    await local[Symbol.asyncDispose]();
  });

  const create = (change: Partial<CreateFunctionCommandInput> = {}) =>
    client.send(
      new CreateFunctionCommand({
        FunctionName: 'made',
        Runtime: 'nodejs22.x',
        Handler: 'app.handler',
        Role: role,
        Code: { ZipFile: answers('one') },
        ...change,
      }),
    );
  const invoke = async (FunctionName: string, Qualifier?: string) => {
    const { Payload, ExecutedVersion, FunctionError } = await client.send(
      new InvokeCommand({ FunctionName, ...(Qualifier === undefined ? {} : { Qualifier }) }),
    );
    return [ExecutedVersion, FunctionError ?? '', Payload?.transformToString()];
  };
  const remove = (FunctionName = 'made') => client.send(new DeleteFunctionCommand({ FunctionName }));

  it('tell the account by STS', async () => {
    const sts = new STSClient(local.clientConfig);
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    assert.deepEqual([Account, Arn], ['000000000000', 'arn:aws:iam::000000000000:root']);
    sts.destroy();
  });

  it('are created from a package, changed, and deleted', async () => {
    const made = await create({ Timeout: 5, Environment: { Variables: { AB: '1' } } });
    assert.equal(made.$metadata.httpStatusCode, 201);
    assert.deepEqual(
      [made.FunctionArn, made.State, made.Version, made.Timeout, made.MemorySize, made.CodeSize],
      [arn, 'Active', '$LATEST', 5, 128, answers('one').length],
    );
    assert.deepEqual(await invoke('made'), ['$LATEST', '', '"one"']);
    await assert.rejects(create(), { name: 'ResourceConflictException', message: 'Function already exist: made' });

    const updated = await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: answers('two') }));
    assert.notEqual(updated.CodeSha256, made.CodeSha256);
    assert.notEqual(updated.RevisionId, made.RevisionId);
    assert.deepEqual(await invoke('made'), ['$LATEST', '', '"two"']);

    const stale = { FunctionName: 'made', Timeout: 9, RevisionId: made.RevisionId };
    await assert.rejects(client.send(new UpdateFunctionConfigurationCommand(stale)), {
      name: 'PreconditionFailedException',
    });
    await client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'made', MaximumRetryAttempts: 0 }));
    await remove();
    await assert.rejects(invoke('made'), { name: 'ResourceNotFoundException' });
    await create();
    await assert.rejects(client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'made' })), {
      name: 'ResourceNotFoundException',
    });
    await remove();
    await assert.rejects(remove(), { name: 'ResourceNotFoundException', message: `Function not found: ${arn}` });
  });

  it('have a dead-letter queue set, kept and cleared (spec 3.3)', async () => {
    await create();
    const target = 'arn:aws:sqs:us-east-1:000000000000:letters';
    const set = (TargetArn?: string) =>
      client.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: 'made',
          DeadLetterConfig: TargetArn === undefined ? {} : { TargetArn },
        }),
      );
    assert.deepEqual((await set(target)).DeadLetterConfig, { TargetArn: target });
    assert.deepEqual((await set()).DeadLetterConfig, { TargetArn: target });
    assert.equal((await set('')).DeadLetterConfig, undefined);
    await assert.rejects(set(`${target}.fifo`), {
      name: 'InvalidParameterValueException',
      message: 'Invalid dead letter queue ARN: FIFO SQS queue is not supported for dead letter configuration',
    });
    await assert.rejects(set('arn:aws:events:us-east-1:000000000000:event-bus/default'), /Only Amazon SQS queues/);
    await assert.rejects(set(target.replace('us-east-1', 'us-east-2')), /must be in the same region/);
    await remove();
  });

  it('have versions that stay as they were, and aliases that point at them', async () => {
    await create();
    const first = await client.send(new PublishVersionCommand({ FunctionName: 'made', Description: 'the first' }));
    assert.deepEqual(
      [first.$metadata.httpStatusCode, first.Version, first.FunctionArn, first.Description],
      [201, '1', `${arn}:1`, 'the first'],
    );
    const again = await client.send(new PublishVersionCommand({ FunctionName: 'made' }));
    assert.equal(again.Version, '1', 'nothing has changed');
    const second = await client.send(
      new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: answers('two'), Publish: true }),
    );
    assert.equal(second.Version, '2');
    const alias = { FunctionName: 'made', Name: 'live' };
    const made = await client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1', Description: 'd' }));
    assert.deepEqual([made.AliasArn, made.FunctionVersion], [`${arn}:live`, '1']);
    await assert.rejects(client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1' })), {
      name: 'ResourceConflictException',
    });
    assert.deepEqual(await invoke('made', 'live'), ['1', '', '"one"']);
    assert.deepEqual(await invoke('made', '2'), ['2', '', '"two"']);
    await assert.rejects(
      client.send(new DeleteFunctionCommand({ FunctionName: 'made', Qualifier: '1' })),
      /referenced by one or more aliases: \[live\]/,
    );
    await client.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '2' }));
    assert.deepEqual(await invoke('made', 'live'), ['2', '', '"two"']);
    assert.equal((await client.send(new GetAliasCommand(alias))).Description, 'd');

    const listed = await client.send(new ListVersionsByFunctionCommand({ FunctionName: 'made' }));
    assert.deepEqual(
      listed.Versions?.map(({ Version }) => Version),
      ['$LATEST', '1', '2'],
    );
    const all = await client.send(new ListFunctionsCommand({ FunctionVersion: 'ALL' }));
    assert.deepEqual(
      all.Functions?.filter(({ FunctionName }) => FunctionName === 'made').map(({ FunctionArn }) => FunctionArn),
      [`${arn}:$LATEST`, `${arn}:1`, `${arn}:2`],
    );
    await client.send(new DeleteFunctionCommand({ FunctionName: 'made', Qualifier: '1' }));
    await assert.rejects(invoke('made', '1'), { name: 'ResourceNotFoundException' });
    await client.send(new DeleteAliasCommand(alias));
    await assert.rejects(invoke('made', 'live'), { name: 'ResourceNotFoundException' });
    await remove();
  });

  it('of the template have aliases, and versions with a copy of the code', async () => {
    const listed = await client.send(new ListAliasesCommand({ FunctionName: 'declared' }));
    assert.deepEqual(
      listed.Aliases?.map(({ Name, FunctionVersion }) => [Name, FunctionVersion]),
      [['live', '$LATEST']],
    );
    assert.deepEqual(await invoke('declared', 'live'), ['$LATEST', '', '"first"']);
    await client.send(new PublishVersionCommand({ FunctionName: 'declared' }));
    const file = join(local.projectDir, 'app.mjs');
    await writeFile(file, (await readFile(file, 'utf8')).replace('first', 'second'));
    assert.deepEqual(await invoke('declared'), ['$LATEST', '', '"second"']);
    assert.deepEqual(await invoke('declared', '1'), ['1', '', '"first"']);
  });

  it('have reserved concurrency', async () => {
    const target = { FunctionName: 'declared' };
    const reserved = async () =>
      (await client.send(new GetFunctionConcurrencyCommand(target))).ReservedConcurrentExecutions;
    assert.equal(await reserved(), undefined);
    await client.send(new PutFunctionConcurrencyCommand({ ...target, ReservedConcurrentExecutions: 0 }));
    assert.equal(await reserved(), 0);
    await assert.rejects(invoke('declared'), { name: 'TooManyRequestsException' });
    await client.send(new DeleteFunctionConcurrencyCommand(target));
    assert.equal(await reserved(), undefined);
    const qualified = { FunctionName: 'declared:live', ReservedConcurrentExecutions: 1 };
    await assert.rejects(
      client.send(new PutFunctionConcurrencyCommand(qualified)),
      /permitted on Lambda functions only/,
    );
  });

  it('are refused with what Lambda does not take', async () => {
    const refused = { name: 'InvalidParameterValueException' };
    await assert.rejects(create({ Code: { ZipFile: Buffer.from('no zip') } }), /Could not unzip uploaded file/);
    await assert.rejects(create({ Code: {} }), refused);
    await assert.rejects(create({ Handler: undefined }), refused);
    await assert.rejects(create({ Timeout: 901 }), { name: 'ValidationException' });
    await assert.rejects(create({ Role: 'me' }), { name: 'ValidationException' });
    const outside = deploymentPackage([{ path: '../evil.mjs', text: '' }]);
    await assert.rejects(create({ Code: { ZipFile: outside } }), /leads out of the function's folder/);
  });

  it('whose package is an attack are refused, and nothing of it is written', async () => {
    const before = await readdir(local.dataDir, { recursive: true });
    const harmless = { path: 'index.mjs', text: 'export const handler = () => 1;' };
    for (const [attack, why] of [
      [{ path: '../../evil.mjs', text: '' }, /leads out of the function's folder/],
      [{ path: '/tmp/evil.mjs', text: '' }, /leads out of the function's folder/],
      [{ path: 'link', text: '/etc', mode: 0o120_777 }, /symbolic link/],
      [{ path: 'bomb', text: '\0'.repeat(5_000_000), size: 100 }, /broken at bomb/],
      [{ path: 'bomb', text: 'x', size: 300_000_000 }, /must be smaller than/],
      [{ path: 'x'.repeat(300), text: '' }, /more than 255 bytes/],
    ] as const) {
      const ZipFile = deploymentPackage([harmless, attack]);
      const refusal = { name: 'InvalidParameterValueException', message: why };
      await assert.rejects(create({ Code: { ZipFile } }), refusal);
      await assert.rejects(client.send(new UpdateFunctionCodeCommand({ FunctionName: 'declared', ZipFile })), refusal);
    }
    const added = (await readdir(local.dataDir, { recursive: true })).filter((path) => !before.includes(path));
    assert.deepEqual(added, []);
    assert.deepEqual(local.complaints, []);
  });

  it('whose code lies elsewhere say why they can’t run', async () => {
    await create({ Code: { S3Bucket: 'b', S3Key: 'k' } });
    const [, error, payload] = await invoke('made');
    assert.equal(error, 'Unhandled');
    assert.match(payload ?? '', /lies in the bucket b/);
    await remove();
  });
});

describe('functions made through the API', () => {
  it('are there after a restart, code and all', async () => {
    const first = await runLocalLambda({ files: {} });
    let client = new LambdaClient(first.clientConfig);
    const code = { ZipFile: answers('kept') };
    const made = { FunctionName: 'made', Runtime: 'nodejs22.x', Handler: 'app.handler', Role: role } as const;
    await client.send(new CreateFunctionCommand({ ...made, Code: { ZipFile: answers('old') } }));
    await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ...code }));
    client.destroy();
    await first.stop(0);
    const second = await runLocalLambda({ projectDir: first.projectDir, dataDir: first.dataDir });
    client = new LambdaClient(second.clientConfig);
    const { Payload } = await client.send(new InvokeCommand({ FunctionName: 'made' }));
    assert.equal(Payload?.transformToString(), '"kept"');
    const { CodeSize } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'made' }));
    assert.equal(CodeSize, code.ZipFile.length);
    client.destroy();
    await second[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
  });
});
