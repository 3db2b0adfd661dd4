import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  StartLiveTailCommand,
  type StartLiveTailCommandInput,
  type StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { runLocalLambda, type TestLocalLambda } from '../support/localLambda.ts';
import { skip } from '../support/skip.ts';

const run = promisify(execFile);
const logGroupName = '/shop/orders';
const arn = `arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}`;
const hour = 60 * 60 * 1000;

describe('logs of local Lambda', function () {
  this.timeout(60_000);
  let local: TestLocalLambda;
  let client: CloudWatchLogsClient;

  before(async () => {
    local = await runLocalLambda();
    // Live Tail has a host of its own on AWS, `stream-…`, which a custom endpoint has not.
    client = new CloudWatchLogsClient({ ...local.clientConfig, disableHostPrefix: true });
    await client.send(new CreateLogGroupCommand({ logGroupName }));
    for (const logStreamName of ['a', 'b'])
      await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  });

  after(async () => {
    client?.destroy();
    await local?.[Symbol.asyncDispose]();
  });

  const put = (messages: readonly string[], logStreamName = 'a', timestamp = Date.now()) =>
    client.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName,
        logEvents: messages.map((message) => ({ timestamp, message })),
      }),
    );

  describe('Live Tail', () => {
    const start = (input: Partial<StartLiveTailCommandInput> = {}) =>
      client.send(new StartLiveTailCommand({ logGroupIdentifiers: [arn], ...input }));

    async function* stream(input: Partial<StartLiveTailCommandInput>): AsyncGenerator<StartLiveTailResponseStream> {
      const { responseStream } = await start(input);
      yield* responseStream ?? [];
    }

    it('tells of what matches, from the start on', async () => {
      await put(['ERROR before']);
      const input = { logStreamNamePrefixes: ['a'], logEventFilterPattern: 'ERROR' };
      const results: (readonly [string | undefined, string | undefined])[] = [];
      for await (const { sessionStart, sessionUpdate } of stream(input)) {
        if (sessionStart) {
          assert.deepEqual(
            [sessionStart.logGroupIdentifiers, sessionStart.logStreamNames, sessionStart.logStreamNamePrefixes],
            [[arn], [], ['a']],
          );
          assert.equal(sessionStart.logEventFilterPattern, 'ERROR');
          assert.match(sessionStart.sessionId ?? '', /^[\da-f-]{36}$/);
          await put(['ERROR one', 'fine']);
          await put(['ERROR of another stream'], 'b');
          await put(['ERROR two']);
        }
        if (!sessionUpdate) continue;
        assert.deepEqual(sessionUpdate.sessionMetadata, { sampled: false });
        for (const result of sessionUpdate.sessionResults ?? []) {
          assert.equal(result.logGroupIdentifier, arn);
          assert.ok((result.timestamp ?? 0) > Date.now() - hour && (result.ingestionTime ?? 0) > Date.now() - hour);
          results.push([result.logStreamName, result.message]);
        }
        if (results.length >= 2) break;
      }
      assert.deepEqual(results, [
        ['a', 'ERROR one'],
        ['a', 'ERROR two'],
      ]);
    });

    it('says when it shows a part only', async () => {
      for await (const { sessionStart, sessionUpdate } of stream({})) {
        if (sessionStart) await put(Array.from({ length: 600 }, (_, index) => `line ${index}`));
        if (!sessionUpdate?.sessionResults?.length) continue;
        assert.deepEqual([sessionUpdate.sessionResults.length, sessionUpdate.sessionMetadata?.sampled], [500, true]);
        break;
      }
    });

    for (const [input, message] of [
      [{ logGroupIdentifiers: [logGroupName] }, /must be the ARN of a log group/],
      [{ logGroupIdentifiers: [`${arn}:*`] }, /without :\* at its end/],
      [{ logGroupIdentifiers: [] }, /length greater than or equal to 1/],
      [{ logGroupIdentifiers: [`${arn}-not`] }, /The specified log group does not exist/],
      [{ logStreamNames: ['a'], logStreamNamePrefixes: ['b'] }, /mutually exclusive/],
      [{ logEventFilterPattern: '{ $.a' }, /Invalid filter pattern/],
    ] as const) {
      it(`refuses ${JSON.stringify(input)}`, async () => {
        await assert.rejects(start(input as Partial<StartLiveTailCommandInput>), { message });
      });
    }
  });

  describe('PutLogEvents', () => {
    const putAt = async (timestamps: readonly number[], message = 'x') => {
      const logEvents = timestamps.map((timestamp) => ({ timestamp, message }));
      return client.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'b', logEvents }));
    };

    it('names the events that are too old or too new', async () => {
      const now = Date.now();
      const old = now - 15 * 24 * hour;
      assert.deepEqual((await putAt([old, old])).rejectedLogEventsInfo, { tooOldLogEventEndIndex: 2 });
      assert.deepEqual((await putAt([now, now + 3 * hour])).rejectedLogEventsInfo, { tooNewLogEventStartIndex: 1 });
      assert.equal((await putAt([now])).rejectedLogEventsInfo, undefined);
    });

    it('refuses a batch that is none', async () => {
      const now = Date.now();
      await assert.rejects(putAt([]), { message: /length greater than or equal to 1/ });
      await assert.rejects(putAt([now - 25 * hour, now]), { message: /cannot span more than 24 hours/ });
      await assert.rejects(putAt([now], ''), { message: /'logEvents\.1\.member\.message'/ });
      await assert.rejects(putAt([now], 'x'.repeat(1_048_576)), {
        message: 'Log event too large: 1048602 bytes exceeds limit of 1048576',
      });
      await assert.rejects(putAt([now, now], 'x'.repeat(600_000)), {
        message: 'Upload too large: 1200052 bytes exceeds limit of 1048576',
      });
      await assert.rejects(putAt(Array.from({ length: 10_001 }, () => now)), {
        message: /length less than or equal to 10000/,
      });
    });
  });

  describe('by the AWS CLI', () => {
    const environment = () => ({
      ...process.env,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_DEFAULT_OUTPUT: 'json',
      AWS_CONFIG_FILE: join(tmpdir(), 'no-such-aws-config'),
      AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
      AWS_PAGER: '',
      PYTHONUNBUFFERED: '1',
    });

    // Older ones know no variable for it.
    const endpoint = (): readonly string[] => ['--endpoint-url', local.endpoint];

    before(async function () {
      try {
        await run('aws', ['--version']);
      } catch {
        skip(this, 'the AWS CLI (aws) is not on the PATH');
      }
    });

    it('filters JSON events', async () => {
      await put(['{"level":"ERROR","n":[{"id":7}]}', '{"level":"INFO"}', 'ERROR']);
      const pattern = '{ $.level = "ERR*" && $.n[*].id >= 7 }';
      const { stdout } = await run(
        'aws',
        ['logs', 'filter-log-events', '--log-group-name', logGroupName, '--filter-pattern', pattern, ...endpoint()],
        { env: environment() },
      );
      const { events } = JSON.parse(stdout) as { readonly events: readonly { readonly message: string }[] };
      assert.deepEqual(
        events.map(({ message }) => message),
        ['{"level":"ERROR","n":[{"id":7}]}'],
      );
    });

    it('follows a group', async function () {
      const usage = await run('aws', ['logs', 'start-live-tail'], { env: environment() }).catch(
        (error: unknown) => error as { readonly stderr: string },
      );
      if (!usage.stderr.includes('--log-group-identifiers')) skip(this, 'this AWS CLI has no start-live-tail');
      const tail = spawn('aws', ['logs', 'start-live-tail', '--log-group-identifiers', arn, ...endpoint()], {
        env: environment(),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        const lines = createInterface({ input: tail.stdout });
        let line: string | undefined;
        lines.once('line', (text) => {
          line = text;
        });
        // It says nothing when it has begun: so there is something for it with every update of ours.
        const { responseStream = [] } = await client.send(new StartLiveTailCommand({ logGroupIdentifiers: [arn] }));
        for await (const _update of responseStream) {
          if (line !== undefined || tail.exitCode !== null) break;
          await put(['for the tail']);
        }
        assert.match(line ?? '', /for the tail/);
      } finally {
        tail.kill('SIGKILL');
      }
    });
  });
});
