import { join } from 'node:path';
import type { Logger } from '../model/logger.ts';
import type { InvocationStore, StoreSettings } from '../store/invocationStore.ts';
import { lazyStore } from './lazyStore.ts';

/** The invocations kept for a workspace, in a file below `folder`; opened, folder and all, at the first use. */
export function workspaceStore(options: {
  /** Absolute path. */
  readonly folder: string;
  /** `file:` URL of the worker's code. */
  readonly workerUrl: URL;
  readonly log: Logger;
}): InvocationStore {
  const { folder, workerUrl, log } = options;
  const open = async (settings: StoreSettings | undefined): Promise<InvocationStore> => {
    const { openInvocationStore } = await import('../store/sqliteStore.ts');
    return openInvocationStore({
      file: join(folder, 'invocations.sqlite'),
      workerUrl,
      log,
      ...(settings ? { settings } : {}),
    });
  };
  return lazyStore(open, (error) => log.error(`a listener to changes failed: ${String(error)}`));
}
