import { join } from 'node:path';
import { followInvocations } from '../../../src/connections/invocationStream.ts';
import { Emitter, type Event } from '../../../src/model/event.ts';
import type { InvocationStore } from '../../../src/store/invocationStore.ts';
import { openInvocationStore } from '../../../src/store/sqliteStore.ts';
import { startCuttingProxy } from '../cuttingProxy.ts';
import type { Random } from '../fuzz/random.ts';
import { startLocalProcess } from '../localProcess.ts';
import { when } from '../when.ts';
import { piecesAnInvocation } from './fedInvocations.ts';
import { feedFrom } from './feedingNode.ts';
import { keptOf, type Kept } from './keptInvocations.ts';

const connectionId = 'local:fed';
const feeder = join(import.meta.dirname, 'streamFeeder.ts');

/** What is followed, and how it is disturbed. */
export interface FollowedFeedOptions {
  /** Gets the store and the journal. */
  readonly folder: string;
  readonly count: number;
  readonly perSecond: number;
  /** How often the connection is cut, at random moments: when so or so many pieces were stored. */
  readonly cuts?: number;
  readonly random?: Random;
  /** So long nobody answers after a cut; absent: a new connection is taken at once. The event: a connection broke off, or was refused. */
  readonly outage?: (onDidBreak: Event<void>) => Promise<unknown>;
}

/** What came of it. */
export interface FollowedFeed extends Kept {
  readonly cuts: number;
  /** From the last piece in the journal to all of them in the store. */
  readonly behindMs: number;
}

/** Has a feeder tell of invocations, follows its stream into a store of its own, and looks at what the store has then. */
export async function followFeed(options: FollowedFeedOptions): Promise<FollowedFeed> {
  const { folder, count, perSecond } = options;
  const broken = new Emitter<void>();
  const noteBreak = (message: string): void => {
    if (message.includes('broke off')) broken.fire();
  };
  const log = { trace() {}, debug: noteBreak, info() {}, warn: noteBreak, error() {} };
  const workerUrl = new URL('../../../src/store/storeWorker.ts', import.meta.url);
  const settings = { maxRows: Number.MAX_SAFE_INTEGER, maxMegabytes: 100_000, maxDays: 0, redact: [] };
  const store = await openInvocationStore({ file: join(folder, 'invocations.sqlite'), workerUrl, settings, log });
  const local = startLocalProcess(['--data', join(folder, 'data')], {}, { program: feeder });
  try {
    const { endpoint, controlToken } = await local.ready();
    await using proxy = await startCuttingProxy(endpoint);
    const stored = new Emitter<void>();
    let pieces = 0;
    let cursor = 0;
    let cuts = 0;
    const cutAt = cutPlaces(options);
    const disturb = async (): Promise<void> => {
      cutAt.shift();
      cuts++;
      if (!options.outage) {
        proxy.cut();
        return;
      }
      proxy.refuse();
      await options.outage(broken.event);
      proxy.restore();
    };
    let disturbing = Promise.resolve();
    const followed: Pick<InvocationStore, 'ingest' | 'cursor'> = {
      async ingest(connection, given, position) {
        const ids = await store.ingest(connection, given, position);
        pieces += given.length;
        cursor = position?.value ?? cursor;
        if (pieces >= (cutAt[0] ?? Infinity)) disturbing = disturb();
        stored.fire();
        return ids;
      },
      cursor: (connection, stream) => store.cursor(connection, stream),
    };
    const following = followInvocations({
      ...{ endpoint: proxy.endpoint, controlToken, connectionId, log, store: followed },
      onFunctionsChanged: () => undefined,
    });
    const last = await feedFrom({ endpoint, controlToken }, count, perSecond);
    const begun = performance.now();
    await when(stored.event, () => cursor >= last || undefined);
    const behindMs = performance.now() - begun;
    await disturbing;
    await following.dispose();
    return { ...(await keptOf(store, connectionId, count)), cuts, behindMs };
  } finally {
    const ended = local.ended();
    local.child.kill('SIGKILL');
    await ended;
    await store.dispose();
  }
}

/** In every part of the pieces one, the last ones left out: what came meanwhile has to follow a cut. */
function cutPlaces({ count, cuts = 0, random }: FollowedFeedOptions): number[] {
  const part = Math.floor((count * piecesAnInvocation * 0.95) / Math.max(1, cuts));
  return Array.from({ length: cuts }, (_, index) => 1 + index * part + (random?.below(part) ?? 0));
}
