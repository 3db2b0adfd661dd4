import assert from 'node:assert/strict';
import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionEventInvokeConfigsCommand,
  ListFunctionsCommand,
  paginateListFunctions,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { twoFunctions } from '../support/localProjects.ts';

const workerArn = 'arn:aws:lambda:us-east-1:000000000000:function:worker';
const good = 'arn:aws:sqs:us-east-1:000000000000:good';
const bad = 'arn:aws:sqs:us-east-1:000000000000:bad';

describe('the Lambda API, by the AWS SDK', () => {
  let local: TestLocalLambda;
  let client: LambdaClient;

  before(async () => {
    local = await runLocalLambda({ files: twoFunctions });
    client = new LambdaClient(local.clientConfig);
  });

  after(async () => {
    client.destroy();
    await local[Symbol.asyncDispose]();
    assert.deepEqual(local.complaints, []);
  });

  it('lists functions', async () => {
    const { Functions = [], NextMarker } = await client.send(new ListFunctionsCommand({}));
    assert.equal(NextMarker, undefined);
    assert.deepEqual(
      Functions.map(({ FunctionName, FunctionArn, Version, State }) => [FunctionName, FunctionArn, Version, State]),
      ['busy', 'other', 'worker'].map((name) => [
        name,
        `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
        '$LATEST',
        undefined,
      ]),
    );
    const [, , worker] = Functions;
    assert.equal(worker?.Runtime, 'nodejs22.x');
    assert.equal(worker.Handler, 'worker.handler');
    assert.equal(worker.Timeout, 5);
    assert.equal(worker.MemorySize, 128);
    assert.equal(worker.Description, 'Works');
    assert.deepEqual(worker.Environment?.Variables, { COLOUR: 'red' });
    assert.equal(worker.DeadLetterConfig?.TargetArn, 'arn:aws:sqs:us-east-1:000000000000:dead');
    assert.match(worker.LastModified ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
  });

  it('lists functions a page at a time, and with versions', async () => {
    const names: string[][] = [];
    for await (const page of paginateListFunctions({ client, pageSize: 2 }, { FunctionVersion: 'ALL' })) {
      names.push((page.Functions ?? []).map(({ FunctionArn = '' }) => FunctionArn.split(':function:')[1] ?? ''));
    }
    assert.deepEqual(names, [['busy:$LATEST', 'other:$LATEST'], ['worker:$LATEST']]);
  });

  it('tells of a function', async () => {
    const found = await client.send(new GetFunctionCommand({ FunctionName: 'worker' }));
    assert.equal(found.Configuration?.FunctionArn, workerArn);
    assert.equal(found.Configuration.State, 'Active');
    assert.equal(found.Code?.RepositoryType, 'S3');
    assert.equal(found.Concurrency, undefined);
    const qualified = await client.send(new GetFunctionCommand({ FunctionName: 'worker', Qualifier: '$LATEST' }));
    assert.equal(qualified.Configuration?.FunctionArn, `${workerArn}:$LATEST`);
    const busy = await client.send(new GetFunctionCommand({ FunctionName: 'busy' }));
    assert.equal(busy.Concurrency?.ReservedConcurrentExecutions, 0);
  });

  for (const name of ['worker', workerArn, '000000000000:function:worker', `${workerArn}:$LATEST`]) {
    it(`knows ${name}`, async () => {
      const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      assert.equal(found.FunctionName, 'worker');
    });
  }

  it('runs a function and waits for it', async () => {
    const answer = await client.send(
      new InvokeCommand({ FunctionName: 'worker', Payload: Buffer.from('{"a": 1.0}'), LogType: 'Tail' }),
    );
    assert.equal(answer.StatusCode, 200);
    assert.equal(answer.FunctionError, undefined);
    assert.equal(answer.ExecutedVersion, '$LATEST');
    assert.equal(answer.Payload?.transformToString(), '{"colour":"red","event":{"a":1}}');
    const log = Buffer.from(answer.LogResult ?? '', 'base64').toString();
    const { requestId } = answer.$metadata;
    assert.match(log, new RegExp(`START RequestId: ${requestId} Version: \\$LATEST\n`));
    assert.match(log, /INFO\tgot {"a":1}\n/);
    assert.match(log, /Init Duration: [\d.]+ ms\t\n$/);
  });

  it('runs a function that fails', async () => {
    const answer = await client.send(new InvokeCommand({ FunctionName: 'worker', Payload: Buffer.from('{"fail":1}') }));
    assert.equal(answer.StatusCode, 200);
    assert.equal(answer.FunctionError, 'Unhandled');
    assert.equal(answer.LogResult, undefined);
    const error = JSON.parse(answer.Payload?.transformToString() ?? '') as Record<string, unknown>;
    assert.equal(error['errorType'], 'TypeError');
    assert.equal(error['errorMessage'], 'as asked');
  });

  it('tries an invocation without running it', async () => {
    const answer = await client.send(new InvokeCommand({ FunctionName: 'worker', InvocationType: 'DryRun' }));
    assert.equal(answer.StatusCode, 204);
    assert.equal(answer.ExecutedVersion, undefined);
  });

  it('refuses to run a function without concurrency, and takes its events', async () => {
    await assert.rejects(client.send(new InvokeCommand({ FunctionName: 'busy' })), {
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    });
    const { StatusCode } = await client.send(new InvokeCommand({ FunctionName: 'busy', InvocationType: 'Event' }));
    assert.equal(StatusCode, 202);
  });

  describe('event invoke configs', () => {
    const FunctionName = 'other';

    it('come from the template', async () => {
      const config = await client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'worker' }));
      assert.equal(config.FunctionArn, `${workerArn}:$LATEST`);
      assert.equal(config.MaximumRetryAttempts, 1);
      assert.equal(config.MaximumEventAgeInSeconds, undefined);
      assert.deepEqual(config.DestinationConfig, { OnSuccess: { Destination: good }, OnFailure: { Destination: bad } });
      assert.ok(config.LastModified instanceof Date && Math.abs(Date.now() - config.LastModified.getTime()) < 60_000);
    });

    it('are put, updated, listed and deleted', async () => {
      const empty = await client.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName }));
      assert.deepEqual(empty.FunctionEventInvokeConfigs, []);

      const put = await client.send(
        new PutFunctionEventInvokeConfigCommand({
          FunctionName,
          MaximumRetryAttempts: 0,
          MaximumEventAgeInSeconds: 60,
          DestinationConfig: { OnSuccess: { Destination: good }, OnFailure: { Destination: bad } },
        }),
      );
      assert.equal(put.FunctionArn, 'arn:aws:lambda:us-east-1:000000000000:function:other:$LATEST');

      const updated = await client.send(
        new UpdateFunctionEventInvokeConfigCommand({
          FunctionName: 'other:$LATEST',
          MaximumRetryAttempts: 2,
          DestinationConfig: { OnSuccess: { Destination: '' }, OnFailure: {} },
        }),
      );
      assert.equal(updated.MaximumRetryAttempts, 2);
      assert.equal(updated.MaximumEventAgeInSeconds, 60);
      assert.deepEqual(updated.DestinationConfig, { OnSuccess: {}, OnFailure: { Destination: bad } });

      const replaced = await client.send(
        new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 1, Qualifier: '$LATEST' }),
      );
      assert.equal(replaced.MaximumEventAgeInSeconds, undefined);
      assert.deepEqual(replaced.DestinationConfig, { OnSuccess: {}, OnFailure: {} });

      const listed = await client.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName }));
      assert.deepEqual(
        listed.FunctionEventInvokeConfigs?.map(({ MaximumRetryAttempts }) => MaximumRetryAttempts),
        [1],
      );
      assert.equal(listed.NextMarker, undefined);

      await client.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName }));
      await assert.rejects(client.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName })), {
        name: 'ResourceNotFoundException',
      });
    });

    it('may hold nothing', async () => {
      for (const DestinationConfig of [{ OnSuccess: {} }, { OnFailure: {} }, { OnFailure: { Destination: '' } }]) {
        const put = await client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, DestinationConfig }));
        assert.deepEqual(put.DestinationConfig, { OnSuccess: {}, OnFailure: {} });
      }
    });
  });
});
