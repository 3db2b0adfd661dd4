import assert from 'node:assert/strict';
import type { Connection, ConnectionState } from '../../src/connections/connection.ts';
import { Emitter } from '../../src/model/event.ts';
import type { InvocationRow } from '../../src/model/invocation.ts';
import { UserFacingFailure } from '../../src/model/userFacingFailure.ts';
import { Messenger, RequestError } from '../../src/protocol/messenger.ts';
import type { PanelPushes, PanelRequests } from '../../src/protocol/panel.ts';
import { bodyText } from '../../src/views/recordsPanel/bodies.ts';
import { PanelHost, type PanelHostDeps } from '../../src/views/recordsPanel/panelHost.ts';
import {
  fakeConnectionId,
  fakeInvocation,
  fakeLog,
  FakeStore,
  portPair,
  type FakeEntry,
} from '../support/panelFakes.ts';

type Page = Messenger<Record<never, never>, PanelRequests, PanelPushes, Record<never, never>>;
type Heard = { [K in keyof PanelPushes]: { readonly name: K; readonly value: PanelPushes[K] } }[keyof PanelPushes];

const failed = (id: number): FakeEntry =>
  fakeInvocation(id, {
    functionName: 'orders-charge',
    status: 'failed',
    at: 1_000 * id,
    attempts: [{ ms: 10, failed: true }],
    error: { type: 'TypeError', message: 'no sku' },
  });
const succeeded = (id: number): FakeEntry =>
  fakeInvocation(id, { functionName: 'orders-audit', status: 'succeeded', at: 1_000 * id, attempts: [{ ms: 10 }] });

function setUp(entries: readonly FakeEntry[], overrides: Partial<PanelHostDeps> = {}) {
  const store = new FakeStore(entries);
  const stateChanged = new Emitter<ConnectionState>();
  const connectionReplaced = new Emitter<unknown>();
  const log: string[] = [];
  const did: string[] = [];
  const note = (what: string): Promise<void> => {
    did.push(what);
    return Promise.resolve();
  };
  const connection = {
    state: {
      phase: 'ready',
      info: {
        id: fakeConnectionId,
        kind: 'local',
        label: 'Local Lambda',
        region: 'us-east-1',
        account: '000000000000',
        timeScale: 60,
      },
    } as ConnectionState,
    onDidChangeState: stateChanged.event,
    skipWait: (requestId: string) => note(`skipWait ${requestId}`),
  };
  const [hostPort, pagePort] = portPair();
  const host = new PanelHost(hostPort, {
    store,
    connection: () => connection,
    onDidChangeConnection: connectionReplaced.event,
    trusted: () => true,
    resolveError: ({ errorType = '', errorMessage = '' }) =>
      Promise.resolve(errorType === '' ? undefined : { type: errorType, message: errorMessage, frames: [] }),
    openLocation: ({ uri, line, column }) => note(`open ${uri}:${line}:${column}`),
    openHandler: ({ functionName }) => note(`handler of ${functionName}`),
    openBody: (row, key) => note(`openBody ${row.id} ${key}`),
    copy: (text) => note(`copy ${text}`),
    runCommand: (command) => note(`run ${command}`),
    listen: (destinationArn) => note(`listen ${destinationArn}`),
    runOnRows: (command, ids) => note(`${command} ${ids.join(' ')}`),
    now: () => 5_000,
    pause: () => Promise.resolve(),
    log: fakeLog(log),
    ...overrides,
  });
  const heard: Heard[] = [];
  let wake = (): void => undefined;
  const hear = (push: Heard): void => {
    heard.push(push);
    wake();
  };
  const page: Page = new Messenger(
    pagePort,
    {},
    {
      rowsChanged: (value) => hear({ name: 'rowsChanged', value }),
      connectionChanged: (value) => hear({ name: 'connectionChanged', value }),
      reveal: (value) => hear({ name: 'reveal', value }),
    },
  );
  /** Resolves when so many pushes were heard. */
  const pushes = async (count: number): Promise<readonly Heard[]> => {
    while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
    return heard;
  };
  return { store, host, page, heard, pushes, connection, stateChanged, connectionReplaced, did, log };
}

describe('PanelHost', () => {
  it('answers a new page with counts, total, connection and its clock', async () => {
    const { page } = setUp([failed(1), succeeded(2), succeeded(3)]);
    const snapshot = await page.request('hydrate', { statuses: ['succeeded'] });
    assert.equal(snapshot.total, 2);
    assert.equal(snapshot.counts.all, 3);
    assert.equal(snapshot.counts.failed, 1);
    assert.equal(snapshot.now, 5_000);
    assert.deepEqual(snapshot.connection, {
      id: fakeConnectionId,
      label: 'Local Lambda',
      state: 'ready',
      region: 'us-east-1',
      account: '000000000000',
      kind: 'local',
      trusted: true,
      timeScale: 60,
    });
  });

  it('tells what is read of a connection, has logs read of the rows on screen, and listens where the page says', async () => {
    const listeningChanged = new Emitter<void>();
    const watched: string[] = [];
    let phase: 'listening' | 'paused' = 'listening';
    const { connection, did, ...set } = setUp([succeeded(1), failed(2)]);
    const listening = {
      readsLogs: true,
      logsProblem: undefined,
      get entries() {
        return [{ id: 'arn:aws:sns:r:1:news', way: 'tap', state: { phase, received: 0 } }];
      },
      watch: (rows: readonly InvocationRow[]) => void watched.push(rows.map(({ id }) => id).join(' ')),
    } as unknown as NonNullable<Connection['listening']>;
    Object.assign(connection, { listening, onDidChangeListening: listeningChanged.event });
    set.connectionReplaced.fire(undefined);
    const { connection: told } = await set.page.request('hydrate', {});
    assert.deepEqual(told.reading, { logs: true, destinations: ['arn:aws:sns:r:1:news'] });
    await set.page.request('rows', { query: {}, offset: 0, limit: 10 });
    assert.deepEqual(watched, ['2 1']);
    await set.page.request('listen', { destinationArn: 'logs:charge' });
    assert.ok(did.includes('listen logs:charge'));

    listeningChanged.fire();
    phase = 'paused';
    listeningChanged.fire();
    const [push, ...others] = await set.pushes(1);
    assert.deepEqual(
      [push?.name === 'connectionChanged' && push.value.connection.reading, others],
      [{ logs: true, destinations: [] }, []],
      'only what the page shows is told again',
    );
  });

  it('gives windows of rows, newest first, of the query and of the connection only', async () => {
    const foreign = succeeded(9);
    const { page } = setUp([
      failed(1),
      succeeded(2),
      succeeded(3),
      { ...foreign, row: { ...foreign.row, connectionId: 'other' } },
    ]);
    const all = await page.request('rows', { query: {}, offset: 0, limit: 2 });
    assert.equal(all.total, 3);
    assert.deepEqual(
      all.rows.map(({ id }) => id),
      [3, 2],
    );
    const held = await page.request('rows', { query: { maxId: 2, statuses: ['succeeded'] }, offset: 0, limit: 10 });
    assert.deepEqual(
      held.rows.map(({ id }) => id),
      [2],
    );
    const text = await page.request('rows', { query: { text: ' charge ' }, offset: 0, limit: 10 });
    assert.deepEqual(
      text.rows.map(({ id }) => id),
      [1],
    );
  });

  it('never gives more than its largest window', async () => {
    const { page } = setUp(Array.from({ length: 700 }, (_, index) => succeeded(index + 1)));
    const { rows, total } = await page.request('rows', { query: {}, offset: 0, limit: 1_000_000 });
    assert.equal(total, 700);
    assert.equal(rows.length, 500);
  });

  it('pushes what changed with the numbers of the page’s filter, in sequence', async () => {
    const { page, store, pushes } = setUp([failed(1)]);
    const { seq } = await page.request('hydrate', { statuses: ['failed'] });
    store.put(succeeded(2));
    store.put(failed(3));
    const heard = await pushes(1);
    const last = heard.at(-1);
    assert.ok(last?.name === 'rowsChanged');
    assert.deepEqual(
      last.value.ids.toSorted((a, b) => a - b),
      heard.length === 1 ? [2, 3] : [3],
    );
    assert.equal(last.value.total, 2);
    assert.equal(last.value.counts.all, 3);
    assert.deepEqual(
      heard.map(({ value }) => value.seq),
      heard.map((_, index) => seq + index + 1),
    );
  });

  it('counts once for all that changed while it was counting', async () => {
    const { page, store, pushes } = setUp([]);
    await page.request('hydrate', {});
    const before = store.calls.counts;
    for (let id = 1; id <= 50; id++) store.put(succeeded(id));
    const heard = await pushes(2);
    assert.equal(store.calls.counts - before, 2);
    const ids = heard.flatMap((push) => (push.name === 'rowsChanged' ? push.value.ids : []));
    assert.equal(new Set(ids).size, 50);
  });

  it('tells what a search has found meanwhile, until it ends', async () => {
    const found = [3, 4, undefined];
    const paused: number[] = [];
    const { page, store, pushes, heard } = setUp([1, 2, 3, 4, 5].map(failed), {
      pause: (ms) => {
        paused.push(ms);
        store.found = found.shift();
        return Promise.resolve();
      },
    });
    store.found = 1;
    const snapshot = await page.request('hydrate', {});
    assert.deepEqual([snapshot.total, snapshot.counts.incomplete], [1, true]);
    await pushes(3);
    const totals = heard.map((push) => push.name === 'rowsChanged' && [push.value.total, push.value.counts.incomplete]);
    assert.deepEqual(totals, [
      [3, true],
      [4, true],
      [5, undefined],
    ]);
    // The rows of a query may take longer than their number.
    store.found = 2;
    found.push(undefined);
    assert.equal((await page.request('rows', { query: {}, offset: 0, limit: 9 })).incomplete, true);
    await pushes(4);
    assert.deepEqual(paused, [250, 250, 250, 250]);
  });

  it('pushes nothing before a page is there or after it is gone', async () => {
    const { page, store, host, heard } = setUp([]);
    store.put(succeeded(1));
    await page.request('hydrate', {});
    host.pageGone();
    store.put(succeeded(2));
    const snapshot = await page.request('hydrate', {});
    assert.deepEqual(heard, []);
    assert.equal(snapshot.total, 2);
  });

  it('pushes what changed while a new page was answered', async () => {
    const inner = new FakeStore([]);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { page, pushes } = setUp([], {
      store: {
        rows: (...args) => inner.rows(...args),
        get: (id) => inner.get(id),
        onDidChange: inner.onDidChange,
        async counts(query) {
          const counts = await inner.counts(query);
          await released;
          return counts;
        },
      },
    });
    const hydrating = page.request('hydrate', {});
    await Promise.resolve();
    await Promise.resolve();
    inner.put(succeeded(1));
    release();
    const { total, seq } = await hydrating;
    assert.equal(total, 0);
    const [push] = await pushes(1);
    assert.ok(push?.name === 'rowsChanged');
    assert.deepEqual([push.value.total, push.value.ids, push.value.seq], [1, [1], seq + 1]);
  });

  it('tells with the next change what it could not count', async () => {
    const { page, store, pushes, log } = setUp([]);
    await page.request('hydrate', {});
    store.failure = 'disk I/O error';
    store.put(succeeded(1));
    await new Promise(setImmediate);
    assert.match(log.join('\n'), /counting failed: disk I\/O error/);
    store.failure = undefined;
    store.put(succeeded(2));
    const [push] = await pushes(1);
    assert.ok(push?.name === 'rowsChanged');
    assert.deepEqual(
      push.value.ids.toSorted((a, b) => a - b),
      [1, 2],
    );
  });

  it('tells of the connection’s state, and follows another connection', async () => {
    const { page, connection, stateChanged, connectionReplaced, pushes } = setUp([]);
    await page.request('hydrate', {});
    connection.state = { ...connection.state, phase: 'failed', problem: 'port in use' };
    stateChanged.fire(connection.state);
    connectionReplaced.fire(undefined);
    const [first, second] = await pushes(2);
    assert.ok(first?.name === 'connectionChanged' && second?.name === 'connectionChanged');
    assert.equal(first.value.connection.state, 'failed');
    assert.equal(first.value.connection.problem, 'port in use');
    assert.equal(second.value.seq, first.value.seq + 1);
  });

  it('reveals a row now, or to the next page once', async () => {
    const { page, host, pushes } = setUp([succeeded(1)]);
    host.reveal(1);
    assert.equal((await page.request('hydrate', {})).reveal, 1);
    assert.equal((await page.request('hydrate', {})).reveal, undefined);
    host.reveal(1);
    const [push] = await pushes(1);
    assert.ok(push?.name === 'reveal');
    assert.equal(push.value.id, 1);
  });

  it('gives a row’s details and its resolved error; null for what is gone', async () => {
    const { page } = setUp([failed(1), succeeded(2)]);
    const detail = await page.request('detail', { id: 1 });
    assert.equal(detail?.row.id, 1);
    assert.equal(detail?.invocation.attempts.length, 1);
    assert.deepEqual(detail?.cut, {});
    assert.deepEqual(await page.request('error', { id: 1 }), { type: 'TypeError', message: 'no sku', frames: [] });
    assert.equal(await page.request('error', { id: 2 }), null);
    assert.equal(await page.request('detail', { id: 99 }), null);
    assert.equal(await page.request('body', { id: 99, key: 'request' }), null);
  });

  it('cuts long texts and long logs, and gives the whole when asked', async () => {
    const payload = JSON.stringify('x'.repeat(100_000));
    const { page } = setUp([
      fakeInvocation(1, {
        functionName: 'f',
        status: 'succeeded',
        at: 0,
        attempts: [{ ms: 1 }],
        payload,
        logs: Array.from({ length: 2_000 }, (_, index) => `line ${index}`),
      }),
    ]);
    const detail = await page.request('detail', { id: 1 });
    assert.ok(detail);
    assert.ok((detail.invocation.sent?.payload.length ?? 0) < 40_000);
    assert.equal(detail.invocation.attempts[0]?.logs.length, 1_000);
    assert.ok(detail.invocation.attempts[0]?.logs.at(-1)?.message.startsWith('REPORT'));
    const { raw, ...cut } = detail.cut;
    assert.deepEqual(cut, { request: payload.length, 'logs:1': 2_003 });
    assert.equal((await page.request('body', { id: 1, key: 'raw' }))?.length, raw);
    assert.equal(await page.request('body', { id: 1, key: 'request' }), payload);
    assert.equal((await page.request('body', { id: 1, key: 'logs:1' }))?.split('\n').length, 2_003);
  });

  it('does what the page’s buttons ask', async () => {
    const { page, did } = setUp([failed(1)]);
    await page.request('openFrame', { location: { uri: 'file:///w/a.js', line: 3, column: 7 } });
    await page.request('runOnRows', { command: 'pin', ids: [1, 2] });
    await page.request('skipWait', { requestId: 'r1' });
    await page.request('openBody', { id: 1, key: 'request' });
    await page.request('copyBody', { id: 1, key: 'response:1' });
    await page.request('runCommand', { command: 'restartLocal' });
    assert.deepEqual(did, [
      'open file:///w/a.js:3:7',
      'pin 1 2',
      'skipWait r1',
      'openBody 1 request',
      'copy {"errorType":"TypeError","errorMessage":"no sku","trace":["TypeError: no sku","    at chargeCard (/var/task/src/orders/charge.js:41:27)"]}',
      'run restartLocal',
    ]);
  });

  it('knows what is selected, and says what of it is still kept', async () => {
    const { page, host } = setUp([failed(1), succeeded(2), failed(3)]);
    assert.deepEqual(host.selection, []);
    assert.deepEqual(await page.request('select', { ids: [3, 9, 1] }), { ids: [3, 1] });
    assert.deepEqual(host.selection, [3, 9, 1]);
  });

  it('gives all logs and the timeline as texts, the latter without times of day and ids', () => {
    const { row, invocation } = failed(1);
    assert.match(bodyText(row, invocation, 'logs') ?? '', /START RequestId[^]*REPORT RequestId/);
    const timeline = bodyText(row, invocation, 'timeline') ?? '';
    assert.match(
      timeline,
      /^function {8}orders-charge\nstatus {10}failed\nsent {12}charge\.js, lens\nattempt 1 {7}error, 10 ms/,
    );
    assert.match(timeline, /\noutcome {9}RetriesExhausted, attempts: 1\n$/);
    const other = fakeInvocation(7, {
      functionName: 'orders-charge',
      status: 'failed',
      at: 99_000,
      attempts: [{ ms: 10, failed: true }],
      error: { type: 'TypeError', message: 'no sku' },
    });
    assert.equal(bodyText(other.row, other.invocation, 'timeline'), timeline);
  });

  it('says what failed in the page; only the unexpected goes to the log', async () => {
    const { page, store, log } = setUp([failed(1)], {
      runCommand: () => Promise.reject(new UserFacingFailure('stopped', 'Local Lambda is not running. Start it.')),
    });
    await assert.rejects(page.request('runCommand', { command: 'restartLocal' }), /Local Lambda is not running/);
    await assert.rejects(page.request('openBody', { id: 2, key: 'request' }), /no longer kept/);
    assert.deepEqual(log, []);
    store.failure = 'disk I/O error';
    await assert.rejects(page.request('rows', { query: {}, offset: 0, limit: 1 }), /disk I\/O error/);
    assert.equal(log.length, 1);
    assert.match(log[0] ?? '', /^error: panel: rows failed: Error: disk I\/O error/);
  });

  it('stops listening and answering when disposed', async () => {
    const { page, host, store, heard } = setUp([]);
    await page.request('hydrate', {});
    host.dispose();
    store.put(succeeded(1));
    const pending = page.request('hydrate', {});
    page.close();
    await assert.rejects(pending, (error) => RequestError.is(error, 'closed'));
    assert.deepEqual(heard, []);
  });
});
