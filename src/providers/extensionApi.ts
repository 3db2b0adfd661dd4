import type { Connection, ConnectionState } from '../connections/connection.ts';
import { localChoice, type ConnectionChoice } from '../connections/connectionChoice.ts';
import type { Boundary } from '../host/boundary.ts';
import type { ApiConnection, ApiViewRow, ExtensionApi } from '../host/extensionApi.ts';
import { Emitter } from '../model/event.ts';
import { DisposableStore, type Disposable } from '../model/disposable.ts';
import type { InvocationRow } from '../model/invocation.ts';
import type { InvocationStore } from '../store/invocationStore.ts';

/** What the API is made from. */
export interface ExtensionApiDeps {
  readonly connection: Connection;
  /** Which connection is selected, and how to select another. */
  readonly session: { readonly choice: ConnectionChoice; select(choice: ConnectionChoice): Promise<void> };
  readonly store: Pick<InvocationStore, 'rows' | 'get' | 'onDidChange'>;
  /** Judges and sends a payload; nothing is shown. @throws UserFacingFailure */
  send(target: { functionName: string; qualifier?: string }, payload: unknown): Promise<{ requestId: string }>;
  functionsView(): Promise<readonly ApiViewRow[]>;
  readonly boundary: Boundary;
}

/** Makes the extension API; disposing ends its events. */
export function createExtensionApi(deps: ExtensionApiDeps): { readonly api: ExtensionApi } & Disposable {
  const { connection, session, store, boundary } = deps;
  const disposables = new DisposableStore();
  const connectionChanged = disposables.add(
    new Emitter<ApiConnection>((error) => boundary.note('API listener', error)),
  );
  const invocationChanged = disposables.add(
    new Emitter<InvocationRow>((error) => boundary.note('API listener', error)),
  );
  disposables.add(connection.onDidChangeState((state) => connectionChanged.fire(apiConnection(state))));
  const tellRows = boundary.listener('API: changed rows', async (ids: readonly number[]) => {
    for (const id of ids.toSorted((a, b) => a - b)) {
      const found = await store.get(id);
      if (found) invocationChanged.fire(found.row);
    }
  });
  // Listening, and reading rows, that nobody waits for would only keep the store busy.
  let listeners = 0;
  let following: Disposable | undefined;
  const follow = (change: 1 | -1): void => {
    listeners += change;
    if (listeners > 0) following ??= store.onDidChange(({ ids }) => tellRows(ids));
    else {
      following?.dispose();
      following = undefined;
    }
  };

  const api: ExtensionApi = {
    version: 1,
    get connection() {
      return apiConnection(connection.state);
    },
    onDidChangeConnection: connectionChanged.event,
    async functions() {
      const summaries = await connection.listFunctions();
      return Promise.all(
        summaries.map(async ({ functionName, functionArn, runtime, handler, deadLetterTargetArn }) => ({
          functionName,
          functionArn,
          ...(runtime === undefined ? {} : { runtime }),
          ...(handler === undefined ? {} : { handler }),
          ...(deadLetterTargetArn === undefined ? {} : { deadLetterTargetArn }),
          configs: await connection.eventInvokeConfigs(functionName),
        })),
      );
    },
    sendAsync: ({ functionName, qualifier, payload }) =>
      deps.send(
        { functionName, ...(qualifier === undefined ? {} : { qualifier }) },
        payload === undefined ? {} : payload,
      ),
    invocations: {
      async query({ offset = 0, limit = 100, filter: written, ...conditions } = {}) {
        const { parseFilter } = await import('../model/query/parseFilter.ts');
        const filter = written === undefined ? {} : { filter: parseFilter(written).filter };
        const query = { connectionId: connection.state.info.id, ...conditions, ...filter };
        return (await store.rows(query, { offset, limit: Math.min(limit, 1000) })).rows;
      },
      async get(requestId) {
        const query = { connectionId: connection.state.info.id, requestId };
        const [row] = (await store.rows(query, { offset: 0, limit: 1 })).rows;
        return row && (await store.get(row.id));
      },
    },
    functionsView: () => deps.functionsView(),
    onDidChangeInvocation: (listener, thisArg, owner) => {
      const inner = invocationChanged.event(listener, thisArg);
      follow(1);
      let open = true;
      const subscription = {
        dispose: (): void => {
          if (!open) return;
          open = false;
          follow(-1);
          inner.dispose();
        },
      };
      owner?.push(subscription);
      return subscription;
    },
    local: {
      get endpoint() {
        const { phase, info } = connection.state;
        return phase === 'ready' && info.kind === 'local' ? info.endpoint : undefined;
      },
      async start() {
        if (session.choice.kind !== 'local') await session.select(localChoice);
        await connection.start();
      },
      async stop() {
        if (session.choice.kind === 'local') await connection.stop();
      },
    },
  };
  return {
    api,
    dispose() {
      following?.dispose();
      disposables.dispose();
    },
  };
}

function apiConnection({ phase, info, problem, problemCode }: ConnectionState): ApiConnection {
  return {
    id: info.id,
    kind: info.kind,
    label: info.label,
    phase,
    region: info.region,
    account: info.account,
    ...(info.profile === undefined ? {} : { profile: info.profile }),
    ...(info.endpoint === undefined ? {} : { endpoint: info.endpoint }),
    ...(info.timeScale === undefined ? {} : { timeScale: info.timeScale }),
    ...(problem === undefined ? {} : { problem }),
    ...(problemCode === undefined ? {} : { problemCode }),
  };
}
