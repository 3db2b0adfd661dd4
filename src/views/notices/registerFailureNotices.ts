import type * as vscode from 'vscode';
import type { Connection } from '../../connections/connection.ts';
import type { Boundary } from '../../host/boundary.ts';
import type { Disposable } from '../../model/disposable.ts';
import type { InvocationStore, StoreChange } from '../../store/invocationStore.ts';
import type { RecordsPanel } from '../recordsPanel/recordsPanel.ts';
import type { FailureNotices } from './failureNotices.ts';

/** What failures are told with. */
export interface FailureNoticesDeps {
  readonly store: Pick<InvocationStore, 'rows' | 'onDidChange'>;
  readonly connection: Pick<Connection, 'state'>;
  readonly records: Pick<RecordsPanel, 'open' | 'isVisible' | 'onDidChangeVisible'>;
  readonly boundary: Boundary;
  /** The number at the functions view. */
  setBadge(badge: vscode.ViewBadge | undefined): void;
}

/** Tells of new failures from now on. What does it is loaded when something happens. */
export function registerFailureNotices(deps: FailureNoticesDeps): Disposable {
  const since = Date.now();
  let loading: Promise<FailureNotices> | undefined;
  let disposed = false;
  const load = async (): Promise<FailureNotices> => {
    const { FailureNotices: Notices } = await import('./failureNotices.ts');
    return new Notices(deps, since);
  };
  const subscription = deps.store.onDidChange(
    deps.boundary.listener('failure notices', async ({ ids }: StoreChange) => {
      loading ??= load();
      const notices = await loading;
      if (disposed) notices.dispose();
      else notices.changed(ids);
    }),
  );
  return {
    dispose() {
      disposed = true;
      subscription.dispose();
      void loading?.then((notices) => notices.dispose());
    },
  };
}
