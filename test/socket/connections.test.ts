import assert from 'node:assert/strict';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateAliasCommand, CreateFunctionCommand, LambdaClient, PublishVersionCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { FunctionSettings } from '../../src/connections/functionSettings.ts';
import type { DestinationKind } from '../../src/model/destination.ts';
import { UserFacingFailure } from '../../src/model/userFacingFailure.ts';
import { connectionBackends, type ConnectionBackend } from '../support/connectionBackends.ts';
import { deploymentPackage } from '../support/deploymentPackage.ts';
import { motoMissing } from '../support/motoServer.ts';
import { skip } from '../support/skip.ts';

/**
 * Where a server is known to do otherwise than AWS: the case must fail there, with this. One that passes is to be taken
 * off the list.
 */
const knownDifferences: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'Local Lambda, as an endpoint': {},
  'Local Lambda, its own connection': {},
  // As of moto 5.2.
  moto: {
    // The first config that is put stays; further ones are answered with, and not kept.
    'changes each setting of a config by itself, and takes it away by itself': /maximumEventAgeInSeconds/,
    // The time is a text where Lambda has a number, which the SDK does not read.
    'lists the configs of a function': /does not answer as the AWS API does/,
    // One config a function, whatever the qualifier.
    'keeps a config for each version and alias': /maximumRetryAttempts: 1/,
    // UpdateFunctionConfiguration takes no notice of it.
    'sets a dead-letter queue and takes it away': /results/,
    // It fails to read it: HTTP 500.
    'refuses a payload that is not JSON': /serviceFailed/,
  },
};

/** More than a page of ListFunctions. */
const functionCount = 53;

interface Case {
  readonly title: string;
  run(backend: ConnectionBackend, settings: FunctionSettings): Promise<void>;
}

const cases: readonly Case[] = [
  {
    title: 'tells account and region',
    run: ({ connection, account, region }) => {
      const { info, phase } = connection.state;
      assert.deepEqual([phase, info.account, info.region], ['ready', account, region]);
      return Promise.resolve();
    },
  },
  {
    title: 'lists all functions, page after page',
    run: async ({ connection, account, region }) => {
      const functions = await connection.listFunctions();
      const names = functions.map(({ functionName }) => functionName).toSorted();
      assert.deepEqual(names, Array.from({ length: functionCount }, (_, index) => nameOf(index)).toSorted());
      const first = functions.find(({ functionName }) => functionName === nameOf(0));
      assert.deepEqual(
        [first?.functionArn, first?.handler, first?.runtime, first?.timeout, first?.memorySize, first?.description],
        [`arn:aws:lambda:${region}:${account}:function:f0`, 'app.handler', 'nodejs22.x', 7, 256, 'The first'],
      );
    },
  },
  {
    title: 'sets a config, and takes it away',
    run: async ({ connection, account, region }, settings) => {
      const functionName = nameOf(4);
      const wanted = {
        maximumRetryAttempts: 1,
        maximumEventAgeInSeconds: 3600,
        onSuccess: `arn:aws:sqs:${region}:${account}:results`,
        onFailure: `arn:aws:sns:${region}:${account}:news`,
      };
      assert.equal(await settings.eventInvokeConfig(functionName), undefined);
      assert.deepEqual(ofConfig(await settings.changeEventInvokeConfig({ functionName, ...wanted })), wanted);
      assert.deepEqual(ofConfig(await settings.eventInvokeConfig(functionName)), wanted);
      const nothing = { maximumRetryAttempts: null, maximumEventAgeInSeconds: null, onSuccess: null, onFailure: null };
      assert.equal(await settings.changeEventInvokeConfig({ functionName, ...nothing }), undefined);
      assert.equal(await settings.eventInvokeConfig(functionName), undefined);
      assert.deepEqual(await connection.eventInvokeConfigs(functionName), []);
    },
  },
  {
    title: 'lists the configs of a function',
    run: async ({ connection }, settings) => {
      const functionName = nameOf(6);
      await settings.changeEventInvokeConfig({ functionName, maximumRetryAttempts: 0 });
      const configs = await connection.eventInvokeConfigs(functionName);
      assert.deepEqual(configs.map(ofConfig), [{ maximumRetryAttempts: 0 }]);
      assert.match(configs[0]?.functionArn ?? '', /:function:f6:\$LATEST$/);
      assert.ok(Math.abs(Date.now() - (configs[0]?.lastModified ?? 0)) < 60_000);
    },
  },
  {
    title: 'changes each setting of a config by itself, and takes it away by itself',
    run: async ({ connection, account, region }, settings) => {
      const functionName = nameOf(1);
      const queue = `arn:aws:sqs:${region}:${account}:results`;
      const topic = `arn:aws:sns:${region}:${account}:news`;
      assert.equal(await settings.eventInvokeConfig(functionName), undefined);
      const steps = [
        { maximumRetryAttempts: 0 },
        { maximumEventAgeInSeconds: 120 },
        { onSuccess: queue },
        { onFailure: topic },
        { maximumRetryAttempts: null },
        { onSuccess: null },
        { maximumEventAgeInSeconds: null },
      ];
      const seen: unknown[] = [];
      for (const step of steps) {
        const changed = await settings.changeEventInvokeConfig({ functionName, ...step });
        const read = await settings.eventInvokeConfig(functionName);
        assert.deepEqual(ofConfig(changed), ofConfig(read));
        seen.push(ofConfig(read));
      }
      assert.deepEqual(seen, [
        { maximumRetryAttempts: 0 },
        { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 120 },
        { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 120, onSuccess: queue },
        { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 120, onSuccess: queue, onFailure: topic },
        { maximumEventAgeInSeconds: 120, onSuccess: queue, onFailure: topic },
        { maximumEventAgeInSeconds: 120, onFailure: topic },
        { onFailure: topic },
      ]);
      assert.equal((await connection.eventInvokeConfigs(functionName)).length, 1);
      assert.equal(await settings.changeEventInvokeConfig({ functionName, onFailure: null }), undefined);
      assert.deepEqual(await connection.eventInvokeConfigs(functionName), []);
    },
  },
  {
    title: 'keeps a config for each version and alias',
    run: async ({ connection }, settings) => {
      const functionName = nameOf(0);
      await settings.changeEventInvokeConfig({ functionName, maximumRetryAttempts: 1 });
      await settings.changeEventInvokeConfig({ functionName, qualifier: 'live', maximumRetryAttempts: 0 });
      assert.equal(await settings.eventInvokeConfig(functionName, '1'), undefined);
      const configs = await connection.eventInvokeConfigs(functionName);
      const found = configs.map((config) => `${config.functionArn.split(':').at(-1)} ${config.maximumRetryAttempts}`);
      assert.deepEqual(found.toSorted(), ['$LATEST 1', 'live 0']);
    },
  },
  {
    title: 'lists aliases and versions',
    run: async (_backend, settings) => {
      const found = await settings.qualifiers(nameOf(0));
      assert.deepEqual(
        found.map(({ kind, qualifier, functionVersion }) => [kind, qualifier, functionVersion]),
        [
          ['alias', 'live', '1'],
          ['version', '1', undefined],
        ],
      );
      assert.deepEqual(await settings.qualifiers(nameOf(2)), []);
    },
  },
  {
    title: 'sets a dead-letter queue and takes it away',
    run: async ({ connection, account, region }, settings) => {
      const functionName = nameOf(2);
      const queue = `arn:aws:sqs:${region}:${account}:results`;
      const now = async (): Promise<string | undefined> =>
        (await connection.listFunctions()).find((found) => found.functionName === functionName)?.deadLetterTargetArn;
      await settings.setDeadLetterQueue(functionName, queue);
      assert.equal(await now(), queue);
      await settings.setDeadLetterQueue(functionName, undefined);
      assert.equal(await now(), undefined);
    },
  },
  {
    title: 'tells that something of a function was changed, and only then',
    run: async ({ connection }, settings) => {
      let changes = 0;
      const subscription = connection.onDidChangeFunctions(() => changes++);
      // Local Lambda tells every window by its stream, this one once more.
      const each = connection.state.info.kind === 'local' ? 2 : 1;
      const told = (count: number): void => {
        assert.ok(changes >= count && changes <= count * each, `${changes} for ${count} changes`);
      };
      await settings.setDeadLetterQueue(nameOf(5), undefined);
      told(1);
      await settings.changeEventInvokeConfig({ functionName: nameOf(5), maximumRetryAttempts: 1 });
      told(2);
      await settings.eventInvokeConfig(nameOf(5));
      await settings.changeEventInvokeConfig({ functionName: 'nope', maximumRetryAttempts: 1 }).catch(() => undefined);
      told(2);
      subscription.dispose();
    },
  },
  {
    title: 'gives up when it is called off',
    run: async ({ connection }, settings) => {
      await assert.rejects(connection.listFunctions(AbortSignal.abort()), { name: 'AbortError' });
      await assert.rejects(settings.candidates('SQS', AbortSignal.abort()), { name: 'AbortError' });
    },
  },
  ...(
    [
      ['SQS', (arn) => [arn('sqs', 'bodies.fifo'), arn('sqs', 'results')]],
      ['SNS', (arn) => [arn('sns', 'news'), arn('sns', 'ordered.fifo')]],
      ['Lambda', (arn) => Array.from({ length: functionCount }, (_, n) => arn('lambda', `function:${nameOf(n)}`))],
      ['EventBridge', (arn) => [arn('events', 'event-bus/default'), arn('events', 'event-bus/orders')]],
      ['S3', () => ['arn:aws:s3:::failed-events']],
    ] satisfies readonly (readonly [
      DestinationKind,
      (arn: (service: string, resource: string) => string) => readonly string[],
    ])[]
  ).map(([kind, expected]): Case => ({
    title: `lists what there is of ${kind}`,
    run: async ({ account, region }, settings) => {
      const found = await settings.candidates(kind);
      const arns = expected((service, resource) => `arn:aws:${service}:${region}:${account}:${resource}`);
      assert.deepEqual(
        found.map(({ arn }) => arn),
        arns,
      );
      assert.ok(found.every((candidate) => candidate.kind === kind && candidate.fifo === isFifo(candidate.arn)));
    },
  })),
  {
    title: 'creates a queue and a topic, and gives them when they are there already',
    run: async ({ account, region }, settings) => {
      const made = [await settings.create('SQS', 'results'), await settings.create('SNS', 'news')];
      assert.deepEqual(made, [`arn:aws:sqs:${region}:${account}:results`, `arn:aws:sns:${region}:${account}:news`]);
      await assert.rejects(settings.create('SQS', 'no spaces'), (error) => UserFacingFailure.is(error));
    },
  },
  {
    title: 'sends, with a row for it in the store',
    run: async ({ connection, store, account, region }) => {
      const sent = { functionName: nameOf(0), qualifier: 'live', payload: '{"amount":10.00}', origin: 'test' };
      const { requestId, rowId } = await connection.sendAsync(sent);
      assert.notEqual(requestId, '');
      const { row, invocation } = (await store.get(rowId)) ?? assert.fail('there is no row');
      assert.deepEqual(
        [row.connectionId, row.requestId, invocation.sent?.payload, invocation.accepted?.functionArn],
        [connection.state.info.id, requestId, sent.payload, `arn:aws:lambda:${region}:${account}:function:f0:live`],
      );
    },
  },
  {
    title: 'refuses an unknown function, with a row that says so',
    run: async ({ connection, store }) => {
      const failure = await failureOf(connection.sendAsync({ functionName: 'nope', payload: '{}', origin: 'test' }));
      assert.equal(failure.code, 'functionNotFound');
      const { rows } = await store.rows({ statuses: ['notAccepted'] }, { offset: 0, limit: 1 });
      assert.deepEqual([rows[0]?.functionName, rows[0]?.errorType], ['nope', 'ResourceNotFoundException']);
    },
  },
  {
    title: 'refuses a payload that is not JSON',
    run: async ({ connection }) => {
      const failure = await failureOf(
        connection.sendAsync({ functionName: nameOf(0), payload: '{oops', origin: 'test' }),
      );
      assert.equal(failure.code, 'invalidPayload');
    },
  },
  {
    title: 'refuses the settings of an unknown function',
    run: async ({ connection }, settings) => {
      assert.equal((await failureOf(connection.eventInvokeConfigs('nope'))).code, 'functionNotFound');
      const change = settings.changeEventInvokeConfig({ functionName: 'nope', maximumRetryAttempts: 1 });
      assert.equal((await failureOf(change)).code, 'functionNotFound');
      assert.equal((await failureOf(settings.qualifiers('nope'))).code, 'functionNotFound');
    },
  },
  {
    title: 'refuses more than two retries',
    run: async (_backend, settings) => {
      const change = settings.changeEventInvokeConfig({ functionName: nameOf(3), maximumRetryAttempts: 3 });
      assert.equal((await failureOf(change)).code, 'invalidParameter');
    },
  },
];

for (const [name, start] of Object.entries(connectionBackends)) {
  describe(`a connection to ${name}`, () => {
    let backend: ConnectionBackend | undefined;
    let settings: FunctionSettings;

    before(async function () {
      backend = await start();
      if (!backend) skip(this, motoMissing);
      await backend.connection.start();
      settings = await backend.connection.settings();
      await makeFixtures(backend);
    });

    after(async () => backend?.[Symbol.asyncDispose]());

    for (const { title, run } of cases) {
      const difference = knownDifferences[name]?.[title];
      it(difference ? `${title} (known not to)` : title, async () => {
        assert.ok(backend);
        if (!difference) return run(backend, settings);
        const failure = await run(backend, settings).then(() => undefined, String);
        assert.ok(failure !== undefined, 'It does as AWS does by now: take it off the list.');
        assert.match(failure, difference);
      });
    }

    it('has no differences on the list that no case knows', () => {
      const titles = new Set(cases.map(({ title }) => title));
      assert.deepEqual(
        Object.keys(knownDifferences[name] ?? {}).filter((title) => !titles.has(title)),
        [],
      );
    });
  });
}

function nameOf(index: number): string {
  return `f${index}`;
}

function isFifo(arn: string): boolean {
  return arn.endsWith('.fifo');
}

function ofConfig(config: Awaited<ReturnType<FunctionSettings['eventInvokeConfig']>>): unknown {
  if (!config) return undefined;
  const { functionArn: _arn, lastModified: _at, ...rest } = config;
  return rest;
}

async function failureOf(work: Promise<unknown>): Promise<UserFacingFailure> {
  const error: unknown = await work.then(
    () => assert.fail('it was taken'),
    (reason: unknown) => reason,
  );
  assert.ok(UserFacingFailure.is(error), String(error));
  return error;
}

/** Functions, a version with an alias, and some of every kind of destination; by other clients than the connection's. */
async function makeFixtures({ clientConfig, role }: ConnectionBackend): Promise<void> {
  const config = clientConfig();
  const lambda = new LambdaClient(config);
  const ZipFile = deploymentPackage([{ path: 'app.mjs', text: 'export const handler = async (event) => event;\n' }]);
  for (let index = 0; index < functionCount; index++) {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: nameOf(index),
        Runtime: 'nodejs22.x',
        Handler: 'app.handler',
        Role: role,
        Code: { ZipFile },
        ...(index === 0 ? { Description: 'The first', Timeout: 7, MemorySize: 256 } : {}),
      }),
    );
  }
  await lambda.send(new PublishVersionCommand({ FunctionName: nameOf(0) }));
  await lambda.send(new CreateAliasCommand({ FunctionName: nameOf(0), Name: 'live', FunctionVersion: '1' }));
  const sqs = new SQSClient(config);
  await sqs.send(new CreateQueueCommand({ QueueName: 'results' }));
  await sqs.send(new CreateQueueCommand({ QueueName: 'bodies.fifo', Attributes: { FifoQueue: 'true' } }));
  const sns = new SNSClient(config);
  await sns.send(new CreateTopicCommand({ Name: 'news' }));
  await sns.send(new CreateTopicCommand({ Name: 'ordered.fifo', Attributes: { FifoTopic: 'true' } }));
  // What a server does not have of these shows where it is listed.
  const events = new EventBridgeClient({ ...config, maxAttempts: 1 });
  await events.send(new CreateEventBusCommand({ Name: 'orders' })).catch(() => undefined);
  const s3 = new S3Client({ ...config, forcePathStyle: true, maxAttempts: 1 });
  await s3.send(new CreateBucketCommand({ Bucket: 'failed-events' })).catch(() => undefined);
  for (const client of [lambda, sqs, sns, events, s3]) client.destroy();
}
