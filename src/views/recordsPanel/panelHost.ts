import { DisposableStore, type Disposable } from '../../model/disposable.ts';
import type { Event } from '../../model/event.ts';
import type { Invocation, InvocationRow } from '../../model/invocation.ts';
import type { Logger } from '../../model/logger.ts';
import { parseFilter } from '../../model/query/parseFilter.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { Connection } from '../../connections/connection.ts';
import { Messenger, type MessagePortLike, type RequestHandlers } from '../../protocol/messenger.ts';
import type {
  BodyKey,
  DetailError,
  InvocationDetail,
  PanelCommand,
  PanelConnection,
  PanelPushes,
  PanelQuery,
  PanelReading,
  PanelRequests,
  PanelSnapshot,
  RowCommand,
  SourceLocation,
  StatusCounts,
} from '../../protocol/panel.ts';
import type { InvocationQuery, InvocationStore } from '../../store/invocationStore.ts';
import { bodyText, cutDetail } from './bodies.ts';

/** What the panel needs of the store. */
export type PanelStore = Pick<InvocationStore, 'rows' | 'get' | 'counts' | 'onDidChange'>;

/** What the panel needs of a connection. */
export type PanelConnectionSource = Pick<
  Connection,
  'state' | 'onDidChangeState' | 'skipWait' | 'listening' | 'onDidChangeListening'
>;

/** All the panel's logic needs of the world. */
export interface PanelHostDeps {
  readonly store: PanelStore;
  /** The connection now, if there is one. */
  connection(): PanelConnectionSource | undefined;
  /** Another connection, or another trust. */
  readonly onDidChangeConnection: Event<unknown>;
  /** Whether the workspace is trusted. */
  trusted(): boolean;
  /** The error of the last failed attempt, its frames resolved to workspace files; `undefined` when none failed. */
  resolveError(row: InvocationRow, invocation: Invocation, signal: AbortSignal): Promise<DetailError | undefined>;
  /** Opens a place in an editor beside the panel. */
  openLocation(location: SourceLocation): PromiseLike<void>;
  /** Opens the handler of a row's function; says so where there is none. */
  openHandler(row: InvocationRow): PromiseLike<unknown>;
  /** Opens a text of a row in an editor beside the panel. */
  openBody(row: InvocationRow, key: BodyKey): PromiseLike<void>;
  copy(text: string): PromiseLike<void>;
  runCommand(command: PanelCommand): PromiseLike<unknown>;
  /** Listens to a destination or a function's log; it tells of its failures itself. */
  listen(destinationArn: string): PromiseLike<unknown>;
  /** Runs one of our commands on rows; it tells of its failures itself. */
  runOnRows(command: RowCommand, ids: readonly number[]): PromiseLike<unknown>;
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after so many ms. */
  pause(ms: number): Promise<void>;
  readonly log: Logger;
}

/** So many rows can be selected at most, as in the page. */
const maximumSelection = 1_000;
/** A search that goes on is looked after so often, in ms. */
const searchOnMs = 250;
/** Largest window of rows a page may ask for. */
const maximumWindow = 500;

/**
 * The host's half of the records panel: answers one page's requests from the store and tells it what changed. It knows a
 * message port, not a webview. A page may come and go (hidden webviews are torn down): each new one hydrates.
 */
export class PanelHost implements Disposable {
  readonly #deps: PanelHostDeps;
  readonly #messenger: Messenger<PanelRequests, Record<never, never>, Record<never, never>, PanelPushes>;
  readonly #subscriptions = new DisposableStore();
  #connectionSubscription: Disposable | undefined;
  readonly #changed = new Set<number>();
  #query: PanelQuery = {};
  #selection: readonly number[] = [];
  #generation = 0;
  #seq = 0;
  /** A page has asked to be told; `#pageReady`: it was given its snapshot, too. */
  #pageAsked = false;
  #pageReady = false;
  #pendingReveal: number | undefined;
  #pushing = false;
  /** A search has not ended: what it has found by then is told after a while. */
  #searching = false;
  #disposed = false;

  constructor(port: MessagePortLike, deps: PanelHostDeps) {
    this.#deps = deps;
    this.#messenger = new Messenger(port, this.#handlers(), {});
    this.#subscriptions.add(
      deps.store.onDidChange(({ ids }) => {
        // For nobody they would only pile up.
        if (!this.#pageAsked) return;
        for (const id of ids) this.#changed.add(id);
        void this.#pushChanges();
      }),
    );
    this.#subscriptions.add(deps.onDidChangeConnection(() => this.#connectionReplaced()));
    this.#watchConnection();
  }

  /** Selects and shows a row, now or as soon as there is a page. */
  reveal(id: number): void {
    if (this.#pageReady) this.#messenger.push('reveal', { seq: ++this.#seq, id });
    else this.#pendingReveal = id;
  }

  /** Ids of the rows that the page says are selected. */
  get selection(): readonly number[] {
    return this.#selection;
  }

  /** The page was torn down or hidden: the next one hydrates. */
  pageGone(): void {
    this.#pageAsked = false;
    this.#pageReady = false;
    this.#changed.clear();
  }

  /** Rejects what is pending, stops listening. */
  dispose(): void {
    this.#disposed = true;
    this.#messenger.close();
    this.#connectionSubscription?.dispose();
    this.#subscriptions.dispose();
  }

  #handlers(): RequestHandlers<PanelRequests> {
    const { store } = this.#deps;
    const handlers: RequestHandlers<PanelRequests> = {
      hydrate: (query) => this.#hydrate(query),
      rows: async ({ query, offset, limit }) => {
        const found = await store.rows(this.#storeQuery(query), {
          offset: Math.max(0, Math.trunc(offset)),
          limit: Math.min(maximumWindow, Math.max(0, Math.trunc(limit))),
        });
        this.#deps.connection()?.listening?.watch(found.rows);
        if (found.incomplete) this.#searchOn();
        return found;
      },
      detail: async ({ id }): Promise<InvocationDetail | null> => {
        const found = await store.get(id);
        return found ? cutDetail(found.row, found.invocation) : null;
      },
      error: async ({ id }, signal) => {
        const found = await store.get(id);
        return (found && (await this.#deps.resolveError(found.row, found.invocation, signal))) ?? null;
      },
      body: async ({ id, key }) => {
        const found = await store.get(id);
        return (found && bodyText(found.row, found.invocation, key)) ?? null;
      },
      openBody: async ({ id, key }) => {
        await this.#deps.openBody((await this.#mustGet(id)).row, key);
        return null;
      },
      copyBody: async ({ id, key }) => {
        const { row, invocation } = await this.#mustGet(id);
        await this.#deps.copy(bodyText(row, invocation, key) ?? '');
        return null;
      },
      openFrame: async ({ location }) => {
        await this.#deps.openLocation(location);
        return null;
      },
      openHandler: async ({ id }) => {
        await this.#deps.openHandler((await this.#mustGet(id)).row);
        return null;
      },
      select: async ({ ids }) => {
        this.#selection = ids.slice(0, maximumSelection);
        const { rows } = await store.rows({ ids: this.#selection }, { offset: 0, limit: maximumSelection });
        const kept = new Set(rows.map(({ id }) => id));
        return { ids: ids.filter((id) => kept.has(id)) };
      },
      runOnRows: async ({ command, ids }) => {
        await this.#deps.runOnRows(command, ids);
        return null;
      },
      skipWait: async ({ requestId }, signal) => {
        await this.#deps.connection()?.skipWait?.(requestId, signal);
        return null;
      },
      listen: async ({ destinationArn }) => {
        await this.#deps.listen(destinationArn);
        return null;
      },
      copy: async ({ text }) => {
        await this.#deps.copy(text);
        return null;
      },
      runCommand: async ({ command }) => {
        await this.#deps.runCommand(command);
        return null;
      },
    };
    return Object.fromEntries(
      Object.entries(handlers).map(([name, handler]) => [name, this.#logged(name, handler as AnyHandler)]),
    ) as unknown as RequestHandlers<PanelRequests>;
  }

  /** The page shows what failed; what nobody expected is also in the log. */
  #logged(name: string, handler: AnyHandler): AnyHandler {
    return async (params, signal) => {
      try {
        return await handler(params, signal);
      } catch (error) {
        if (!signal.aborted && !UserFacingFailure.is(error)) {
          this.#deps.log.error(
            `panel: ${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          );
        }
        throw error;
      }
    };
  }

  async #mustGet(id: number): Promise<{ readonly row: InvocationRow; readonly invocation: Invocation }> {
    const found = await this.#deps.store.get(id);
    if (!found) throw new UserFacingFailure('invocationGone', 'This invocation is no longer kept.');
    return found;
  }

  async #hydrate(query: PanelQuery): Promise<PanelSnapshot> {
    this.#query = query;
    const generation = ++this.#generation;
    this.#pageAsked = true;
    const counts = await this.#counts(query);
    // Else the page has gone again meanwhile, or asked anew: this answer is nobody's.
    const wanted = this.#pageAsked && generation === this.#generation;
    const reveal = wanted ? this.#pendingReveal : undefined;
    if (wanted) {
      this.#pendingReveal = undefined;
      this.#pageReady = true;
      if (counts.incomplete) this.#searching = true;
      // What changed while it was counted is not in these numbers.
      void this.#pushChanges();
    }
    return {
      seq: this.#seq,
      total: totalOf(query, counts),
      counts,
      connection: this.#panelConnection(),
      now: this.#deps.now(),
      ...(reveal === undefined ? {} : { reveal }),
    };
  }

  /** One count at a time; what changes meanwhile goes with the next push. */
  async #pushChanges(): Promise<void> {
    if (this.#pushing) return;
    this.#pushing = true;
    let ids: readonly number[] = [];
    try {
      while (this.#pageReady && (this.#changed.size > 0 || this.#searching) && !this.#disposed) {
        if (this.#changed.size === 0) await this.#deps.pause(searchOnMs);
        this.#searching = false;
        ids = [...this.#changed];
        this.#changed.clear();
        const generation = this.#generation;
        const query = this.#query;
        const counts = await this.#counts(query);
        if (generation !== this.#generation) {
          // The page hydrated with another query meanwhile: these numbers answer the old one.
          for (const id of ids) this.#changed.add(id);
          continue;
        }
        if (!this.#pageReady) return;
        if (counts.incomplete) this.#searching = true;
        this.#messenger.push('rowsChanged', { seq: ++this.#seq, total: totalOf(query, counts), counts, ids });
      }
    } catch (error) {
      // They go with the next ones.
      if (this.#pageAsked) for (const id of ids) this.#changed.add(id);
      this.#deps.log.error(`panel: counting failed: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#pushing = false;
    }
  }

  #searchOn(): void {
    this.#searching = true;
    void this.#pushChanges();
  }

  #counts(query: PanelQuery): Promise<StatusCounts> {
    return this.#deps.store.counts(this.#storeQuery(query.text === undefined ? {} : { text: query.text }));
  }

  #storeQuery(query: PanelQuery): InvocationQuery {
    const connectionId = this.#deps.connection()?.state.info.id;
    const { filter } = parseFilter(query.text ?? '');
    return {
      ...(connectionId === undefined ? {} : { connectionId }),
      ...(query.statuses && query.statuses.length > 0 ? { statuses: query.statuses } : {}),
      ...(filter.terms.length > 0 ? { filter } : {}),
      ...(query.maxId === undefined ? {} : { maxId: query.maxId }),
    };
  }

  #connectionReplaced(): void {
    this.#watchConnection();
    this.#pushConnection();
  }

  #watchConnection(): void {
    this.#connectionSubscription?.dispose();
    const connection = this.#deps.connection();
    const subscriptions = new DisposableStore();
    this.#connectionSubscription = subscriptions;
    if (!connection) return;
    subscriptions.add(connection.onDidChangeState(() => this.#pushConnection()));
    let read = JSON.stringify(readingOf(connection));
    const listening = connection.onDidChangeListening?.(() => {
      const now = JSON.stringify(readingOf(connection));
      if (now === read) return;
      read = now;
      this.#pushConnection();
    });
    if (listening) subscriptions.add(listening);
  }

  #pushConnection(): void {
    if (!this.#pageReady) return;
    this.#messenger.push('connectionChanged', { seq: ++this.#seq, connection: this.#panelConnection() });
  }

  #panelConnection(): PanelConnection {
    const connection = this.#deps.connection();
    const state = connection?.state;
    const reading = connection && readingOf(connection);
    const trusted = this.#deps.trusted();
    if (!state) {
      return { id: '', label: 'No connection', state: 'stopped', region: '', account: '', kind: 'local', trusted };
    }
    const { info, problem } = state;
    return {
      id: info.id,
      label: info.label,
      state: state.phase,
      region: info.region,
      account: info.account,
      kind: info.kind,
      trusted,
      ...(info.timeScale === undefined ? {} : { timeScale: info.timeScale }),
      ...(problem === undefined ? {} : { problem }),
      ...(reading ? { reading } : {}),
    };
  }
}

function readingOf({ listening }: PanelConnectionSource): PanelReading | undefined {
  if (!listening) return undefined;
  const { readsLogs, logsProblem, entries } = listening;
  const read = entries.filter(({ state }) => state.phase === 'listening' || state.phase === 'elsewhere');
  return {
    logs: readsLogs,
    ...(logsProblem === undefined ? {} : { logsProblem }),
    destinations: read.map(({ id }) => id),
  };
}

type AnyHandler = (params: unknown, signal: AbortSignal) => unknown;

function totalOf(query: PanelQuery, counts: StatusCounts): number {
  if (!query.statuses || query.statuses.length === 0) return counts.all;
  return query.statuses.reduce((sum, status) => sum + counts[status], 0);
}
