import type { InvocationRow } from '../model/invocation.ts';
import { Messenger, RequestError, type MessagePortLike } from '../protocol/messenger.ts';
import type {
  PanelConnection,
  PanelPushes,
  PanelQuery,
  PanelRequests,
  RowCommand,
  StatusCounts,
} from '../protocol/panel.ts';
import { DetailModel, type PageMessenger } from './detailModel.ts';
import type { PageState } from './pageState.ts';
import { RangeLoader } from './rowRange.ts';
import { RowSelection } from './rowSelection.ts';
import { chips, type ChipId } from './rowText.ts';

/** What the page's logic needs of the page. */
export interface PanelModelOptions {
  readonly port: MessagePortLike;
  readonly state: PageState;
  /** Epoch milliseconds on the page's clock. */
  now(): number;
  /** Something to draw has changed. */
  onChange(): void;
  /** The state to keep over a reload has changed. */
  onState(state: PageState): void;
  /** The list should show this row (its index) wherever it is scrolled to; `top`: at the top, live. */
  onShowRow(target: number | 'top'): void;
}

/** Rows that are here, from `offset` on. */
export interface RowWindow {
  readonly offset: number;
  readonly rows: readonly InvocationRow[];
}

/** Something that failed, said in the page. */
export interface PanelProblem {
  /** What the page was doing: `load` can be tried again. */
  readonly what: 'load' | 'action';
  readonly message: string;
}

const emptyWindow: RowWindow = { offset: 0, rows: [] };
const smallestWindow = 60;
const largestWindow = 400;

type Push = {
  readonly [K in keyof PanelPushes]: { readonly name: K; readonly value: PanelPushes[K] };
}[keyof PanelPushes];

/**
 * The page's half of the panel: one window of rows around what is on screen, the counts, the connection, the selection.
 * It never holds more than `largestWindow` rows. Away from its top the list is held at the newest row of that moment.
 */
export class PanelModel {
  readonly #options: PanelModelOptions;
  readonly #messenger: PageMessenger;
  readonly detail: DetailModel;
  readonly selection: RowSelection;
  readonly #ranges: RangeLoader;
  state: PageState;
  connection: PanelConnection | undefined;
  counts: StatusCounts | undefined;
  window: RowWindow = emptyWindow;
  /** Rows of the list as it is shown. */
  total = 0;
  /** Rows there are by now; more than `total` while the list is held. */
  liveTotal = 0;
  /** The list was loaded at least once for this filter. */
  loaded = false;
  problem: PanelProblem | undefined;
  /** Index of the selected row in the list, where it was last seen. */
  selectedIndex = -1;
  /** Said by the live region. */
  arrived = { total: 0, failed: 0 };
  #viewport = { first: 0, count: 40 };
  #seq: number | undefined;
  #queued: Push[] | undefined;
  #skew = 0;
  /** The rows that were given are what was found up to then. */
  #incomplete = false;
  #fetching = false;
  #dirty = false;
  #aborter = new AbortController();
  #newestId = 0;
  #told: readonly number[] = [];
  #selectWhenLoaded: { readonly index: number; readonly extend: boolean } | undefined;

  constructor(options: PanelModelOptions) {
    this.#options = options;
    this.state = options.state;
    this.#viewport = { first: options.state.anchor?.first ?? 0, count: 40 };
    this.#messenger = new Messenger(
      options.port,
      {},
      {
        rowsChanged: (value) => this.#take({ name: 'rowsChanged', value }),
        connectionChanged: (value) => this.#take({ name: 'connectionChanged', value }),
        reveal: (value) => this.#take({ name: 'reveal', value }),
      },
    );
    this.detail = new DetailModel(this.#messenger, options.onChange);
    this.selection = new RowSelection(options.state.also ?? [], options.state.selected);
    this.#ranges = new RangeLoader((params, signal) => this.#messenger.request('rows', params, signal));
  }

  /** The host's clock, epoch milliseconds. */
  now(): number {
    return this.#options.now() + this.#skew;
  }

  /** How much faster waits pass than on AWS. */
  get timeScale(): number {
    return this.connection?.timeScale ?? 1;
  }

  /** Where an event's further way is not read from: its row stays at what Lambda answered. `undefined`: it is read. */
  get unread(): string | undefined {
    if (this.connection?.reading?.logs === true) return undefined;
    switch (this.connection?.kind) {
      case 'aws':
        return 'AWS';
      case 'endpoint':
        return 'this endpoint';
      default:
        return undefined;
    }
  }

  /** Rows are still looked for. */
  get searching(): boolean {
    return this.#incomplete || this.counts?.incomplete === true;
  }

  /** Rows that arrived while the list was held. */
  get newRows(): number {
    return this.state.anchor ? Math.max(0, this.liveTotal - this.total) : 0;
  }

  /** Asks for everything; at the start, after a gap, and to try again. */
  async hydrate(): Promise<void> {
    this.#aborter.abort();
    const aborter = (this.#aborter = new AbortController());
    this.#queued = [];
    this.problem = undefined;
    try {
      const snapshot = await this.#messenger.request('hydrate', this.#query(false), aborter.signal);
      const queued = this.#queued;
      this.#queued = undefined;
      this.#seq = snapshot.seq;
      this.#skew = snapshot.now - this.#options.now();
      this.connection = snapshot.connection;
      this.counts = snapshot.counts;
      this.liveTotal = snapshot.total;
      this.#fetching = false;
      this.#refresh();
      this.detail.show(this.state.selected);
      this.detail.refresh();
      this.#tellSelection();
      for (const push of queued) if (push.value.seq > snapshot.seq) this.#take(push);
      if (snapshot.reveal !== undefined) await this.reveal(snapshot.reveal);
    } catch (error) {
      this.#failed('load', error);
    }
    this.#options.onChange();
  }

  /** What part of the list is on screen. `atTop`: new rows should come in. */
  setViewport(first: number, count: number, atTop: boolean): void {
    this.#viewport = { first, count };
    const { anchor } = this.state;
    if (atTop) {
      if (anchor) {
        this.#setState({ anchor: undefined });
        this.#refresh();
        return;
      }
    } else {
      const maxId = anchor?.maxId ?? this.#newestId;
      if (maxId > 0 && first !== anchor?.first) this.#setState({ anchor: { maxId, first } });
    }
    if (this.#needsRows()) this.#refresh();
  }

  /** The row at an index of the list, if it is here. */
  rowAt(index: number): InvocationRow | undefined {
    return this.window.rows[index - this.window.offset];
  }

  /** Ids of the selected rows. */
  get selectedIds(): readonly number[] {
    return this.selection.ids(this.state.selected);
  }

  /** Selects the row at an index, or with `extend` all from the anchor to it, scrolling there; it may have to be fetched first. */
  moveTo(index: number, extend = false): void {
    if (this.total === 0) return;
    const target = Math.min(this.total - 1, Math.max(0, index));
    this.#options.onShowRow(target);
    const row = this.rowAt(target);
    this.selectedIndex = target;
    if (!row) this.#selectWhenLoaded = { index: target, extend };
    else if (extend) this.extendTo(row.id);
    else this.select(row.id);
  }

  /** Selects a row alone, or none. */
  select(id: number | undefined, open?: boolean): void {
    this.#ranges.cancel();
    this.selection.single(id);
    this.#activate(id, open);
  }

  /** Adds a row to those that are selected, or takes it away. */
  toggle(id: number): void {
    this.#ranges.cancel();
    this.#activate(this.selection.toggle(id, this.state.selected));
  }

  /** Selects all rows from the anchor to this one, which is the active one then. */
  extendTo(id: number): void {
    const { anchor } = this.selection;
    if (anchor === undefined || anchor === id) {
      this.select(id);
      return;
    }
    const { rows } = this.window;
    const [from, to] = [anchor, id].map((each) => rows.findIndex((row) => row.id === each));
    if (from !== undefined && to !== undefined && from >= 0 && to >= 0) {
      this.#ranges.cancel();
      this.selection.range(rows.slice(Math.min(from, to), Math.max(from, to) + 1).map((row) => row.id));
      this.#activate(id);
      return;
    }
    this.#activate(id);
    void this.#selectLoaded(this.#ranges.between(this.#query(false), anchor, id));
  }

  /** Selects every row of the filter, up to a limit. */
  selectAll(): void {
    if (this.state.selected === undefined) this.#activate(this.window.rows[0]?.id);
    void this.#selectLoaded(this.#ranges.all(this.#query(true)));
  }

  /** Runs a command on what is selected; its failures are told by the command. */
  run(command: RowCommand): void {
    const ids = this.selectedIds;
    if (ids.length > 0) this.act('runOnRows', { command, ids });
  }

  async #selectLoaded(loading: Promise<readonly number[] | undefined>): Promise<void> {
    try {
      const ids = await loading;
      if (!ids) return;
      this.selection.range(ids);
      this.#activate(this.state.selected);
    } catch (error) {
      this.#failed('action', error);
    }
  }

  #activate(id: number | undefined, open?: boolean): void {
    this.#selectWhenLoaded = undefined;
    const ids = this.selection.ids(id);
    const also = ids.length > 1 ? ids : undefined;
    this.#setState({ selected: id, also, ...(open === undefined ? {} : { detailOpen: open }) });
    this.#findSelected();
    this.detail.show(id);
    this.#tellSelection();
    this.#options.onChange();
  }

  /** The host runs commands of the palette on what is selected; it says what of that is gone. */
  #tellSelection(): void {
    const ids = this.selectedIds;
    this.#messenger.request('select', { ids }).then(
      ({ ids: kept }) => {
        if (kept.length === ids.length || ids.length < 2 || ids !== this.#told) return;
        this.selection.keep(kept);
        const { selected } = this.state;
        this.#activate(selected !== undefined && kept.includes(selected) ? selected : (kept[0] ?? selected));
      },
      // Nothing to say: what is done with them says that they are gone.
      () => undefined,
    );
    this.#told = ids;
  }

  /** Filters by text and chip; from the top, live. */
  setFilter(filter: { readonly text?: string; readonly chip?: ChipId }): void {
    const text = filter.text ?? this.state.text;
    const chip = filter.chip ?? this.state.chip;
    if (text === this.state.text && chip === this.state.chip) return;
    // Nothing is to be done with rows that are out of sight.
    this.#ranges.cancel();
    this.selection.single(this.state.selected);
    this.#setState({ text, chip, anchor: undefined, also: undefined });
    this.loaded = false;
    this.#options.onShowRow('top');
    void this.hydrate();
    this.#options.onChange();
  }

  /** Keeps a choice of the person's over reloads. */
  setState(change: Partial<Pick<PageState, 'tab' | 'detailOpen' | 'splitWide' | 'splitNarrow'>>): void {
    this.#setState(change);
    this.#options.onChange();
  }

  /** Goes back to the newest rows. */
  goToTop(): void {
    this.#setState({ anchor: undefined });
    this.#options.onShowRow('top');
    this.#refresh();
  }

  /** Selects a row wherever it is, without the filter if that hides it. */
  async reveal(id: number): Promise<void> {
    this.select(id);
    try {
      let index = await this.#indexOf(id);
      if (index === undefined && (this.state.text !== '' || this.state.chip !== 'all')) {
        this.#setState({ text: '', chip: 'all', anchor: undefined });
        this.loaded = false;
        void this.hydrate();
        index = await this.#indexOf(id);
      }
      if (index === undefined) return;
      this.selectedIndex = index;
      if (index < this.#viewport.count - 1) this.goToTop();
      else this.#options.onShowRow(index);
    } catch (error) {
      this.#failed('action', error);
    }
  }

  /** Asks the host for something that has no answer; a failure is said in the page. */
  act<K extends keyof PanelRequests>(name: K, params: PanelRequests[K]['params']): void {
    this.#messenger.request(name, params).catch((error: unknown) => this.#failed('action', error));
  }

  /** The problem was read. */
  dismissProblem(): void {
    this.problem = undefined;
    this.#options.onChange();
  }

  #query(held: boolean): PanelQuery {
    const statuses = chips.find(({ id }) => id === this.state.chip)?.statuses ?? [];
    const maxId = held ? this.state.anchor?.maxId : undefined;
    return {
      ...(statuses.length > 0 ? { statuses } : {}),
      ...(this.state.text.trim() === '' ? {} : { text: this.state.text.trim() }),
      ...(maxId === undefined ? {} : { maxId }),
    };
  }

  #take(push: Push): void {
    if (this.#queued) {
      this.#queued.push(push);
      return;
    }
    if (this.#seq === undefined) return;
    if (push.value.seq !== this.#seq + 1) {
      void this.hydrate();
      return;
    }
    this.#seq = push.value.seq;
    switch (push.name) {
      case 'rowsChanged':
        this.#rowsChanged(push.value);
        break;
      case 'connectionChanged':
        this.#connectionChanged(push.value.connection);
        break;
      case 'reveal':
        void this.reveal(push.value.id);
        break;
    }
    this.#options.onChange();
  }

  #rowsChanged({ total, counts, ids }: PanelPushes['rowsChanged']): void {
    const before = this.counts;
    this.counts = counts;
    this.liveTotal = total;
    // What a search finds is not new.
    if (before && !before.incomplete && !counts.incomplete) {
      this.arrived = {
        total: this.arrived.total + Math.max(0, counts.all - before.all),
        failed: this.arrived.failed + Math.max(0, counts.failed + counts.lost - before.failed - before.lost),
      };
    }
    if (this.state.selected !== undefined && ids.includes(this.state.selected)) this.detail.refresh();
    // Some were removed: they may be selected.
    if (before && counts.all < before.all) this.#tellSelection();
    const changed = new Set(ids);
    // A held list shows no new rows, but what it shows goes on.
    const goesOn = !this.state.anchor || this.#incomplete || this.window.rows.some(({ id }) => changed.has(id));
    if (goesOn) this.#refresh();
  }

  #connectionChanged(connection: PanelConnection): void {
    const other = connection.id !== this.connection?.id;
    this.connection = connection;
    if (!other) return;
    this.#setState({ anchor: undefined });
    this.select(undefined);
    void this.hydrate();
  }

  #needsRows(): boolean {
    const { first, count } = this.#viewport;
    const { offset, rows } = this.window;
    const end = offset + rows.length;
    return (first < offset + count / 2 && offset > 0) || (first + count * 1.5 > end && end < this.total);
  }

  #refresh(): void {
    this.#dirty = true;
    if (!this.#fetching && this.#seq !== undefined) void this.#fetchRows(this.#aborter.signal);
  }

  /** One request at a time; what changed meanwhile makes one more. */
  async #fetchRows(signal: AbortSignal): Promise<void> {
    this.#fetching = true;
    try {
      while (this.#dirty) {
        this.#dirty = false;
        const { first, count } = this.#viewport;
        const limit = Math.min(largestWindow, Math.max(smallestWindow, count * 3));
        const offset = this.state.anchor || first > 0 ? Math.max(0, first - Math.floor((limit - count) / 2)) : 0;
        const query = this.#query(true);
        const { total, rows, incomplete } = await this.#messenger.request('rows', { query, offset, limit }, signal);
        if (signal.aborted) return;
        this.#incomplete = incomplete === true;
        this.#applyRows(offset, total, rows);
        // The list got shorter than where it was scrolled to.
        if (rows.length === 0 && offset > 0 && total > 0) {
          this.#viewport = { first: Math.max(0, total - count), count };
          this.#dirty = true;
        }
      }
    } catch (error) {
      if (!signal.aborted) this.#failed('load', error);
    } finally {
      if (!signal.aborted) this.#fetching = false;
    }
  }

  #applyRows(offset: number, total: number, rows: readonly InvocationRow[]): void {
    this.window = { offset, rows };
    this.total = total;
    this.loaded = true;
    if (this.problem?.what === 'load') this.problem = undefined;
    if (!this.state.anchor) {
      this.liveTotal = total;
      if (offset === 0) this.#newestId = rows[0]?.id ?? 0;
    }
    this.#findSelected();
    const pending = this.#selectWhenLoaded;
    const row = pending && this.rowAt(pending.index);
    if (row && pending.extend) this.extendTo(row.id);
    else if (row) this.select(row.id);
    this.#options.onChange();
  }

  #findSelected(): void {
    const index = this.window.rows.findIndex(({ id }) => id === this.state.selected);
    if (index >= 0) this.selectedIndex = this.window.offset + index;
    else if (this.state.selected === undefined) this.selectedIndex = -1;
  }

  /** Where a row is in the list as filtered: newest first, so after all that are newer. */
  async #indexOf(id: number): Promise<number | undefined> {
    const query = this.#query(true);
    const [all, older] = await Promise.all([
      this.#messenger.request('rows', { query, offset: 0, limit: 1 }),
      this.#messenger.request('rows', { query: { ...query, maxId: id }, offset: 0, limit: 1 }),
    ]);
    return older.rows[0]?.id === id ? Math.max(0, all.total - older.total) : undefined;
  }

  #setState(change: { readonly [K in keyof PageState]?: PageState[K] | undefined }): void {
    const next = Object.fromEntries(
      Object.entries({ ...this.state, ...change }).filter(([, value]) => value !== undefined),
    );
    this.state = next as unknown as PageState;
    this.#options.onState(this.state);
  }

  #failed(what: PanelProblem['what'], error: unknown): void {
    if (RequestError.is(error, 'aborted') || RequestError.is(error, 'closed')) return;
    this.problem = { what, message: error instanceof Error ? error.message : String(error) };
    this.#options.onChange();
  }
}
