import assert from 'node:assert/strict';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { createQueueDrain, type QueueDrainOptions } from '../../src/aws/sources/queueDrain.ts';
import { createQueuePeek } from '../../src/aws/sources/queuePeek.ts';
import type { RecordSource } from '../../src/model/recordSource.ts';
import { UserFacingFailure } from '../../src/model/userFacingFailure.ts';
import { startCuttingProxy } from '../support/cuttingProxy.ts';
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
import { when } from '../support/when.ts';

for (const [name, start] of Object.entries(sourceBackends)) {
  describe(`A queue on ${name}`, function () {
    this.timeout(60_000);
    let server: SourceBackend;
    let queueUrl: string;
    let queueArn: string;
    let queues = 0;
    const sources: RecordSource[] = [];

    before(async function () {
      server = (await start()) ?? skip(this, motoMissing);
    });

    after(() => server?.[Symbol.asyncDispose]());

    beforeEach(async () => {
      [queueUrl, queueArn] = await queue();
    });

    afterEach(async () => {
      for (const source of sources.splice(0)) await source.dispose();
    });

    const queue = async (Attributes: Record<string, string> = {}, suffix = ''): Promise<readonly [string, string]> => {
      const QueueName = `q${queues++}${suffix}`;
      const { QueueUrl = '' } = await server.sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
      return [QueueUrl, `arn:aws:sqs:${sourceRegion}:${server.account}:${QueueName}`];
    };

    const owned = <T extends RecordSource>(source: T): T => {
      sources.push(source);
      return source;
    };

    const drain = (options: Partial<QueueDrainOptions> = {}): RecordSource =>
      owned(createQueueDrain({ clients: server.clients(), queueArn, sink: memorySink(), log: fakeLog(), ...options }));

    const peek = (options: Partial<QueueDrainOptions> = {}): ReturnType<typeof createQueuePeek> =>
      owned(createQueuePeek({ clients: server.clients(), queueArn, sink: memorySink(), log: fakeLog(), ...options }));

    const send = async (from: number, count: number): Promise<void> => {
      for (let sent = 0; sent < count; sent += 10) {
        const Entries = Array.from({ length: Math.min(10, count - sent) }, (_, n) => ({
          Id: String(n),
          MessageBody: recordText(from + sent + n),
        }));
        await server.sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      }
    };

    const idsTo = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => requestIdOf(n));

    const counts = async (): Promise<{ visible: number; hidden: number }> => {
      const { Attributes = {} } = await server.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
      );
      return {
        visible: Number(Attributes['ApproximateNumberOfMessages']),
        hidden: Number(Attributes['ApproximateNumberOfMessagesNotVisible']),
      };
    };

    const receiveAll = async (): Promise<readonly Message[]> => {
      const messages: Message[] = [];
      for (;;) {
        const { Messages = [] } = await server.sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: 10,
            MessageSystemAttributeNames: ['All'],
          }),
        );
        if (Messages.length === 0) return messages;
        messages.push(...Messages);
      }
    };

    describe('that is drained', () => {
      it('gives each record once, and is empty then', async () => {
        const sink = memorySink();
        const source = drain({ sink });
        await send(0, 60);
        await source.start();
        await send(60, 60);
        await when(sink.onDidIngest, () => (sink.pieces.length >= 120 ? true : undefined));
        await source.pause();
        assert.deepEqual(sink.requestIds(), idsTo(120));
        assert.deepEqual(await counts(), { visible: 0, hidden: 0 });
        assert.equal(source.state.received, 120);
        assert.equal(source.state.phase, 'paused');
      });

      it('keeps what is not stored, and gives it later', async () => {
        const sink = memorySink();
        const source = drain({ sink, visibilityTimeout: 600 });
        let stored = false;
        sink.before = () => {
          if (!stored) throw new Error('The disk is full.');
        };
        await send(0, 3);
        const failed = when(source.onDidChangeState, () => source.state.problem);
        await source.start();
        assert.match(await failed, /disk is full/);
        const { visible, hidden } = await counts();
        assert.equal(visible + hidden, 3);
        stored = true;
        await when(sink.onDidIngest, () => (sink.pieces.length >= 3 ? true : undefined));
        await source.pause();
        assert.deepEqual(sink.requestIds(), idsTo(3));
        assert.deepEqual(await counts(), { visible: 0, hidden: 0 });
      });

      it('loses nothing that was on its way to a sink that never answered', async () => {
        const sink = memorySink();
        const asked = Promise.withResolvers<void>();
        sink.before = () => {
          asked.resolve();
          return new Promise(() => undefined);
        };
        await send(0, 3);
        // Never disposed: its process is gone.
        const first = createQueueDrain({
          clients: server.clients(),
          queueArn,
          sink,
          log: fakeLog(),
          visibilityTimeout: 1,
        });
        await first.start();
        await asked.promise;
        const later = memorySink();
        const second = drain({ sink: later });
        await second.start();
        await when(later.onDidIngest, () => (later.pieces.length >= 3 ? true : undefined));
        assert.deepEqual(later.requestIds(), idsTo(3));
      });

      it('gives a dead letter to the function whose dead-letter queue it is', async () => {
        const sink = memorySink();
        const source = drain({ sink, deadLetterOf: 'charge' });
        const text = (StringValue: string, DataType = 'String') => ({ DataType, StringValue });
        await server.sqs.send(
          new SendMessageCommand({
            QueueUrl: queueUrl,
            MessageBody: '{ "n": 1 }',
            MessageAttributes: {
              RequestID: text(requestIdOf(1)),
              ErrorCode: text('200', 'Number'),
              ErrorMessage: text('no sku'),
            },
          }),
        );
        await source.start();
        const piece = await when(sink.onDidIngest, () => sink.pieces[0]);
        assert.ok(piece.kind === 'deadLetter');
        const { at: _at, ...rest } = piece;
        assert.deepEqual(rest, {
          kind: 'deadLetter',
          requestId: requestIdOf(1),
          destinationArn: queueArn,
          functionName: 'charge',
          errorCode: '200',
          errorMessage: 'no sku',
          body: '{ "n": 1 }',
        });
      });

      it('is read on when its connection was cut and away for a while', async () => {
        await using proxy = await startCuttingProxy(server.endpoint);
        const sink = memorySink();
        const source = drain({ sink, clients: server.clients(proxy.endpoint), visibilityTimeout: 1 });
        await source.start();
        await send(0, 20);
        proxy.refuse();
        await when(source.onDidChangeState, () => source.state.problem);
        await send(20, 20);
        proxy.restore();
        await when(sink.onDidIngest, () => (new Set(sink.requestIds()).size === 40 ? true : undefined));
        await when(source.onDidChangeState, () => (source.state.problem === undefined ? true : undefined));
        await source.dispose();
        assert.deepEqual([...new Set(sink.requestIds())], idsTo(40));
      });

      it('is refused where it is not there, or in another region', async () => {
        const missing = drain({ queueArn: `${queueArn}-missing` });
        await assert.rejects(missing.start(), /Could not find the queue/);
        assert.equal(missing.state.phase, 'failed');
        assert.match(missing.state.problem ?? '', /Could not find the queue/);
        const elsewhere = drain({ queueArn: queueArn.replace(sourceRegion, 'eu-west-1') });
        await assert.rejects(elsewhere.start(), (error: unknown) => UserFacingFailure.is(error, 'otherRegion'));
      });

      it('is let go of at once, in the middle of a long poll', async () => {
        const source = drain();
        await source.start();
        const begun = Date.now();
        await source.dispose();
        assert.ok(Date.now() - begun < 5_000);
        await assert.rejects(source.start(), { name: 'AbortError' });
      });
    });

    describe('that is looked at', () => {
      it('gives all it has and keeps it, visible again at once', async () => {
        const sink = memorySink();
        const source = peek({ sink });
        await send(0, 47);
        await source.start();
        await when(source.onDidChangeState, () => source.state.lastReadAt);
        await source.pause();
        assert.deepEqual(sink.requestIds(), idsTo(47));
        assert.deepEqual(await counts(), { visible: 47, hidden: 0 });
        const messages = await receiveAll();
        assert.equal(messages.length, 47);
        assert.deepEqual(source.state.sampled, {});
      });

      it('is looked at again only after five seconds, and gives only what is new', async () => {
        const sink = memorySink();
        const begun = Date.now();
        let time = begun;
        const source = peek({ sink, now: () => time });
        const looks = new Set<number>();
        source.onDidChangeState(({ lastReadAt }) => lastReadAt !== undefined && looks.add(lastReadAt - begun));
        await send(0, 3);
        await source.start();
        await when(source.onDidChangeState, () => source.state.lastReadAt);
        time += 4_900;
        source.look();
        await send(3, 2);
        // Asked for too early, it waits for what is left of the five seconds.
        for (let n = 0; n < 5; n++) assert.deepEqual(await counts(), { visible: 5, hidden: 0 });
        time += 200;
        await when(sink.onDidIngest, () => (sink.pieces.length >= 5 ? true : undefined));
        await when(source.onDidChangeState, () => (looks.size > 1 ? true : undefined));
        await source.pause();
        assert.deepEqual([...looks], [0, 5_100]);
        assert.deepEqual(sink.requestIds(), idsTo(5));
        assert.equal(source.state.received, 5);
      });

      it('ends a look with 500 messages, and says that it did not see all', async function () {
        if (name === 'moto') skip(this, 'moto hands out so many more slowly than they stay hidden');
        const sink = memorySink();
        const begun = Date.now();
        // Time stands still: a slow server is no reason to end sooner.
        const source = peek({ sink, now: () => begun });
        await send(0, 510);
        await source.start();
        await when(source.onDidChangeState, () => source.state.lastReadAt);
        await source.pause();
        assert.equal(sink.pieces.length, 500);
        assert.equal(source.state.sampled?.since, begun);
        assert.deepEqual(await counts(), { visible: 510, hidden: 0 });
      });

      it('has back what was not stored', async () => {
        const sink = memorySink();
        sink.before = () => {
          throw new Error('The disk is full.');
        };
        const source = peek({ sink });
        await send(0, 3);
        await source.start();
        await when(source.onDidChangeState, () => source.state.problem);
        await source.pause();
        assert.deepEqual(await counts(), { visible: 3, hidden: 0 });
      });

      it('is refused where it has a redrive policy, from the start and later', async () => {
        const deadLetterTargetArn = queueArn;
        const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 5 });
        const [, guarded] = await queue({ RedrivePolicy });
        const refused = peek({ queueArn: guarded });
        await assert.rejects(refused.start(), (error: unknown) => UserFacingFailure.is(error, 'peekRefused'));
        assert.equal(refused.state.problemCode, 'peekRefused');

        let time = Date.now();
        const [laterUrl, laterArn] = await queue();
        const source = peek({ queueArn: laterArn, now: () => time });
        await source.start();
        await when(source.onDidChangeState, () => source.state.lastReadAt);
        await server.sqs.send(new SetQueueAttributesCommand({ QueueUrl: laterUrl, Attributes: { RedrivePolicy } }));
        time += 5_000;
        source.look();
        await when(source.onDidChangeState, () => (source.state.phase === 'failed' ? true : undefined));
        assert.equal(source.state.problemCode, 'peekRefused');
      });

      it('is refused where it is a FIFO queue', async () => {
        const [, fifo] = await queue({ FifoQueue: 'true' }, '.fifo');
        await assert.rejects(peek({ queueArn: fifo }).start(), (error: unknown) =>
          UserFacingFailure.is(error, 'peekRefused'),
        );
      });
    });
  });
}
