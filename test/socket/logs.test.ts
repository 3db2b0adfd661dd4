import assert from 'node:assert/strict';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  paginateFilterLogEvents,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { createLogsService, type LogsService } from '../../src/local/logs/logsService.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../support/localDatabase.ts';
import { type ServiceServer, serveServices } from '../support/serviceServer.ts';

const scope = { region: 'us-east-1', account: '123456789012' };
const logGroupName = '/aws/lambda/fn';
const stream = '2026/09/22/[$LATEST]0123456789abcdef0123456789abcdef';
const time = Date.UTC(2026, 8, 22, 17, 32, 55, 311);

describe('CloudWatch Logs over a socket', () => {
  let database: TemporaryDatabase;
  let logs: LogsService;
  let server: ServiceServer;
  let client: CloudWatchLogsClient;

  beforeEach(async () => {
    database = temporaryDatabase();
    logs = createLogsService({ db: database.db, scope, now: () => time });
    server = await serveServices({ logs: logs.service });
    client = new CloudWatchLogsClient(server.clientConfig);
  });

  afterEach(async () => {
    client.destroy();
    await server[Symbol.asyncDispose]();
    database[Symbol.dispose]();
  });

  function append(messages: readonly string[], name = stream, from = 1000): void {
    logs.writer.append(
      logGroupName,
      name,
      messages.map((message, index) => ({ at: from + index, message })),
    );
  }

  const get = (input: Partial<GetLogEventsCommandInput> = {}) =>
    client.send(new GetLogEventsCommand({ logGroupName, logStreamName: stream, ...input }));

  async function filter(input: Partial<FilterLogEventsCommandInput> = {}): Promise<readonly string[]> {
    const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName, ...input }));
    return events.map(({ message }) => message ?? '');
  }

  describe('groups and streams', () => {
    it('come into being with their first event', async () => {
      append(['a\n', 'b\n']);
      const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda/' }));
      assert.deepEqual(logGroups, [
        {
          logGroupName,
          creationTime: time,
          metricFilterCount: 0,
          arn: `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}:*`,
          storedBytes: 2 * (2 + 26),
          logGroupClass: 'STANDARD',
          logGroupArn: `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}`,
        },
      ]);
      const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName }));
      assert.deepEqual(logStreams, [
        {
          logStreamName: stream,
          creationTime: time,
          firstEventTimestamp: 1000,
          lastEventTimestamp: 1001,
          lastIngestionTime: time,
          uploadSequenceToken: logStreams?.[0]?.uploadSequenceToken,
          arn: `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}:log-stream:${stream}`,
          storedBytes: 0,
        },
      ]);
    });

    it('are made and deleted', async () => {
      await client.send(new CreateLogGroupCommand({ logGroupName }));
      await assert.rejects(client.send(new CreateLogGroupCommand({ logGroupName })), {
        name: 'ResourceAlreadyExistsException',
      });
      const name = { logGroupName, logStreamName: 's' };
      await client.send(new CreateLogStreamCommand(name));
      await assert.rejects(client.send(new CreateLogStreamCommand(name)), { name: 'ResourceAlreadyExistsException' });
      const logEvents = [{ timestamp: time, message: 'x' }];
      await client.send(new PutLogEventsCommand({ ...name, logEvents }));
      assert.deepEqual(await filter(), ['x']);
      await client.send(new DeleteLogStreamCommand(name));
      assert.deepEqual(await filter(), []);
      assert.equal((await client.send(new DescribeLogGroupsCommand())).logGroups?.[0]?.storedBytes, 0);
      await client.send(new DeleteLogGroupCommand({ logGroupName }));
      await assert.rejects(filter(), { name: 'ResourceNotFoundException' });
    });

    it('of groups are paged, by prefix or by a part of the name', async () => {
      for (const name of ['a1', 'a2', 'a3', 'b1']) logs.writer.append(name, 's', []);
      const first = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'a', limit: 2 }));
      const { nextToken } = first;
      const second = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'a', limit: 2, nextToken }));
      const names = [...(first.logGroups ?? []), ...(second.logGroups ?? [])].map((group) => group.logGroupName);
      assert.deepEqual(names, ['a1', 'a2', 'a3']);
      assert.equal(second.nextToken, undefined);
      const part = await client.send(new DescribeLogGroupsCommand({ logGroupNamePattern: '1' }));
      assert.deepEqual(
        part.logGroups?.map((group) => group.logGroupName),
        ['a1', 'b1'],
      );
    });

    for (const [orderBy, descending, expected] of [
      ['LogStreamName', false, 'a,b,c'],
      ['LogStreamName', true, 'c,b,a'],
      ['LastEventTime', false, 'b,c,a'],
      ['LastEventTime', true, 'a,c,b'],
    ] as const) {
      it(`of streams are paged by ${orderBy}${descending ? ', descending' : ''}`, async () => {
        append(['x'], 'a', 3000);
        append(['x'], 'b', 1000);
        append(['x'], 'c', 2000);
        const names: (string | undefined)[] = [];
        let nextToken: string | undefined;
        do {
          const input = { logGroupName, orderBy, descending, limit: 1, nextToken };
          const page = await client.send(new DescribeLogStreamsCommand(input));
          names.push(...(page.logStreams ?? []).map(({ logStreamName }) => logStreamName));
          ({ nextToken } = page);
        } while (nextToken !== undefined);
        assert.equal(names.join(','), expected);
      });
    }
  });

  describe('GetLogEvents', () => {
    it('pages forward from the head, until the token stays', async () => {
      append(['1', '2', '3']);
      const seen: (string | undefined)[] = [];
      let page = await get({ limit: 2, startFromHead: true });
      for (let last: string | undefined; last !== page.nextForwardToken;) {
        seen.push(...(page.events ?? []).map(({ message }) => message));
        last = page.nextForwardToken;
        page = await get({ limit: 2, nextToken: last });
      }
      assert.deepEqual(seen, ['1', '2', '3']);
      append(['4'], stream, 1003);
      const next = await get({ nextToken: page.nextForwardToken });
      assert.deepEqual(next.events, [{ timestamp: 1003, message: '4', ingestionTime: time }]);
    });

    it('gives the latest first without it, and pages backward', async () => {
      append(['1', '2', '3']);
      const latest = await get({ limit: 2 });
      assert.deepEqual(
        latest.events?.map(({ message }) => message),
        ['2', '3'],
      );
      const older = await get({ limit: 2, nextToken: latest.nextBackwardToken });
      assert.deepEqual(
        older.events?.map(({ message }) => message),
        ['1'],
      );
      const end = await get({ limit: 2, nextToken: older.nextBackwardToken });
      assert.deepEqual([end.events, end.nextBackwardToken], [[], older.nextBackwardToken]);
    });

    it('includes startTime, not endTime', async () => {
      append(['1', '2', '3', '4']);
      const { events } = await get({ startTime: 1001, endTime: 1003 });
      assert.deepEqual(
        events?.map(({ message }) => message),
        ['2', '3'],
      );
    });

    it('of a stream without events finds what comes later', async () => {
      append([]);
      const empty = await get();
      assert.deepEqual(empty.events, []);
      append(['1']);
      assert.equal((await get({ nextToken: empty.nextForwardToken })).events?.length, 1);
    });

    it('ends a page at 1 MiB', async () => {
      append(['a'.repeat(700_000), 'b'.repeat(700_000)]);
      const first = await get({ startFromHead: true });
      assert.equal(first.events?.length, 1);
      const second = await get({ nextToken: first.nextForwardToken });
      assert.equal(second.events?.[0]?.message?.[0], 'b');
    });
  });

  describe('FilterLogEvents', () => {
    it('merges streams by time, with ids of 56 digits that rise', async () => {
      append(['1', '3'], 'a', 1000);
      append(['2'], 'b', 1000);
      const { events = [], searchedLogStreams } = await client.send(new FilterLogEventsCommand({ logGroupName }));
      assert.deepEqual(
        events.map(({ logStreamName, timestamp, message, ingestionTime }) => [
          logStreamName,
          timestamp,
          message,
          ingestionTime,
        ]),
        [
          ['a', 1000, '1', time],
          ['b', 1000, '2', time],
          ['a', 1001, '3', time],
        ],
      );
      const ids = events.map(({ eventId }) => eventId ?? '');
      assert.ok(ids.every((id) => /^\d{56}$/.test(id)));
      assert.deepEqual(ids.toSorted(), ids);
      assert.deepEqual(searchedLogStreams, []);
    });

    it('pages, and may give an empty page', async () => {
      append(Array.from({ length: 25_000 }, (_, index) => `line ${index}`));
      append(['needle'], stream, 100_000);
      const pages: number[] = [];
      const found: (string | undefined)[] = [];
      for await (const page of paginateFilterLogEvents({ client }, { logGroupName, filterPattern: 'needle' })) {
        pages.push(page.events?.length ?? 0);
        found.push(...(page.events ?? []).map(({ message }) => message));
      }
      assert.deepEqual(found, ['needle']);
      assert.deepEqual(pages, [0, 1]);
    });

    it('stops at the limit and goes on from there', async () => {
      append(['1', '2', '3']);
      const first = await client.send(new FilterLogEventsCommand({ logGroupName, limit: 2 }));
      assert.deepEqual(await filter({ limit: 2, nextToken: first.nextToken }), ['3']);
    });

    it('gives the latest first when asked to', async () => {
      append(['1', '2', '3'], stream, time);
      const input = { logGroupName, limit: 2, startFromHead: false, startTime: time };
      const first = await client.send(new FilterLogEventsCommand(input));
      assert.deepEqual(
        first.events?.map(({ message }) => message),
        ['3', '2'],
      );
      assert.deepEqual(await filter({ ...input, nextToken: first.nextToken }), ['1']);
      await assert.rejects(filter({ startFromHead: false }), { name: 'InvalidParameterException' });
    });

    it('narrows by stream and time, ends included', async () => {
      append(['1', '2', '3', '4'], 'aa');
      append(['other'], 'b');
      assert.deepEqual(await filter({ logStreamNamePrefix: 'a', startTime: 1001, endTime: 1002 }), ['2', '3']);
      assert.deepEqual(await filter({ logStreamNames: ['b'] }), ['other']);
    });

    it('finds the lines of an invocation by its request id', async () => {
      const id = 'e2d2bb3a-0f5c-4c5e-9f0e-6e0c6a1f2a3b';
      append([`START RequestId: ${id} Version: $LATEST\n`, 'between\n', `END RequestId: ${id}\n`]);
      assert.equal((await filter({ filterPattern: `"${id}"` })).length, 2);
      const logGroupIdentifier = `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}`;
      const input = { logGroupName: undefined, logGroupIdentifier, filterPattern: `"${id}" -START` };
      assert.equal((await filter(input)).length, 1);
    });
  });

  describe('errors', () => {
    it('have the shape of AWS', async () => {
      const response = await fetch(server.endpoint, {
        method: 'POST',
        headers: {
          'x-amz-target': 'Logs_20140328.GetLogEvents',
          authorization: 'AWS4-HMAC-SHA256 Credential=test/20260922/us-east-1/logs/aws4_request',
        },
        body: '{"logGroupName":"nope","logStreamName":"x"}',
      });
      assert.equal(response.status, 400);
      assert.equal(response.headers.get('content-type'), 'application/x-amz-json-1.1');
      assert.equal(
        await response.text(),
        '{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}',
      );
    });

    it('tell what is missing or wrong', async () => {
      append(['x']);
      await assert.rejects(get({ logStreamName: 'nope' }), { message: 'The specified log stream does not exist.' });
      await assert.rejects(get({ nextToken: 'x' }), { message: 'The specified nextToken is invalid.' });
      await assert.rejects(filter({ nextToken: 'x' }), { message: 'The specified nextToken is invalid.' });
      await assert.rejects(filter({ limit: 10_001 }), {
        name: 'InvalidParameterException',
        message:
          "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
      });
      await assert.rejects(filter({ filterPattern: '{ $.level }' }), {
        name: 'InvalidParameterException',
        message: /^Invalid filter pattern: an operator/,
      });
      await assert.rejects(filter({ logStreamNames: ['a'], logStreamNamePrefix: 'b' }), {
        message: /mutually exclusive/,
      });
      const both = { logGroupName, orderBy: 'LastEventTime', logStreamNamePrefix: 'a' } as const;
      await assert.rejects(client.send(new DescribeLogStreamsCommand(both)), {
        message: 'Cannot order by LastEventTime with a logStreamNamePrefix.',
      });
      const logEvents = [
        { timestamp: 2, message: 'x' },
        { timestamp: 1, message: 'x' },
      ];
      const put = new PutLogEventsCommand({ logGroupName, logStreamName: stream, logEvents });
      await assert.rejects(client.send(put), { message: /must be in chronological order/ });
    });

    it('name the operation that is not offered', async () => {
      await assert.rejects(client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 })), {
        name: 'UnknownOperationException',
        message: 'The operation PutRetentionPolicy of Amazon CloudWatch Logs is not offered by local Lambda.',
      });
    });
  });
});
