import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createAwsConnection } from '../../src/connections/awsConnection.ts';
import type { Connection } from '../../src/connections/connection.ts';
import type { FunctionSettings } from '../../src/connections/functionSettings.ts';
import { awsCliCommands } from '../../src/model/awsCliCommand.ts';
import { newTarget, planChange, type ConfigValues, type SettingsChange } from '../../src/model/settingsChange.ts';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { twoFunctions } from '../support/localProjects.ts';
import { fakeLog } from '../support/panelFakes.ts';
import { skip } from '../support/skip.ts';

const run = promisify(execFile);
const region = 'us-east-1';
const account = '000000000000';

describe('AWS CLI commands of a change', function () {
  this.timeout(120_000);
  let local: TestLocalLambda;
  let connection: Connection;
  let settings: FunctionSettings;
  let functionName: string;
  let functionArn: string;

  before(async function () {
    try {
      await run('aws', ['--version'], { shell: process.platform === 'win32' });
    } catch {
      skip(this, 'the AWS CLI (aws) is not on the PATH');
    }
    if (process.platform === 'win32') skip(this, 'no POSIX shell');
    local = await runLocalLambda({ files: twoFunctions });
    connection = createAwsConnection({
      choice: { kind: 'endpoint', endpoint: local.endpoint, region },
      store: { ingest: () => Promise.resolve([]) },
      log: fakeLog(),
    });
    settings = await connection.settings();
    const [first] = await connection.listFunctions();
    ({ functionName, functionArn } = first ?? assert.fail('the project has a function'));
  });

  after(async () => {
    await connection?.dispose();
    await local?.[Symbol.asyncDispose]();
  });

  /** Plans a change from what is in effect, and has a shell run what it says as text. */
  async function byShell(change: SettingsChange, qualifier?: string): Promise<void> {
    const fn = await settings.functionOf(functionName);
    const config = await settings.eventInvokeConfig(functionName, qualifier);
    const calls = planChange({ functionName, functionArn, ...(qualifier === undefined ? {} : { qualifier }) }, change, {
      ...(config ? { config } : {}),
      ...(fn.deadLetterTargetArn === undefined ? {} : { deadLetterTargetArn: fn.deadLetterTargetArn }),
    });
    assert.ok(calls.length > 0);
    const commands = awsCliCommands(calls, { region, endpoint: local.endpoint });
    await run('sh', ['-ec', commands], {
      env: { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_PAGER: '' },
    });
  }

  async function values(qualifier?: string): Promise<ConfigValues | undefined> {
    const config = await settings.eventInvokeConfig(functionName, qualifier);
    if (!config) return undefined;
    const { functionArn: _arn, lastModified: _time, ...rest } = config;
    return rest;
  }

  it('create a queue and set it, keep what was set, and take all away again', async () => {
    await settings.changeEventInvokeConfig({
      functionName,
      onSuccess: null,
      onFailure: null,
      maximumEventAgeInSeconds: null,
      maximumRetryAttempts: null,
    });
    await byShell({ kind: 'retryAndAge', maximumRetryAttempts: 0, maximumEventAgeInSeconds: 300 });
    const target = newTarget('SQS', 'made-by-command', functionArn);
    await byShell({ kind: 'destination', role: 'onFailure', target });
    const queue = `arn:aws:sqs:${region}:${account}:made-by-command`;
    assert.deepEqual(await values(), { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 300, onFailure: queue });
    assert.ok((await settings.candidates('SQS')).some(({ arn }) => arn === queue));

    await byShell({ kind: 'destination', role: 'onFailure' });
    assert.deepEqual(await values(), { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 300 });
    await byShell({ kind: 'retryAndAge', maximumRetryAttempts: null, maximumEventAgeInSeconds: null });
    assert.equal(await values(), undefined);
  });

  it('set a destination whose ARN has a dollar sign', async () => {
    const [, other] = await connection.listFunctions();
    const arn = `${other?.functionArn ?? ''}:$LATEST`;
    await byShell({ kind: 'destination', role: 'onSuccess', target: { arn } });
    assert.equal((await values())?.onSuccess, arn);
  });

  it('set and clear a dead-letter queue', async () => {
    const target = newTarget('SNS', 'letters', functionArn);
    await byShell({ kind: 'destination', role: 'deadLetterQueue', target });
    const topic = `arn:aws:sns:${region}:${account}:letters`;
    assert.equal((await settings.functionOf(functionName)).deadLetterTargetArn, topic);
    await byShell({ kind: 'destination', role: 'deadLetterQueue' });
    assert.equal((await settings.functionOf(functionName)).deadLetterTargetArn, undefined);
  });

  it('set what is under an alias only', async () => {
    const env = { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_PAGER: '' };
    const place = ['--function-name', functionName, '--region', region, '--endpoint-url', local.endpoint];
    await run('aws', ['lambda', 'publish-version', ...place], { env });
    await run('aws', ['lambda', 'create-alias', '--name', 'live', '--function-version', '1', ...place], { env });
    const found = await settings.qualifiers(functionName);
    assert.deepEqual(
      found.map(({ kind, qualifier, functionVersion }) => `${kind} ${qualifier} ${functionVersion ?? ''}`),
      ['alias live 1', 'version 1 '],
    );
    const before = await values();
    await byShell({ kind: 'retryAndAge', maximumRetryAttempts: 1 }, 'live');
    assert.deepEqual(await values('live'), { maximumRetryAttempts: 1 });
    assert.deepEqual(await values(), before);
  });

  it('are what a refusal spares: Lambda says the same as the rules', async () => {
    await assert.rejects(
      settings.changeEventInvokeConfig({ functionName, onFailure: functionArn }),
      ({ message }: Error) => /destination for itself/.test(message),
    );
    await assert.rejects(
      settings.changeEventInvokeConfig({ functionName, onFailure: `arn:aws:sqs:${region}:${account}:x.fifo` }),
      ({ code, message }: Error & { code?: string }) =>
        code === 'invalidDestination' && /may deliver to it/.test(message),
    );
  });
});
