import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { skip } from '../support/skip.ts';

const example = join(import.meta.dirname, '..', '..', 'examples', 'event-destinations');
const run = promisify(execFile);

describe('the AWS CLI', function () {
  this.timeout(120_000);
  let local: TestLocalLambda;
  let folder: string;

  /** Runs `aws … --endpoint-url …`; what it prints, parsed. */
  async function aws(...args: string[]): Promise<unknown> {
    const { stdout } = await run('aws', [...args, '--endpoint-url', local.endpoint], {
      cwd: folder,
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_CONFIG_FILE: join(folder, 'config'),
        AWS_PAGER: '',
      },
    });
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  }

  before(async function () {
    try {
      await run('aws', ['--version'], { shell: process.platform === 'win32' });
    } catch {
      skip(this, 'the AWS CLI (aws) is not on the PATH');
    }
    folder = await mkdtemp(join(tmpdir(), 'lambda-destinations-test-'));
    // Version 2 takes payloads as Base64 unless told; version 1 takes them as they are.
    await writeFile(join(folder, 'config'), '[default]\ncli_binary_format = raw-in-base64-out\noutput = json\n');
    local = await runLocalLambda({ projectDir: example });
  });

  after(async () => {
    await local?.[Symbol.asyncDispose]();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('invokes for a failure, and reads the record in the second function’s log', async () => {
    const event = ['--invocation-type', 'Event', '--payload', '{ "Success": false }', 'response.json'];
    assert.deepEqual(await aws('lambda', 'invoke', '--function-name', 'event-destinations', ...event), {
      StatusCode: 202,
    });
    await local.pieces((pieces) => pieces.filter(({ kind }) => kind === 'outcome').length === 2);
    const group = ['--log-group-name', '/aws/lambda/event-destinations-failures'];
    const { events } = (await aws('logs', 'filter-log-events', ...group)) as { events: { message: string }[] };
    const record = events.map(({ message }) => message).find((message) => message.includes('requestContext')) ?? '';
    assert.match(record, /"condition":"RetriesExhausted","approximateInvokeCount":3/);
    assert.match(record, /"requestPayload":{"Success":false}/);
    assert.match(record, /file:\/\/\/var\/task\/index\.mjs/);
  });

  it('invokes for a success, and receives the record from the queue that is subscribed to the topic', async () => {
    const event = ['--invocation-type', 'Event', '--payload', '{ "Success": true }', 'response.json'];
    await aws('lambda', 'invoke', '--function-name', 'event-destinations', ...event);
    const name = 'event-destinations-successes';
    const { QueueUrl } = (await aws('sqs', 'get-queue-url', '--queue-name', name)) as { QueueUrl: string };
    const { Messages } = (await aws(
      'sqs',
      'receive-message',
      '--queue-url',
      QueueUrl,
      '--wait-time-seconds',
      '10',
    )) as {
      Messages: { Body: string }[];
    };
    assert.match(Messages[0]?.Body ?? '', /"condition":"Success".*"requestPayload":{ "Success": true }/);
  });

  it('lists functions and changes an event invoke config', async () => {
    const { Functions } = (await aws('lambda', 'list-functions')) as { Functions: { FunctionName: string }[] };
    assert.deepEqual(
      Functions.map(({ FunctionName }) => FunctionName),
      ['event-destinations', 'event-destinations-failures', 'python-orders', 'typescript-orders'],
    );
    const name = ['--function-name', 'event-destinations'];
    const config = ['lambda', 'update-function-event-invoke-config', ...name, '--maximum-retry-attempts', '0'];
    const updated = (await aws(...config)) as { MaximumRetryAttempts: number; LastModified: number | string };
    assert.equal(updated.MaximumRetryAttempts, 0);
    await assert.rejects(
      aws('lambda', 'get-function', '--function-name', 'nobody'),
      /Function not found: arn:aws:lambda/,
    );
  });
});
