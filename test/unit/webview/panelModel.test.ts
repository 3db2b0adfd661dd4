import assert from 'node:assert/strict';
import { Messenger } from '../../../src/protocol/messenger.ts';
import type { PanelConnection, PanelPushes, PanelQuery, PanelRequests } from '../../../src/protocol/panel.ts';
import { initialPageState, type PageState } from '../../../src/webview/pageState.ts';
import { PanelModel } from '../../../src/webview/panelModel.ts';
import { fakeConnectionId, fakeInvocation, FakeStore, portPair, type FakeEntry } from '../../support/panelFakes.ts';

const succeeded = (id: number): FakeEntry =>
  fakeInvocation(id, { functionName: 'orders-audit', status: 'succeeded', at: 1_000 * id, attempts: [{ ms: 10 }] });
const failed = (id: number): FakeEntry =>
  fakeInvocation(id, {
    functionName: 'orders-charge',
    status: 'failed',
    at: 1_000 * id,
    attempts: [{ ms: 10, failed: true }],
  });

const connection: PanelConnection = {
  id: fakeConnectionId,
  label: 'Local Lambda',
  state: 'ready',
  region: 'us-east-1',
  account: '000000000000',
  kind: 'local',
  trusted: true,
  timeScale: 60,
};

/** A page's model against a host that answers from a fake store and pushes only what a test tells it to. */
function setUp(entries: readonly FakeEntry[], state: Partial<PageState> = {}) {
  const store = new FakeStore(entries);
  const [hostPort, pagePort] = portPair();
  const asked: string[] = [];
  let seq = 7;
  const query = ({ statuses, text, maxId }: PanelQuery) => ({
    ...(statuses ? { statuses } : {}),
    ...(text === undefined ? {} : { text }),
    ...(maxId === undefined ? {} : { maxId }),
  });
  const host = new Messenger<PanelRequests, Record<never, never>, Record<never, never>, PanelPushes>(
    hostPort,
    {
      hydrate: async (params) => {
        asked.push('hydrate');
        const { total } = await store.rows(query(params), { offset: 0, limit: 0 });
        const { text } = params;
        return {
          seq,
          total,
          counts: await store.counts(text === undefined ? {} : { text }),
          connection,
          now: 1_000_000,
        };
      },
      rows: ({ query: params, offset, limit }) => {
        asked.push(`rows ${offset}+${limit}${params.maxId === undefined ? '' : ` to ${params.maxId}`}`);
        return store.rows(query(params), { offset, limit });
      },
      detail: async ({ id }) => {
        asked.push(`detail ${id}`);
        const found = await store.get(id);
        return found ? { ...found, cut: {} } : null;
      },
      error: () => null,
      body: () => null,
      openBody: () => null,
      copyBody: () => null,
      openFrame: () => null,
      openHandler: () => Promise.reject(new Error('it is stopped')),
      select: async ({ ids }) => {
        asked.push(`select ${ids.join(' ')}`);
        const { rows } = await store.rows({ ids }, { offset: 0, limit: 1_000 });
        return { ids: ids.filter((id) => rows.some((row) => row.id === id)) };
      },
      runOnRows: ({ command, ids }) => {
        asked.push(`${command} ${ids.join(' ')}`);
        return null;
      },
      skipWait: () => null,
      listen: () => null,
      copy: () => null,
      runCommand: () => null,
    },
    {},
  );
  const shown: (number | 'top')[] = [];
  const kept: PageState[] = [];
  const model = new PanelModel({
    port: pagePort,
    state: { ...initialPageState, ...state },
    now: () => 400_000,
    onChange: () => undefined,
    onState: (next) => kept.push(next),
    onShowRow: (target) => shown.push(target),
  });
  /** Lets every message that is under way arrive. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 200; turn++) await Promise.resolve();
  };
  const changed = async (...ids: readonly number[]): Promise<void> => {
    const counts = await store.counts({});
    host.push('rowsChanged', { seq: ++seq, total: counts.all, counts, ids });
    await settle();
  };
  const skip = (): void => void seq++;
  return { model, store, host, asked, shown, kept, settle, changed, skip, push: host };
}

const many = (count: number): FakeEntry[] => Array.from({ length: count }, (_, index) => succeeded(index + 1));

describe('PanelModel', () => {
  it('starts with a snapshot and the first window, on the host’s clock', async () => {
    const { model, settle, asked } = setUp(many(1_000));
    await model.hydrate();
    await settle();
    assert.equal(model.now(), 1_000_000);
    assert.equal(model.total, 1_000);
    assert.equal(model.window.offset, 0);
    assert.deepEqual(asked, ['hydrate', 'rows 0+120', 'select ']);
    assert.equal(model.rowAt(0)?.id, 1_000);
  });

  it('takes new rows in at the top', async () => {
    const { model, store, settle, changed } = setUp(many(10));
    await model.hydrate();
    await settle();
    model.setViewport(0, 20, true);
    store.put(failed(11));
    await changed(11);
    assert.equal(model.rowAt(0)?.id, 11);
    assert.equal(model.counts?.failed, 1);
    assert.deepEqual(model.arrived, { total: 1, failed: 1 });
    assert.equal(model.newRows, 0);
  });

  it('shows what a search has found, and more when it is told of more', async () => {
    const { model, store, settle, changed } = setUp(many(500));
    store.found = 3;
    await model.hydrate();
    await settle();
    assert.deepEqual([model.total, model.searching], [3, true]);
    store.found = 300;
    await changed();
    assert.deepEqual([model.total, model.searching], [300, true]);
    model.setViewport(150, 20, false);
    await settle();
    store.found = undefined;
    await changed();
    assert.deepEqual([model.total, model.searching], [500, false]);
    assert.deepEqual(model.arrived, { total: 0, failed: 0 });
    model.selectAll();
    await settle();
    assert.equal(model.selectedIds.length, 500);
  });

  it('holds the list while it is scrolled away from the top, and says how many are new', async () => {
    const { model, store, settle, changed } = setUp(many(500));
    await model.hydrate();
    await settle();
    model.setViewport(200, 20, false);
    await settle();
    const before = model.rowAt(200)?.id;
    store.put(failed(501));
    await changed(501);
    assert.equal(model.rowAt(200)?.id, before);
    assert.equal(model.total, 500);
    assert.equal(model.newRows, 1);
    model.setViewport(0, 20, true);
    await settle();
    assert.equal(model.total, 501);
    assert.equal(model.rowAt(0)?.id, 501);
    assert.equal(model.state.anchor, undefined);
  });

  it('keeps what it shows of a held list up to date', async () => {
    const { model, store, settle, changed } = setUp(many(500));
    await model.hydrate();
    await settle();
    model.setViewport(200, 20, false);
    await settle();
    const id = model.rowAt(205)?.id ?? 0;
    store.put(failed(id));
    await changed(id);
    assert.equal(model.rowAt(205)?.status, 'failed');
  });

  it('never holds more than its largest window, however far it scrolls', async () => {
    const { model, settle } = setUp(many(5_000));
    await model.hydrate();
    for (const first of [0, 100, 2_500, 4_980]) {
      model.setViewport(first, 20, first === 0);
      await settle();
      assert.ok(model.window.rows.length <= 400);
      assert.ok(model.rowAt(first), String(first));
    }
  });

  it('asks once for all that changed while it was asking', async () => {
    const { model, store, settle, host, asked } = setUp([]);
    await model.hydrate();
    await settle();
    asked.length = 0;
    let seq = 7;
    for (let id = 1; id <= 30; id++) {
      store.put(succeeded(id));
      host.push('rowsChanged', { seq: ++seq, total: id, counts: await store.counts({}), ids: [id] });
    }
    await settle();
    assert.ok(asked.length < 30, String(asked.length));
    assert.equal(model.total, 30);
  });

  it('hydrates again after a gap', async () => {
    const { model, store, settle, changed, skip, asked } = setUp([]);
    await model.hydrate();
    await settle();
    asked.length = 0;
    store.put(succeeded(1));
    skip();
    await changed(1);
    assert.equal(asked[0], 'hydrate');
    assert.equal(model.total, 1);
  });

  it('follows the selected row: its place as others arrive, its details as they change', async () => {
    const { model, store, settle, changed, asked } = setUp(many(5));
    await model.hydrate();
    await settle();
    model.moveTo(0);
    await settle();
    assert.equal(model.detail.detail?.row.id, 5);
    store.put(succeeded(6));
    await changed(6);
    assert.equal(model.selectedIndex, 1);
    asked.length = 0;
    store.put(failed(5));
    await changed(5);
    assert.ok(asked.includes('detail 5'));
    assert.equal(model.detail.detail.row.status, 'failed');
  });

  it('selects a row that is not here yet once it is', async () => {
    const { model, settle, shown } = setUp(many(5_000));
    await model.hydrate();
    await settle();
    model.moveTo(4_999);
    assert.deepEqual(shown, [4_999]);
    model.setViewport(4_980, 20, false);
    await settle();
    assert.equal(model.state.selected, 1);
  });

  it('filters from the top, and forgets the place', async () => {
    const { model, settle, shown } = setUp([...many(300), failed(301)]);
    await model.hydrate();
    await settle();
    model.setViewport(100, 20, false);
    model.setFilter({ chip: 'failed' });
    await settle();
    assert.equal(model.total, 1);
    assert.equal(model.state.anchor, undefined);
    assert.equal(shown.at(-1), 'top');
    assert.equal(model.counts?.all, 301);
  });

  it('reveals a row far down, and one that the filter hides', async () => {
    const { model, settle, shown } = setUp(many(1_000), { chip: 'failed' });
    await model.hydrate();
    await model.reveal(200);
    await settle();
    assert.equal(model.state.chip, 'all');
    assert.equal(model.state.selected, 200);
    assert.equal(model.selectedIndex, 800);
    assert.equal(shown.at(-1), 800);
  });

  it('comes back to where it was, held', async () => {
    const { model, settle, asked } = setUp(many(1_000), { anchor: { maxId: 900, first: 300 }, selected: 590 });
    await model.hydrate();
    await settle();
    assert.equal(model.total, 900);
    assert.equal(model.rowAt(300)?.id, 600);
    assert.equal(model.detail.detail?.row.id, 590);
    assert.ok(
      asked.some((what) => /^rows 260\+120 to 900$/.test(what)),
      asked.join(),
    );
  });

  it('says what could not be loaded, and tries again', async () => {
    const { model, store, settle } = setUp(many(3));
    store.failure = 'disk I/O error';
    await model.hydrate();
    assert.deepEqual(model.problem, { what: 'load', message: 'disk I/O error' });
    store.failure = undefined;
    await model.hydrate();
    await settle();
    assert.equal(model.problem, undefined);
    assert.equal(model.total, 3);
    model.act('openHandler', { id: 1 });
    await settle();
    assert.deepEqual(model.problem, { what: 'action', message: 'it is stopped' });
    model.dismissProblem();
    assert.equal(model.problem, undefined);
  });

  it('starts afresh with another connection', async () => {
    const { model, settle, host } = setUp(many(3), { selected: 2 });
    await model.hydrate();
    await settle();
    host.push('connectionChanged', { seq: 8, connection: { ...connection, id: 'other' } });
    await settle();
    assert.equal(model.state.selected, undefined);
  });
});
