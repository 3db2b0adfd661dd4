import assert from 'node:assert/strict';
import type { Connection, ConnectionState } from '../../../src/connections/connection.ts';
import { localChoice, type ConnectionChoice } from '../../../src/connections/connectionChoice.ts';
import type { Boundary } from '../../../src/host/boundary.ts';
import { Emitter } from '../../../src/model/event.ts';
import type { InvocationRow } from '../../../src/model/invocation.ts';
import { createExtensionApi } from '../../../src/providers/extensionApi.ts';
import type { StoreChange } from '../../../src/store/invocationStore.ts';
import { fakeInvocation, FakeStore } from '../../support/panelFakes.ts';

describe('the extension API', () => {
  const boundary: Pick<Boundary, 'note' | 'listener'> = {
    note: (_what, error) => assert.fail(String(error)),
    listener:
      (_what, work) =>
      (...args) =>
        void work(...args),
  };
  const connection: Pick<Connection, 'onDidChangeState'> = { onDidChangeState: new Emitter<never>().event };

  const session = { choice: localChoice, select: () => assert.fail('nothing is selected') };

  it('starts local Lambda by selecting it, and stops it only where it is selected', async () => {
    const did: string[] = [];
    let choice: ConnectionChoice = { kind: 'aws', profile: 'dev', region: 'us-east-1' };
    const note = (what: string): Promise<void> => Promise.resolve(void did.push(what));
    const state: ConnectionState = {
      phase: 'ready',
      info: {
        id: 'endpoint:http://localhost:1/us-east-1',
        kind: 'endpoint',
        label: 'localhost:1',
        region: 'us-east-1',
        account: '',
        endpoint: 'http://localhost:1',
      },
    };
    const { api } = createExtensionApi({
      connection: {
        ...connection,
        state,
        start: () => note('start'),
        stop: () => note('stop'),
      } as unknown as Connection,
      session: {
        get choice() {
          return choice;
        },
        select(next) {
          choice = next;
          return note(`select ${next.kind}`);
        },
      },
      store: new FakeStore([]),
      boundary: boundary as Boundary,
      send: () => assert.fail('nothing is sent'),
      functionsView: () => Promise.resolve([]),
    });
    assert.equal(api.local.endpoint, undefined, 'another endpoint is not local Lambda’s');
    await api.local.stop();
    await api.local.start();
    await api.local.start();
    await api.local.stop();
    assert.deepEqual(did, ['select local', 'start', 'start', 'stop']);
  });

  it('sends what it is given: null is a payload, nothing is an empty object', async () => {
    const sent: unknown[] = [];
    const { api } = createExtensionApi({
      connection: connection as Connection,
      session,
      store: new FakeStore([]),
      boundary: boundary as Boundary,
      send: (_target, payload) => Promise.resolve({ requestId: `r${sent.push(payload)}` }),
      functionsView: () => Promise.resolve([]),
    });
    await api.sendAsync({ functionName: 'f', payload: null });
    await api.sendAsync({ functionName: 'f' });
    await api.sendAsync({ functionName: 'f', payload: '12345678901234567890' });
    assert.deepEqual(sent, [null, {}, '12345678901234567890']);
  });

  it('listens to the store only while somebody listens to it', async () => {
    const inner = new FakeStore([]);
    let following = 0;
    const { api, dispose } = createExtensionApi({
      connection: connection as Connection,
      session,
      store: {
        rows: (...args) => inner.rows(...args),
        get: (id) => inner.get(id),
        onDidChange(listener) {
          following++;
          const subscription = inner.onDidChange((change: StoreChange) => listener(change));
          return { dispose: () => void (subscription.dispose(), following--) };
        },
      },
      boundary: boundary as Boundary,
      send: () => assert.fail('nothing is sent'),
      functionsView: () => Promise.resolve([]),
    });
    assert.equal(following, 0);
    const { promise: heard, resolve: hear } = Promise.withResolvers<InvocationRow>();
    const one = api.onDidChangeInvocation(hear);
    const two = api.onDidChangeInvocation(() => undefined);
    assert.equal(following, 1);
    inner.put(fakeInvocation(1, { functionName: 'orders', status: 'succeeded', at: 1_000, attempts: [{ ms: 1 }] }));
    assert.equal((await heard).functionName, 'orders');
    one.dispose();
    one.dispose();
    assert.equal(following, 1);
    two.dispose();
    assert.equal(following, 0);
    api.onDidChangeInvocation(() => undefined);
    dispose();
    assert.equal(following, 0);
  });
});
