import assert from 'node:assert/strict';
import type { Connection } from '../../../src/connections/connection.ts';
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

  it('sends what it is given: null is a payload, nothing is an empty object', async () => {
    const sent: unknown[] = [];
    const { api } = createExtensionApi({
      connection: connection as Connection,
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
