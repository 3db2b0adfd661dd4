import type { Disposable } from '../model/disposable.ts';
import { Emitter } from '../model/event.ts';
import type { InvocationStore, StoreChange, StoreSettings } from '../store/invocationStore.ts';

/**
 * A store that is opened at its first use; listening alone does not open it. A failed opening is tried again at the next
 * use. `onError`: a listener threw.
 */
export function lazyStore(
  open: (settings: StoreSettings | undefined) => Promise<InvocationStore>,
  onError?: (error: unknown) => void,
): InvocationStore {
  const changed = new Emitter<StoreChange>(onError);
  let opening: Promise<InvocationStore> | undefined;
  let opened: InvocationStore | undefined;
  let subscription: Disposable | undefined;
  let listeners = 0;
  let configured: StoreSettings | undefined;
  let disposed = false;
  // A store that is listened to looks for what other windows do, again and again.
  const follow = (): void => {
    if (listeners > 0) subscription ??= opened?.onDidChange((change) => changed.fire(change));
    else {
      subscription?.dispose();
      subscription = undefined;
    }
  };
  const get = (): Promise<InvocationStore> => {
    if (disposed && !opening) return Promise.reject(new Error('The store is closed.'));
    opening ??= open(configured).then(
      (store) => {
        opened = store;
        follow();
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
    onDidChange(listener, thisArg, disposables) {
      const inner = changed.event(listener, thisArg);
      listeners++;
      follow();
      let listening = true;
      const own: Disposable = {
        dispose() {
          inner.dispose();
          if (listening) listeners--;
          listening = false;
          follow();
        },
      };
      disposables?.push(own);
      return own;
    },
    ingest: async (...args) => (await get()).ingest(...args),
    cursor: async (...args) => (await get()).cursor(...args),
    rows: async (...args) => (await get()).rows(...args),
    get: async (...args) => (await get()).get(...args),
    counts: async (...args) => (await get()).counts(...args),
    search: async (...args) => (await get()).search(...args),
    facets: async (...args) => (await get()).facets(...args),
    timeline: async (...args) => (await get()).timeline(...args),
    errorGroups: async (...args) => (await get()).errorGroups(...args),
    pin: async (...args) => (await get()).pin(...args),
    delete: async (...args) => (await get()).delete(...args),
    clear: async (...args) => (await get()).clear(...args),
    lease: async (...args) => (await get()).lease(...args),
    exportRecords: async (...args) => (await get()).exportRecords(...args),
    importRecords: async (...args) => (await get()).importRecords(...args),
    // Settings alone do not open it.
    async configure(settings) {
      configured = settings;
      await (await opening?.catch(() => undefined))?.configure(settings);
    },
    async dispose() {
      disposed = true;
      const store = await opening?.catch(() => undefined);
      listeners = 0;
      follow();
      changed.dispose();
      await store?.dispose();
    },
  };
}
