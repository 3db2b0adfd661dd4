import assert from 'node:assert/strict';
import type { Connection, ConnectionInfo, ConnectionState } from '../../../src/connections/connection.ts';
import { LazyConnection } from '../../../src/connections/lazyConnection.ts';
import { lazyStore } from '../../../src/connections/lazyStore.ts';
import { Emitter } from '../../../src/model/event.ts';
import { UserFacingFailure } from '../../../src/model/userFacingFailure.ts';
import type { InvocationStore, StoreChange } from '../../../src/store/invocationStore.ts';

const info: ConnectionInfo = {
  id: 'local:/w',
  kind: 'local',
  label: 'Local Lambda',
  region: 'us-east-1',
  account: '000000000000',
};

function fakeConnection(): Connection & { readonly calls: string[]; tell(state: ConnectionState): void } {
  const calls: string[] = [];
  const stateChanged = new Emitter<ConnectionState>();
  let state: ConnectionState = { phase: 'ready', info };
  return {
    calls,
    tell(next) {
      state = next;
      stateChanged.fire(next);
    },
    get state() {
      return state;
    },
    onDidChangeState: stateChanged.event,
    onDidChangeFunctions: new Emitter<void>().event,
    start: () => Promise.resolve(void calls.push('start')),
    stop: () => Promise.resolve(void calls.push('stop')),
    listFunctions: () => Promise.resolve([{ functionName: 'f', functionArn: 'arn' }]),
    eventInvokeConfigs: () => Promise.resolve([]),
    settings: () => Promise.reject(new Error('not asked for here')),
    sendAsync: () => Promise.resolve({ requestId: 'r', rowId: 1 }),
    dispose: () => Promise.resolve(void calls.push('dispose')),
  };
}

describe('lazy connection', () => {
  it('is stopped, and made by nobody, until it is used', async () => {
    let made = 0;
    const lazy = new LazyConnection({
      info: () => info,
      make: () => Promise.resolve(fakeConnection()).finally(() => made++),
    });
    assert.deepEqual(lazy.state, { phase: 'stopped', info });
    await lazy.stop();
    assert.equal(made, 0);
    await Promise.all([lazy.listFunctions(), lazy.eventInvokeConfigs('f')]);
    assert.equal(made, 1);
    assert.equal(lazy.state.phase, 'ready');
    await lazy.dispose();
  });

  it('passes states on and ends what it made', async () => {
    const inner = fakeConnection();
    const lazy = new LazyConnection({ info: () => info, make: () => Promise.resolve(inner) });
    const phases: string[] = [];
    lazy.onDidChangeState(({ phase }) => phases.push(phase));
    await lazy.start();
    inner.tell({ phase: 'failed', info, problem: 'killed' });
    assert.deepEqual(phases, ['failed']);
    await lazy.dispose();
    assert.deepEqual(inner.calls, ['start', 'dispose']);
    await assert.rejects(lazy.start(), { name: 'AbortError' });
  });

  it('is made anew after a reset, even one that came while it was being made', async () => {
    const made: ReturnType<typeof fakeConnection>[] = [];
    const released = Promise.withResolvers<void>();
    const lazy = new LazyConnection({
      info: () => ({ ...info, id: `local:/w${made.length}` }),
      async make() {
        const connection = fakeConnection();
        made.push(connection);
        await released.promise;
        return connection;
      },
    });
    const heard: string[] = [];
    lazy.onDidChangeState(({ phase, info: { id } }) => heard.push(`${phase} ${id}`));
    const started = lazy.start();
    await new Promise(setImmediate);
    const reset = lazy.reset();
    const again = lazy.start();
    released.resolve();
    await Promise.all([started, reset, again]);
    assert.deepEqual(
      made.map(({ calls }) => calls),
      [['start', 'dispose'], ['start']],
    );
    // What was let go of is not heard any more.
    made[0]?.tell({ phase: 'failed', info });
    made[1]?.tell({ phase: 'starting', info });
    assert.deepEqual(heard, ['stopped local:/w1', 'starting local:/w']);
    await lazy.dispose();
    assert.deepEqual(made[1]?.calls, ['start', 'dispose']);
  });

  it('tells of another connection although none was made', async () => {
    let id = 'local:/w';
    let made = 0;
    const lazy = new LazyConnection({
      info: () => ({ ...info, id }),
      make: () => Promise.resolve(fakeConnection()).finally(() => made++),
    });
    const heard: string[] = [];
    lazy.onDidChangeState((state) => heard.push(`${state.phase} ${state.info.id}`));
    id = 'aws:dev/us-east-1';
    await lazy.reset();
    assert.deepEqual(heard, ['stopped aws:dev/us-east-1']);
    assert.equal(made, 0);
    await lazy.dispose();
  });

  it('does not make what is let go of in the same turn, nor takes it for the next one', async () => {
    let made = 0;
    const lazy = new LazyConnection({
      info: () => info,
      make: () => Promise.resolve(fakeConnection()).finally(() => made++),
    });
    const started = assert.rejects(lazy.start(), { name: 'AbortError' });
    await Promise.all([lazy.reset(), started]);
    assert.equal(made, 0);
    assert.equal(lazy.state.phase, 'stopped');
    await lazy.start();
    assert.equal(made, 1);
    await lazy.dispose();
  });

  it('says where a wait can’t be skipped', async () => {
    const lazy = new LazyConnection({ info: () => info, make: () => Promise.resolve(fakeConnection()) });
    await assert.rejects(lazy.skipWait('r'), { code: 'cannotSkip' });
    await assert.rejects(lazy.skipAllWaits(), { code: 'cannotSkip' });
    await lazy.dispose();
  });

  it('tries again after it could not be made', async () => {
    let trusted = false;
    const lazy = new LazyConnection({
      info: () => info,
      make: () =>
        trusted
          ? Promise.resolve(fakeConnection())
          : Promise.reject(new UserFacingFailure('untrusted', 'Trust it first.')),
    });
    await assert.rejects(lazy.start(), { code: 'untrusted' });
    trusted = true;
    await lazy.start();
    await lazy.dispose();
  });
});

describe('lazy store', () => {
  it('opens once, passes changes on, and closes what it opened', async () => {
    const changed = new Emitter<StoreChange>();
    const calls: string[] = [];
    let listening = 0;
    const inner: Pick<
      InvocationStore,
      'onDidChange' | 'ingest' | 'cursor' | 'rows' | 'get' | 'counts' | 'configure' | 'dispose'
    > = {
      onDidChange(listener) {
        const subscription = changed.event(listener);
        listening++;
        return {
          dispose() {
            subscription.dispose();
            listening--;
          },
        };
      },
      ingest: () => Promise.resolve([1]),
      cursor: () => Promise.resolve(0),
      rows: () => Promise.resolve({ total: 0, rows: [] }),
      get: () => Promise.resolve(undefined),
      counts: () => Promise.reject(new Error('not asked')),
      configure: ({ maxRows }) => Promise.resolve(void calls.push(`${maxRows} rows`)),
      dispose: () => Promise.resolve(void calls.push('dispose')),
    };
    const store = lazyStore((settings) =>
      Promise.resolve(inner as InvocationStore).finally(() => calls.push(`open ${settings?.maxRows}`)),
    );
    const settings = { maxRows: 7, maxMegabytes: 1, maxDays: 0, redact: [] };
    // Settings alone do not open it, and are there when something does.
    await store.configure(settings);
    assert.deepEqual(calls, []);
    const heard: StoreChange[] = [];
    const early = store.onDidChange((change) => heard.push(change));
    await Promise.all([store.cursor('c', 's'), store.get(1)]);
    changed.fire({ ids: [1] });
    assert.deepEqual([...heard], [{ ids: [1] }]);
    // Nobody listens: the store need not look for what other windows do.
    early.dispose();
    early.dispose();
    assert.equal(listening, 0);
    store.onDidChange((change) => heard.push(change));
    assert.equal(listening, 1);
    changed.fire({ ids: [2] });
    assert.deepEqual(heard, [{ ids: [1] }, { ids: [2] }]);
    await store.configure({ ...settings, maxRows: 8 });
    await store.dispose();
    assert.deepEqual([calls, listening], [['open 7', '8 rows', 'dispose'], 0]);
  });

  it('opens nothing only to close it', async () => {
    const store = lazyStore(() => Promise.reject(new Error('opened')));
    await store.dispose();
    await assert.rejects(store.get(1), /closed/);
  });
});
