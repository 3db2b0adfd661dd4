import assert from 'node:assert/strict';
import {
  CreateEventBusCommand,
  DeleteRuleCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  PutEventsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, ListSubscriptionsCommand, PublishCommand } from '@aws-sdk/client-sns';
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
} from '@aws-sdk/client-sqs';
import { findLeftoverTaps, removeLeftoverTap } from '../../src/aws/sources/leftoverTaps.ts';
import { createTap, type Tap, type TapOptions } from '../../src/aws/sources/tap.ts';
import { planTap } from '../../src/aws/sources/tapPlan.ts';
import { UserFacingFailure } from '../../src/model/userFacingFailure.ts';
import { motoMissing } from '../support/motoServer.ts';
import { fakeLog } from '../support/panelFakes.ts';
import { skip } from '../support/skip.ts';
import {
  memorySink,
  recordText,
  requestIdOf,
  type SourceBackend,
  sourceBackends,
  sourceRegion,
} from '../support/sourceBackends.ts';
import { startCuttingProxy } from '../support/cuttingProxy.ts';
import { when } from '../support/when.ts';

const owner = 'store 1/us-east-1';
const always = new AbortController().signal;

for (const [name, start] of Object.entries(sourceBackends)) {
  describe(`Taps on ${name}`, function () {
    this.timeout(60_000);
    let server: SourceBackend;
    let topics: readonly string[];
    let buses: readonly string[];
    let targets: readonly string[];
    const taps: Tap[] = [];

    before(async function () {
      server = (await start()) ?? skip(this, motoMissing);
      topics = await Promise.all(
        ['paid', 'unpaid'].map(
          async (Name) => (await server.sns.send(new CreateTopicCommand({ Name }))).TopicArn ?? '',
        ),
      );
      await server.events.send(new CreateEventBusCommand({ Name: 'outcomes' }));
      buses = ['default', 'outcomes'].map((bus) => `arn:aws:events:${sourceRegion}:${server.account}:event-bus/${bus}`);
      targets = [...topics, ...buses];
    });

    after(() => server?.[Symbol.asyncDispose]());

    afterEach(async () => {
      for (const tap of taps.splice(0)) {
        await tap.stop();
        await tap.dispose();
      }
    });

    const tapOf = (options: Partial<TapOptions> = {}): Tap => {
      const given = { clients: server.clients(), owner, targets, sink: memorySink(), log: fakeLog(), ...options };
      const tap = createTap(given);
      taps.push(tap);
      return tap;
    };

    const publish = (topic: string, n: number): Promise<unknown> =>
      server.sns.send(new PublishCommand({ TopicArn: topic, Message: recordText(n) }));

    const putEvent = (bus: string, n: number, Source = 'lambda'): Promise<unknown> =>
      server.events.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: bus,
              Source,
              DetailType: 'Lambda Function Invocation Result - Success',
              Resources: [bus, 'arn:aws:lambda:us-east-1:123456789012:function:charge:$LATEST'],
              Detail: recordText(n),
            },
          ],
        }),
      );

    /** What taps have made, by kind. */
    const made = async (): Promise<{ queues: number; subscriptions: number; rules: number }> => {
      const { QueueUrls = [] } = await server.sqs.send(
        new ListQueuesCommand({ QueueNamePrefix: 'lambda-destinations-tap-' }),
      );
      const { Subscriptions = [] } = await server.sns.send(new ListSubscriptionsCommand({}));
      let rules = 0;
      for (const EventBusName of ['default', 'outcomes']) {
        rules += ((await server.events.send(new ListRulesCommand({ EventBusName }))).Rules ?? []).length;
      }
      return { queues: QueueUrls.length, subscriptions: Subscriptions.length, rules };
    };

    const nothing = { queues: 0, subscriptions: 0, rules: 0 };
    const idsTo = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => requestIdOf(n));

    it('hear each record of topics and buses once, under its own destination, and remove all they made', async () => {
      const sink = memorySink();
      const tap = tapOf({ sink });
      await tap.start();
      assert.equal(tap.state.phase, 'listening');
      await Promise.all(
        Array.from({ length: 40 }, (_, n) => {
          const target = targets[n % targets.length] ?? '';
          return target.includes(':sns:') ? publish(target, n) : putEvent(target, n);
        }),
      );
      await putEvent(buses[0] ?? '', 99, 'somebody.else');
      await when(sink.onDidIngest, () => (sink.pieces.length >= 40 ? true : undefined));
      await tap.stop();
      assert.deepEqual(sink.requestIds(), idsTo(40));
      for (const piece of sink.pieces) {
        assert.ok(piece.kind === 'record');
        const n = idsTo(40).indexOf(piece.requestId);
        assert.equal(piece.destinationArn, targets[n % targets.length]);
        assert.deepEqual(JSON.parse(piece.body), JSON.parse(recordText(n)));
      }
      assert.equal(tap.state.phase, 'stopped');
      assert.equal(tap.state.received, 40);
      assert.deepEqual(await made(), nothing);
    });

    it('make what was planned, tagged, and let nobody else send', async () => {
      const plan = planTap(targets, { owner, region: sourceRegion, account: server.account });
      const tap = tapOf({ name: plan.name });
      await tap.start();
      assert.deepEqual(await made(), { queues: 1, subscriptions: 2, rules: 2 });
      assert.equal(tap.name, plan.name);
      const { QueueUrls: [QueueUrl] = [] } = await server.sqs.send(
        new ListQueuesCommand({ QueueNamePrefix: plan.name }),
      );
      const { Attributes = {} } = await server.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      assert.equal(Attributes['QueueArn'], plan.creates[0]?.arn);
      assert.equal(Attributes['MessageRetentionPeriod'], '86400');
      const rules = plan.creates.filter(({ what }) => what === 'rule').map(({ arn }) => arn);
      const { Statement } = JSON.parse(Attributes['Policy'] ?? '') as {
        Statement: readonly { Condition: { ArnEquals: { 'aws:SourceArn': readonly string[] } } }[];
      };
      assert.deepEqual(
        Statement.map(({ Condition }) => Condition.ArnEquals['aws:SourceArn']),
        [topics, rules],
      );
      const { Tags = {} } = await server.sqs.send(new ListQueueTagsCommand({ QueueUrl }));
      assert.equal(Tags['lambda-destinations:owner'], owner);
      assert.ok(Date.parse(Tags['lambda-destinations:expires'] ?? '') > Date.now());
      for (const ResourceARN of rules) {
        const tags = (await server.events.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags ?? [];
        assert.ok(tags.some(({ Key, Value }) => Key === 'lambda-destinations:owner' && Value === owner));
      }
    });

    it('go on where they were paused, and where a crash left them', async () => {
      const sink = memorySink();
      const first = tapOf({ sink });
      await first.start();
      await first.pause();
      assert.equal(first.state.phase, 'paused');
      await publish(topics[0] ?? '', 0);
      await first.start();
      await when(sink.onDidIngest, () => sink.pieces[0]);
      // As a crash: nothing was removed.
      await first.dispose();
      taps.length = 0;
      await putEvent(buses[1] ?? '', 1);
      const second = tapOf({ sink, targets: [...buses] });
      await second.start();
      await when(sink.onDidIngest, () => sink.pieces[1]);
      assert.deepEqual(sink.requestIds(), idsTo(2));
      assert.deepEqual(await made(), { queues: 1, subscriptions: 0, rules: 2 });
      assert.equal(second.name, first.name);
    });

    it('listen to other targets when told, without missing any of the others', async () => {
      const sink = memorySink();
      const tap = tapOf({ sink, targets: topics.slice(0, 1) });
      await tap.start();
      await tap.setTargets([...topics.slice(0, 1), ...buses]);
      assert.deepEqual(await made(), { queues: 1, subscriptions: 1, rules: 2 });
      await putEvent(buses[1] ?? '', 0);
      await publish(topics[0] ?? '', 1);
      await when(sink.onDidIngest, () => sink.pieces[1]);
      await tap.setTargets(topics.slice(1));
      assert.deepEqual(await made(), { queues: 1, subscriptions: 1, rules: 0 });
      await publish(topics[1] ?? '', 2);
      await when(sink.onDidIngest, () => sink.pieces[2]);
      assert.deepEqual(sink.requestIds(), idsTo(3));
    });

    it('listen to the others where one is refused, and say so', async () => {
      const sink = memorySink();
      const gone = `arn:aws:sns:${sourceRegion}:${server.account}:gone`;
      const tap = tapOf({ sink, targets: [gone, ...topics] });
      await tap.start();
      assert.equal(tap.state.phase, 'listening');
      assert.match(tap.state.problem ?? '', /subscribe to the topic gone/);
      await publish(topics[0] ?? '', 0);
      await when(sink.onDidIngest, () => sink.pieces[0]);
      assert.match(tap.state.problem ?? '', /subscribe to the topic gone/);
      await tap.setTargets(topics);
      assert.equal(tap.state.problem, undefined);
    });

    it('leave nothing behind where there is nothing to listen to', async () => {
      const tap = tapOf({ targets: [`arn:aws:sns:${sourceRegion}:${server.account}:gone`] });
      await assert.rejects(tap.start(), (error: unknown) => UserFacingFailure.is(error));
      assert.equal(tap.state.phase, 'failed');
      assert.deepEqual(await made(), nothing);
    });

    it('delete nothing that is not stored', async () => {
      const sink = memorySink();
      let failures = 0;
      sink.before = () => {
        if (failures++ === 0) throw new Error('The disk is full.');
      };
      const tap = tapOf({ sink });
      await tap.start();
      const failed = when(tap.onDidChangeState, () => (tap.state.problem === undefined ? undefined : tap.state));
      await publish(topics[0] ?? '', 0);
      assert.match((await failed).problem ?? '', /disk is full/);
      await when(sink.onDidIngest, () => sink.pieces[0]);
      // It is deleted now, and nothing comes of it when its visibility time-out has passed.
      await tap.stop();
      assert.deepEqual(sink.requestIds(), idsTo(1));
    });

    it('make another queue where somebody deletes theirs', async () => {
      await using proxy = await startCuttingProxy(server.endpoint);
      const sink = memorySink();
      const tap = tapOf({ sink, clients: server.clients(proxy.endpoint) });
      await tap.start();
      const first = tap.name;
      const { QueueUrls: [QueueUrl] = [] } = await server.sqs.send(new ListQueuesCommand({ QueueNamePrefix: first }));
      const gone = when(tap.onDidChangeState, () => (tap.state.problem === undefined ? undefined : true));
      await server.sqs.send(new DeleteQueueCommand({ QueueUrl }));
      // So that it does not wait for the end of its long poll.
      proxy.cut();
      await gone;
      const second = await when(tap.onDidChangeState, () => (tap.state.problem === undefined ? tap.name : undefined));
      assert.notEqual(second, undefined);
      await publish(topics[0] ?? '', 0);
      await when(sink.onDidIngest, () => sink.pieces[0]);
      await tap.stop();
      assert.deepEqual(await made(), nothing);
    });

    it('make another queue where theirs was deleted while they were paused', async () => {
      const sink = memorySink();
      let time = Date.now();
      const tap = tapOf({ sink, now: () => time });
      await tap.start();
      await tap.pause();
      const { QueueUrls: [QueueUrl] = [] } = await server.sqs.send(
        new ListQueuesCommand({ QueueNamePrefix: tap.name }),
      );
      await server.sqs.send(new DeleteQueueCommand({ QueueUrl }));
      // Names tell seconds apart.
      time += 1_000;
      await tap.start();
      await publish(topics[0] ?? '', 0);
      await when(sink.onDidIngest, () => sink.pieces[0]);
      assert.deepEqual(await made(), { queues: 1, subscriptions: 2, rules: 2 });
      await tap.stop();
      assert.deepEqual(await made(), nothing);
    });

    it('are found when a crash left them behind, and removed', async () => {
      const clients = server.clients();
      const now = Date.now();
      const search = (who: string, at = now, except?: string) =>
        findLeftoverTaps(clients, { owner: who, now: at, except }, always);
      const tap = tapOf({ clients });
      await tap.start();
      assert.deepEqual(await search(owner, now, tap.name), []);
      await tap.dispose();
      taps.length = 0;
      assert.deepEqual(await search('another store'), []);
      const [mine, ...others] = await search(owner);
      assert.ok(mine && others.length === 0);
      assert.equal(mine.mine, true);
      assert.deepEqual(mine.targets.map(({ arn }) => arn).toSorted(), [...targets].toSorted());
      const [late] = await search('another store', now + 25 * 3_600_000);
      assert.equal(late?.mine, false);
      await removeLeftoverTap(clients, mine, always);
      assert.deepEqual(await made(), nothing);
      assert.deepEqual(await search(owner), []);
    });

    it('are found by their rules and subscriptions where only the queue is gone', async () => {
      const clients = server.clients();
      const tap = tapOf({ clients });
      await tap.start();
      await tap.dispose();
      taps.length = 0;
      const { QueueUrls: [QueueUrl] = [] } = await server.sqs.send(
        new ListQueuesCommand({ QueueNamePrefix: tap.name }),
      );
      await server.sqs.send(new DeleteQueueCommand({ QueueUrl }));
      const found = await findLeftoverTaps(clients, { owner, now: Date.now() }, always);
      assert.deepEqual(
        found.map(({ name: of, queueUrl, targets: { length } }) => ({ of, queueUrl, length })),
        [{ of: tap.name, queueUrl: undefined, length: 4 }],
      );
      for (const each of found) await removeLeftoverTap(clients, each, always);
      assert.deepEqual(await made(), nothing);
    });

    it('remove what they can where something is gone already', async () => {
      const tap = tapOf();
      await tap.start();
      const rule = { EventBusName: 'outcomes', Rule: tap.name };
      await server.events.send(new RemoveTargetsCommand({ ...rule, Ids: ['tap'] }));
      await server.events.send(new DeleteRuleCommand({ EventBusName: 'outcomes', Name: tap.name }));
      await tap.stop();
      assert.deepEqual(await made(), nothing);
    });

    it('lose nothing when their connection is cut again and again', async () => {
      await using proxy = await startCuttingProxy(server.endpoint);
      const sink = memorySink();
      const tap = tapOf({ sink, clients: server.clients(proxy.endpoint), visibilityTimeout: 1 });
      await tap.start();
      for (let n = 0; n < 60; n++) {
        const target = targets[n % targets.length] ?? '';
        await (target.includes(':sns:') ? publish(target, n) : putEvent(target, n));
        if (n % 6 === 5) proxy.cut();
      }
      // What was on its way when it was cut is there again when its visibility time-out has passed.
      await when(sink.onDidIngest, () => (new Set(sink.requestIds()).size === 60 ? true : undefined));
      assert.deepEqual([...new Set(sink.requestIds())], idsTo(60));
      await tap.stop();
    });
  });
}
