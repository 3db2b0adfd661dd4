import assert from 'node:assert/strict';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { type BucketSourceOptions, createBucketObjects } from '../../src/aws/sources/bucketObjects.ts';
import type { RecordSource } from '../../src/model/recordSource.ts';
import { startCuttingProxy } from '../support/cuttingProxy.ts';
import { motoMissing } from '../support/motoServer.ts';
import { fakeLog } from '../support/panelFakes.ts';
import { skip } from '../support/skip.ts';
import { memorySink, recordText, requestIdOf, type SourceBackend, sourceBackends } from '../support/sourceBackends.ts';
import { when } from '../support/when.ts';

const midnight = Date.UTC(2026, 10, 25);

for (const [name, start] of Object.entries(sourceBackends)) {
  describe(`Records in a bucket on ${name}`, function () {
    this.timeout(60_000);
    let server: SourceBackend;
    let bucket: string;
    let buckets = 0;
    const sources: RecordSource[] = [];

    before(async function () {
      server = (await start()) ?? skip(this, motoMissing);
    });

    after(() => server?.[Symbol.asyncDispose]());

    beforeEach(async () => {
      bucket = `failed-${buckets++}`;
      await server.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    });

    afterEach(async () => {
      for (const source of sources.splice(0)) await source.dispose();
    });

    const objects = (options: Partial<BucketSourceOptions> = {}): ReturnType<typeof createBucketObjects> => {
      const source = createBucketObjects({
        clients: server.clients(),
        bucketArn: `arn:aws:s3:::${bucket}`,
        functionNames: ['charge', 'refund'],
        sink: memorySink(),
        log: fakeLog(),
        since: midnight - 3_600_000,
        ...options,
      });
      sources.push(source);
      return source;
    };

    /** As Lambda's keys are (spec 2.5); `tail` makes them rise or fall within a second. */
    const put = (n: number, at: number, functionName = 'charge', tail = n): Promise<unknown> => {
      const second = new Date(at).toISOString().slice(0, 19);
      const day = second.slice(0, 10).replaceAll('-', '/');
      const uuid = `${tail.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
      const Key = `aws/lambda/async/${functionName}/${day}/${second.replaceAll(':', '.')}-${uuid}`;
      return server.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: recordText(n, 'RetriesExhausted') }));
    };

    const idsTo = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => requestIdOf(n));

    it('are read once each, of every function, over the end of a day, and stay there', async () => {
      const sink = memorySink();
      const source = objects({ sink });
      for (let n = 0; n < 12; n++) await put(n, midnight - 6_000 + n * 1_000, n % 2 ? 'charge' : 'refund');
      await put(98, midnight, 'another');
      await put(99, midnight - 3 * 3_600_000);
      await server.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'aws/lambda/async/charge/notes', Body: '{}' }));
      await source.start();
      await when(sink.onDidIngest, () => (sink.pieces.length >= 12 ? true : undefined));
      // Of a second that was read before, with a key before those that were read; and one that came late.
      await put(12, midnight + 5_000, 'charge', 0);
      await put(13, midnight - 60_000);
      source.look();
      await when(sink.onDidIngest, () => (sink.pieces.length >= 14 ? true : undefined));
      await source.stop();
      assert.deepEqual(sink.requestIds(), idsTo(14));
      for (const piece of sink.pieces) {
        assert.ok(piece.kind === 'record');
        assert.equal(piece.destinationArn, `arn:aws:s3:::${bucket}`);
        assert.equal(piece.role, 'onFailure');
      }
      const { KeyCount } = await server.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      assert.equal(KeyCount, 17);
      assert.equal(sink.cursors.get(`objects:arn:aws:s3:::${bucket}:charge`), midnight + 5_000);
    });

    it('are read on from the cursor', async () => {
      const sink = memorySink();
      await put(0, midnight);
      const first = objects({ sink });
      await first.start();
      await when(sink.onDidIngest, () => sink.pieces[0]);
      await first.dispose();
      await put(1, midnight + 3 * 24 * 3_600_000);
      const second = objects({ sink, since: midnight + 30 * 24 * 3_600_000 });
      await second.start();
      await when(sink.onDidIngest, () => (sink.requestIds().includes(requestIdOf(1)) ? true : undefined));
    });

    it('keep the cursor where they are not stored', async () => {
      const sink = memorySink();
      let stored = false;
      sink.before = () => {
        if (!stored) throw new Error('The disk is full.');
      };
      await put(0, midnight);
      const source = objects({ sink });
      const failed = when(source.onDidChangeState, () => source.state.problem);
      await source.start();
      assert.match(await failed, /disk is full/);
      assert.equal(sink.cursors.size, 0);
      stored = true;
      await when(sink.onDidIngest, () => sink.pieces[0]);
    });

    it('are read of other functions when told', async () => {
      const sink = memorySink();
      const source = objects({ sink, functionNames: [] });
      await put(0, midnight, 'refund');
      await source.start();
      await when(source.onDidChangeState, () => source.state.lastReadAt);
      source.setFunctions(['refund']);
      await when(sink.onDidIngest, () => sink.pieces[0]);
      assert.deepEqual(sink.requestIds(), idsTo(1));
    });

    it('are read on when the connection was cut', async () => {
      await using proxy = await startCuttingProxy(server.endpoint);
      const sink = memorySink();
      const source = objects({ sink, clients: server.clients(proxy.endpoint) });
      await source.start();
      await when(source.onDidChangeState, () => source.state.lastReadAt);
      proxy.refuse();
      source.look();
      await when(source.onDidChangeState, () => source.state.problem);
      await put(0, midnight);
      proxy.restore();
      source.look();
      await when(sink.onDidIngest, () => sink.pieces[0]);
      await when(source.onDidChangeState, () => (source.state.problem === undefined ? true : undefined));
      await source.dispose();
    });

    it('that is not there is refused', async () => {
      const source = objects({ bucketArn: 'arn:aws:s3:::not-there' });
      await assert.rejects(source.start(), /Could not read the bucket not-there/);
      assert.equal(source.state.phase, 'failed');
    });
  });
}
