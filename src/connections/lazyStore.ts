import type { Disposable } from '../model/disposable.ts';
import { Emitter } from '../model/event.ts';
import type { InvocationStore, StoreChange } from '../store/invocationStore.ts';

/** A store that is opened at its first use. A failed opening is tried again at the next. */
export function lazyStore(open: () => Promise<InvocationStore>): InvocationStore {
  const changed = new Emitter<StoreChange>();
  let opening: Promise<InvocationStore> | undefined;
  let subscription: Disposable | undefined;
  let disposed = false;
  const get = (): Promise<InvocationStore> => {
    if (disposed && !opening) return Promise.reject(new Error('The store is closed.'));
    opening ??= open().then(
      (store) => {
        subscription = store.onDidChange((change) => changed.fire(change));
        return store;
      },
      (error: unknown) => {
        opening = undefined;
        throw error;
      },
    );
    return opening;
  };
  return {
    onDidChange: changed.event,
    ingest: async (...args) => (await get()).ingest(...args),
    cursor: async (...args) => (await get()).cursor(...args),
    rows: async (...args) => (await get()).rows(...args),
    get: async (...args) => (await get()).get(...args),
    counts: async (...args) => (await get()).counts(...args),
    async dispose() {
      disposed = true;
      const store = await opening?.catch(() => undefined);
      subscription?.dispose();
      changed.dispose();
      await store?.dispose();
    },
  };
}
