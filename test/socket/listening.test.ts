import assert from 'node:assert/strict';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ListSubscriptionsCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { RecordSourceKind } from '../../src/model/recordSource.ts';
import { UserFacingFailure } from '../../src/model/userFacingFailure.ts';
import { destinations, startListeningHarness, type ListeningHarness } from '../support/listeningHarness.ts';
import { when } from '../support/when.ts';

describe('listening on a connection by the AWS API', function () {
  this.timeout(60_000);
  let harness: ListeningHarness;
  const clients: { destroy(): void }[] = [];

  beforeEach(async () => {
    harness = await startListeningHarness();
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await harness[Symbol.asyncDispose]();
  });

  const sqs = (): SQSClient => own(new SQSClient(harness.local.clientConfig));
  const own = <C extends { destroy(): void }>(client: C): C => {
    clients.push(client);
    return client;
  };
  /** Names of all that taps have made. */
  const made = async (): Promise<readonly string[]> => {
    const { QueueUrls = [] } = await sqs().send(new ListQueuesCommand({ QueueNamePrefix: 'lambda-destinations-tap-' }));
    const sns = own(new SNSClient(harness.local.clientConfig));
    const { Subscriptions = [] } = await sns.send(new ListSubscriptionsCommand({}));
    const events = own(new EventBridgeClient(harness.local.clientConfig));
    const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName: 'things' }));
    return [...QueueUrls.map(() => 'queue'), ...Subscriptions.map(() => 'subscription'), ...Rules.map(() => 'rule')];
  };

  it('reads the logs of what was sent, without any destination: the attempt, then the success', async () => {
    const { send, row } = harness.window();
    const requestId = await send('plain', '{"id":1}');
    const { row: found, invocation } = await row(requestId, ({ status }) => status === 'succeeded');
    assert.equal(found.attempts, 1);
    assert.equal(invocation.attempts[0]?.ended?.status, 'success');
    assert.ok((invocation.attempts[0]?.logs.length ?? 0) >= 3, 'its lines are there');
    assert.deepEqual(
      [invocation.settings?.maximumRetryAttempts, invocation.settings?.maximumEventAgeSeconds],
      [2, 21_600],
    );
  });

  it('tells from the logs alone that an event is lost, after all its attempts', async () => {
    const { send, row } = harness.window();
    const requestId = await send('lost');
    const { row: found } = await row(requestId, ({ status }) => status === 'lost');
    assert.deepEqual([found.attempts, found.errorType, found.errorMessage], [3, 'TypeError', 'no stock']);
  });

  it('reads no log where the setting says so', async () => {
    const { send, listening, row, connection } = harness.window({ readLogs: false });
    const requestId = await send('plain');
    assert.equal(listening.readsLogs, false);
    await harness.local.pieces((pieces) => pieces.some(({ kind }) => kind === 'outcome'));
    // By then another connection's has long read it.
    const other = harness.window();
    await other.row(await other.send('plain'), ({ status }) => status === 'succeeded');
    const { invocation } = await row(requestId, () => true);
    assert.deepEqual([invocation.attempts.length, invocation.settings], [0, undefined]);
    await connection.stop();
  });

  it('follows rows that are on screen, though another session sent them', async () => {
    const first = harness.window({ readLogs: false });
    const requestId = await first.send('plain');
    const { row: shown } = await first.row(requestId, ({ status }) => status === 'queued');
    const second = harness.window();
    await second.connection.start();
    second.listening.watch([shown]);
    await second.row(requestId, ({ status }) => status === 'succeeded');
  });

  it('knows each function’s destinations and how they can be read', async () => {
    const { listening } = harness.window();
    const targets = await listening.targets();
    const ways = (id: string): readonly RecordSourceKind[] | undefined =>
      targets.find((target) => target.id === id)?.ways;
    assert.deepEqual(Object.values(destinations).map(ways), [
      ['tap'],
      ['tap'],
      ['peek', 'drain'],
      ['peek', 'drain'],
      ['logs'],
      ['objects'],
    ]);
    assert.deepEqual(ways('logs:plain'), ['logs', 'liveTail']);
    assert.deepEqual(listening.target(destinations.deadLetters).uses, [
      { functionName: 'dying', role: 'deadLetterQueue' },
    ]);
  });

  it('makes no tap before a person agreed, and says what it will make', async () => {
    const { listening } = harness.window();
    await assert.rejects(listening.start(destinations.topic, 'tap'), (error: unknown) =>
      UserFacingFailure.is(error, 'consentNeeded'),
    );
    const plan = await listening.plan([destinations.topic, destinations.bus]);
    assert.deepEqual(
      plan.creates.map(({ what }) => what),
      ['queue', 'subscription', 'rule'],
    );
    assert.deepEqual(await made(), []);
    assert.deepEqual(listening.entries, []);
  });

  it('listens to a topic and a bus by one tap, and removes it when both are stopped', async () => {
    const { listening, send, row } = harness.window({ readLogs: false });
    const { name } = await listening.plan([destinations.topic]);
    await listening.agree();
    await listening.start(destinations.topic, 'tap');
    await listening.start(destinations.bus, 'tap');
    const { QueueUrls: [url = ''] = [] } = await sqs().send(
      new ListQueuesCommand({ QueueNamePrefix: 'lambda-destinations-tap-' }),
    );
    assert.ok(url.endsWith(name), 'it is called as the plan said');
    const [byTopic, byBus] = [await send('toTopic'), await send('toBus')];
    const topicRow = await row(byTopic, ({ status }) => status === 'succeeded');
    const busRow = await row(byBus, ({ status }) => status === 'succeeded');
    assert.deepEqual(
      [topicRow, busRow].map(({ row: { delivery } }) => delivery?.arn),
      [destinations.topic, destinations.bus],
    );
    await listening.stop(destinations.topic);
    assert.deepEqual(await made(), ['queue', 'rule']);
    await listening.stop(destinations.bus);
    assert.deepEqual(await made(), []);
    assert.deepEqual(listening.entries, []);
  });

  it('peeks into a queue and leaves all in it; drains it and leaves nothing', async () => {
    const { listening, send, row } = harness.window({ readLogs: false });
    await listening.start(destinations.queue, 'peek');
    const peeked = await send('toQueue');
    await row(peeked, ({ status }) => status === 'failed');
    await listening.pause(destinations.queue);
    const client = sqs();
    const { QueueUrls: [queueUrl] = [] } = await client.send(new ListQueuesCommand({ QueueNamePrefix: 'caught' }));
    const depth = async (): Promise<number> => {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] });
      const { Attributes = {} } = await client.send(command);
      return names.reduce((sum, each) => sum + Number(Attributes[each]), 0);
    };
    assert.equal(await depth(), 1);
    assert.equal(listening.entries[0]?.state.phase, 'paused');

    await listening.start(destinations.queue, 'drain');
    assert.deepEqual(
      listening.entries.map(({ way, state }) => [way, state.phase]),
      [['drain', 'listening']],
    );
    const drained = await send('toQueue');
    await row(drained, ({ status }) => status === 'failed');
    // The one that was peeked at may be hidden for a moment yet.
    await when(listening.onDidChange, () => (listening.entries[0]?.state.received ?? 0) >= 2 || undefined);
    await listening.stop(destinations.queue);
    assert.equal(await depth(), 0);
  });

  it('reads records from a function’s log, objects of a bucket, and a dead-letter queue, whose function it knows', async () => {
    const { listening, send, row } = harness.window({ readLogs: false });
    await listening.targets();
    await listening.start(destinations.receiver, 'logs');
    await listening.start(destinations.bucket, 'objects');
    await listening.start(destinations.deadLetters, 'peek');
    const sent = {
      dying: await send('dying', '{"lost":1}'),
      toBucket: await send('toBucket'),
      toFunction: await send('toFunction'),
    };
    const dead = await row(sent.dying, (_, { deadLetter }) => deadLetter !== undefined);
    assert.equal(dead.invocation.deadLetter?.functionName, 'dying');
    await row(sent.toBucket, (_, { record }) => record?.destinationArn === destinations.bucket);
    await row(sent.toFunction, (_, { record }) => record?.destinationArn === destinations.receiver);
  });

  it('goes on in the next session with what it listened to; a drain waits to be asked', async () => {
    const before = harness.window({ readLogs: false });
    await before.listening.plan([destinations.topic]);
    await before.listening.agree();
    await before.listening.start(destinations.topic, 'tap');
    await before.listening.start(destinations.queue, 'drain');
    await before.connection.dispose();
    assert.deepEqual(await made(), [], 'nothing is left behind when the window closes');

    const after = harness.window({ readLogs: false });
    await after.connection.start();
    await after.entry(destinations.topic, 'listening');
    await after.entry(destinations.queue, 'paused');
    assert.deepEqual(await made(), ['queue', 'subscription']);
    const requestId = await after.send('toTopic');
    await after.row(requestId, ({ status }) => status === 'succeeded');
  });

  it('has one window read at a time; another takes over when it ends', async () => {
    const first = harness.window({ readLogs: false });
    await first.listening.start(destinations.bucket, 'objects');
    const second = harness.window({ readLogs: false });
    await second.listening.start(destinations.bucket, 'objects');
    await second.entry(destinations.bucket, 'elsewhere');
    await first.connection.dispose();
    await second.entry(destinations.bucket, 'listening');
  });

  it('finds what a crash left behind, and removes it', async () => {
    const crashed = harness.window({ readLogs: false });
    await crashed.listening.plan([destinations.topic]);
    await crashed.listening.agree();
    await crashed.listening.start(destinations.topic, 'tap');
    // As if it had not been there to remove it.
    harness.memory.clear();
    const next = harness.window({ readLogs: false });
    const [leftover, ...others] = await next.listening.leftovers();
    assert.deepEqual(
      [leftover?.mine, leftover?.targets.map(({ arn }) => arn), others],
      [true, [destinations.topic], []],
    );
    await next.listening.removeLeftovers(leftover ? [leftover] : []);
    assert.deepEqual(await made(), []);
  });
});
