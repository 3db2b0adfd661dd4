import assert from 'node:assert/strict';
import { createAwsClients, type AwsClients } from '../../src/aws/awsClients.ts';
import type { FunctionLogsOptions } from '../../src/aws/sources/functionLogs.ts';
import { LogPolling } from '../../src/aws/sources/logPolling.ts';
import { createLogsPace } from '../../src/aws/sources/logsPace.ts';
import type { SourceReport } from '../../src/aws/sources/sourceLife.ts';
import { startFakeAws, type FakeAws } from '../support/fakeAws.ts';
import { attemptLines, type PutEvent } from '../support/logLines.ts';
import { fakeLog } from '../support/panelFakes.ts';
import { memorySink, requestIdOf, type MemorySink } from '../support/sourceBackends.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const begin = Date.UTC(2026, 10, 25);
const never = new AbortController().signal;
const report: SourceReport = {
  heard: () => undefined,
  received: () => undefined,
  sampled: () => undefined,
  trouble: () => undefined,
};

describe('how often logs are read, and from when', () => {
  let server: FakeAws;
  let clients: AwsClients;
  let sink: MemorySink;
  let now: number;
  let events: readonly PutEvent[];
  /** `LoggingConfig` of the function. */
  let group: string;
  let asked: { readonly startTime: number; readonly logGroupName: string }[];

  beforeEach(async () => {
    now = begin;
    events = [];
    group = '/shop/logs';
    asked = [];
    server = await startFakeAws(({ action, input }) => {
      if (action !== 'FilterLogEvents') {
        return { body: JSON.stringify({ FunctionName: 'charge', LoggingConfig: { LogGroup: group } }) };
      }
      const question = JSON.parse([...input.keys()][0] ?? '') as (typeof asked)[number];
      asked.push(question);
      const found = events.map((event, index) => ({ ...event, logStreamName: 's', eventId: `${index}` }));
      return { body: JSON.stringify({ events: found.filter(({ timestamp }) => timestamp >= question.startTime) }) };
    });
    const { endpoint } = server;
    clients = createAwsClients({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    sink = memorySink();
  });
  afterEach(async () => {
    await clients.dispose();
    await server[Symbol.asyncDispose]();
  });

  const poll = async (more: Partial<FunctionLogsOptions> = {}): Promise<LogPolling> => {
    const pace = createLogsPace({ perSecond: 1_000 });
    const given = { clients, functionName: 'charge', pace, sink, log: fakeLog(), now: () => now, fastestMs: 1_500 };
    const polling = new LogPolling({ ...given, ...more });
    await polling.prepare(never);
    return polling;
  };
  /** Reads, `ms` later. Gives the seconds to the next time, without its jitter of a tenth. */
  const after = async (polling: LogPolling, ms: number): Promise<number> => {
    now += ms;
    return (await polling.round(report, never)) / second;
  };
  const near = (actual: number, expected: number): void =>
    assert.ok(actual > expected * 0.89 && actual < expected * 1.11, `${actual} s instead of about ${expected} s`);
  const startTimes = (): readonly number[] => asked.map(({ startTime }) => (startTime - begin) / second);

  it('at once after a send, ever less often while nothing comes, at once again when something does', async () => {
    const polling = await poll();
    polling.watch([requestIdOf(1)], now);
    assert.equal(await after(polling, 0), 1.5);
    near(await after(polling, 10 * second), 2);
    near(await after(polling, 50 * second), 12);
    near(await after(polling, hour), 5 * 60);
    events = attemptLines(requestIdOf(1), now + minute).slice(0, 1);
    assert.equal(await after(polling, 5 * minute), 1.5);
    polling.watch([requestIdOf(2)], now + minute);
    // No sooner than the shortest time after the last read.
    assert.equal(await after(polling, 500), 1);
    assert.equal(asked.length, 5);
  });

  it('not at all when all is over', async () => {
    const polling = await poll();
    polling.watch([requestIdOf(1)], now);
    events = attemptLines(requestIdOf(1), now);
    await after(polling, second);
    await after(polling, 10 * second);
    assert.equal(asked.length, 2);
    assert.equal(await after(polling, 30 * second), 60);
    assert.equal(await after(polling, hour), 60);
    assert.equal(asked.length, 2);
    // From before the next send, not from where it was left.
    polling.watch([requestIdOf(2)], now);
    await after(polling, second);
    assert.equal(startTimes().at(-1), (now - second - 5 * minute - begin) / second);
  });

  it('every ten seconds while somebody looks, every thirty where records may come', async () => {
    const looking = await poll();
    looking.follow(true);
    await after(looking, 0);
    near(await after(looking, hour), 10);
    looking.follow(false);
    assert.equal(await after(looking, minute), 60);
    const destination = await poll({ destinationArn: 'arn:aws:lambda:us-east-1:123456789012:function:charge' });
    await after(destination, 0);
    near(await after(destination, hour), 30);
  });

  it('from a little before the newest event, once a minute from longer before it, and of old ones no more', async () => {
    const polling = await poll();
    polling.follow(true);
    await after(polling, 0);
    events = attemptLines(requestIdOf(1), now - 20);
    await after(polling, 2 * second);
    await after(polling, 2 * second);
    events = [...events, ...attemptLines(requestIdOf(2), begin + 9 * minute - 20)];
    now = begin + 9 * minute;
    await after(polling, 0);
    await after(polling, 2 * second);
    await after(polling, minute);
    await after(polling, 2 * second);
    await after(polling, hour);
    await after(polling, 2 * second);
    assert.deepEqual(startTimes(), [
      -300,
      -300,
      // Half a minute before the newest.
      -30,
      // Five minutes before it: a minute has passed.
      -300,
      510,
      240,
      510,
      // Nothing new for an hour: events may be late, and clocks be wrong, by some minutes.
      240,
      (now - begin) / second - 362,
    ]);
  });

  it('from before a request that is older than what was read, and from where it was once the rest is read', async () => {
    const polling = await poll();
    polling.watch([requestIdOf(1)], now);
    await after(polling, 0);
    polling.watch([requestIdOf(2)], now - hour);
    events = attemptLines(requestIdOf(3), now - 20);
    await after(polling, 2 * second);
    await after(polling, 2 * second);
    assert.deepEqual(startTimes(), [-300, -3_900, -30]);
    assert.equal(sink.pieces.length, 0);
    polling.watch([requestIdOf(3)], now - minute);
    await after(polling, 2 * second);
    assert.deepEqual([...new Set(sink.requestIds())], [requestIdOf(3)]);
    assert.equal(startTimes().at(-1), -30);
  });

  it('from before a request whose lines were there and are not held any more', async () => {
    const polling = await poll();
    polling.watch([requestIdOf(1)], now);
    // More than is held for others.
    events = Array.from({ length: 5 }, (_, n) =>
      attemptLines(requestIdOf(2 + n), now + n * 30, 'x'.repeat(600_000)),
    ).flat();
    await after(polling, 10 * second);
    polling.watch([requestIdOf(6)], now - 20 * second);
    await after(polling, 2 * second);
    assert.deepEqual([...new Set(sink.requestIds())], [requestIdOf(6)]);
    // What comes now was not dropped.
    polling.watch([requestIdOf(7)], now);
    await after(polling, 2 * second);
    assert.deepEqual(startTimes(), [-300, -310, -29.86]);
  });

  it('from where they log now', async () => {
    const polling = await poll();
    polling.follow(true);
    await after(polling, 0);
    group = '/shop/others';
    await after(polling, 4 * minute);
    await after(polling, 2 * minute);
    assert.deepEqual(
      asked.map(({ logGroupName }) => logGroupName),
      ['/shop/logs', '/shop/logs', '/shop/others'],
    );
  });
});
