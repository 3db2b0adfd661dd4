import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { MessagePortLike } from '../protocol/messenger.ts';
import { detailPane, tabOf, type DetailPaneActions } from './detailPane.ts';
import { emptyState } from './emptyState.ts';
import { footer } from './footer.ts';
import { formatCount } from './format.ts';
import { keyHelp } from './keyHelp.ts';
import type { PageState, TabId } from './pageState.ts';
import { PanelModel } from './panelModel.ts';
import type { RowCommand } from '../protocol/panel.ts';
import { actionOf } from './rowActions.ts';
import { selectionBar, selectionText } from './selectionBar.ts';
import type { RecordList } from './recordList.ts';
import { splitter } from './splitter.ts';
import { toolbar } from './toolbar.ts';

/** What the page gives its panel. */
export interface PanelAppOptions {
  readonly port: MessagePortLike;
  readonly state: PageState;
  onState(state: PageState): void;
}

/**
 * Narrower than this, the detail pane is below the list: there the waterfall keeps its room. In a low panel (at the
 * bottom of the window, say) it stays beside the list for longer.
 */
const narrowWidth = { high: 1_000, low: 700 };
const lowHeight = 480;
const filterDelay = 150;
const announceDelay = 3_000;

/** The panel: toolbar, list, detail pane, footer, and the keys that work everywhere in it. */
export class PanelApp extends LitElement {
  #model: PanelModel | undefined;
  #filterText: string | undefined;
  #filterTimer: number | undefined;
  #tickTimer: number | undefined;
  #announceTimer: number | undefined;
  #announcement = '';
  #announcedCount = 0;
  #focusDetail = false;
  #width = 0;
  #height = 0;
  readonly #resize = new ResizeObserver(([entry]) => {
    if (entry) ({ width: this.#width, height: this.#height } = entry.contentRect);
    this.requestUpdate();
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Connects the panel to its host. Called once, before it is put into the page. */
  start({ port, state, onState }: PanelAppOptions): void {
    this.#model = new PanelModel({
      port,
      state,
      onState,
      now: () => Date.now(),
      onChange: () => this.requestUpdate(),
      onShowRow: (target) => this.#list?.showRow(target),
    });
    void this.#model.hydrate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
    document.addEventListener('keydown', this.#onKey);
    document.addEventListener('visibilitychange', this.#tick);
    this.addEventListener('openDetail', this.#openDetail);
    this.#tick();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    document.removeEventListener('keydown', this.#onKey);
    document.removeEventListener('visibilitychange', this.#tick);
    this.removeEventListener('openDetail', this.#openDetail);
    for (const timer of [this.#filterTimer, this.#tickTimer, this.#announceTimer]) globalThis.clearTimeout(timer);
  }

  get #list(): RecordList | null {
    return this.querySelector<RecordList>('ld-list');
  }

  get #narrow(): boolean {
    return this.#width < (this.#height < lowHeight ? narrowWidth.low : narrowWidth.high);
  }

  protected override render(): TemplateResult | typeof nothing {
    const model = this.#model;
    if (!model) return nothing;
    const { state } = model;
    const open = state.detailOpen && state.selected !== undefined;
    const split = this.#narrow ? state.splitNarrow : state.splitWide;
    const selected = model.selectedIds.length;
    return html`${toolbar({
        connection: model.connection,
        counts: model.counts,
        text: this.#filterText ?? state.text,
        chip: state.chip,
        onText: (text) => this.#typed(text),
        onLeave: () => this.#list?.focusList(),
        onChip: (chip) => model.setFilter({ chip }),
      })}
      ${this.#banner(model)}
      <main
        class="main ${this.#narrow ? 'narrow' : 'wide'} ${open ? 'split' : ''}"
        .style=${`--split: ${split * 100}%`}
      >
        <div class="list-side">
          ${this.#listSide(model)}
          ${
            model.newRows > 0
              ? html`<button class="new-rows" @click=${() => model.goToTop()}>
                  <span class="codicon codicon-arrow-up"></span>${formatCount(model.newRows)} new
                </button>`
              : nothing
          }
          ${selectionBar({
            count: selected,
            cut: model.selection.cut,
            run: (command) => this.#runAction(model, command),
            clear: () => {
              model.select(model.state.selected);
              this.#list?.focusList();
            },
          })}
        </div>
        ${
          open
            ? html`${splitter({
                  share: split,
                  stacked: this.#narrow,
                  onShare: (share) => model.setState(this.#narrow ? { splitNarrow: share } : { splitWide: share }),
                })}
                <aside class="detail" aria-label="Invocation" @keydown=${this.#detailKey}>
                  ${detailPane(model, this.#detailActions(model))}
                </aside>`
            : nothing
        }
      </main>
      ${footer(model.connection, model.liveTotal, state.text !== '' || state.chip !== 'all', () => this.#help?.showModal())}
      ${keyHelp(() => this.#help?.close())}
      <div class="hidden" role="status" aria-live="polite">${this.#announcement}</div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    this.#moveFocusToDetail();
    this.#announceSelection();
    this.#announceLater();
  }

  #listSide(model: PanelModel): TemplateResult | typeof nothing {
    const { connection, counts, state } = model;
    if (!connection || !counts) return nothing;
    const filtered = state.text !== '' || state.chip !== 'all';
    if (model.loaded && model.total === 0 && model.liveTotal === 0) {
      return emptyState({
        connection,
        filtered,
        all: counts.all,
        searching: model.searching,
        run: (command) => model.act('runCommand', { command }),
        clearFilter: () => {
          this.#filterText = undefined;
          model.setFilter({ text: '', chip: 'all' });
        },
      });
    }
    return html`<ld-list .model=${model}></ld-list>`;
  }

  #banner(model: PanelModel): TemplateResult | typeof nothing {
    const { problem, connection } = model;
    if (problem) {
      const load = problem.what === 'load';
      return html`<div class="banner bad" role="alert">
        <span class="codicon codicon-error"></span>
        <span class="banner-text">${load ? 'The records could not be loaded: ' : ''}${problem.message}</span>
        ${
          load
            ? html`<button class="quiet" @click=${() => void model.hydrate()}>Try again</button>
                <button class="quiet" @click=${() => model.act('runCommand', { command: 'showLog' })}>Show log</button>`
            : html`<button class="icon" aria-label="Dismiss" title="Dismiss" @click=${() => model.dismissProblem()}>
                <span class="codicon codicon-close"></span>
              </button>`
        }
      </div>`;
    }
    if (connection?.state === 'failed' && model.total > 0) {
      return html`<div class="banner bad" role="alert">
        <span class="codicon codicon-error"></span>
        <span class="banner-text" title=${connection.problem ?? ''}
          >${connection.problem ?? `${connection.label} failed.`}</span
        >
        ${
          connection.kind === 'local'
            ? html`<button class="quiet" @click=${() => model.act('runCommand', { command: 'restartLocal' })}>
                Restart
              </button>`
            : html`<button class="quiet" @click=${() => model.act('runCommand', { command: 'refresh' })}>Retry</button>
                <button class="quiet" @click=${() => model.act('runCommand', { command: 'selectConnection' })}>
                  Select connection…
                </button>`
        }
        <button class="quiet" @click=${() => model.act('runCommand', { command: 'showLog' })}>Show log</button>
      </div>`;
    }
    return nothing;
  }

  #detailActions(model: PanelModel): DetailPaneActions {
    const showTab = (tab: TabId): void => model.setState({ tab });
    const showIn = (tab: TabId, id: string): void => {
      showTab(tab);
      void this.updateComplete.then(() => document.getElementById(id)?.scrollIntoView({ block: 'start' }));
    };
    return {
      showTab,
      close: () => this.#closeDetail(model),
      showLogs: (attempt) => showIn('logs', `logs-${attempt}`),
      showDelivery: (id) => showIn('delivery', `delivery-${id}`),
    };
  }

  #closeDetail(model: PanelModel): void {
    this.#focusDetail = false;
    model.setState({ detailOpen: false });
    this.#list?.focusList();
  }

  get #help(): HTMLDialogElement | null {
    return this.querySelector('dialog');
  }

  /** The box shows what is typed at once; the list follows when the typing pauses. */
  #typed(text: string): void {
    this.#filterText = text;
    globalThis.clearTimeout(this.#filterTimer);
    const apply = (): void => {
      this.#filterText = undefined;
      this.#model?.setFilter({ text });
      this.requestUpdate();
    };
    if (text === '') apply();
    else this.#filterTimer = globalThis.setTimeout(apply, filterDelay) as unknown as number;
    this.requestUpdate();
  }

  readonly #openDetail = (): void => {
    this.#focusDetail = true;
    this.#model?.setState({ detailOpen: true });
  };

  /** The details may still be loading when the keyboard asks for them: the focus waits for their tab. */
  #moveFocusToDetail(): void {
    if (!this.#focusDetail || !this.#model) return;
    const { detail, gone, problem } = this.#model.detail;
    const id = detail
      ? `#tab-${tabOf(detail, this.#model.state.tab)}`
      : gone || problem !== undefined
        ? '.detail .close'
        : '';
    const target = id === '' ? null : this.querySelector<HTMLElement>(id);
    if (!target) return;
    this.#focusDetail = false;
    target.focus();
  }

  readonly #detailKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.#model) return;
    event.stopPropagation();
    this.#list?.focusList();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const model = this.#model;
    if (!model || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof HTMLInputElement || this.#help?.open) return;
    switch (event.key) {
      case '/':
        this.querySelector<HTMLInputElement>('.filter')?.select();
        break;
      case '?':
        this.#help?.showModal();
        break;
      case 'Escape':
        if (model.selectedIds.length > 1) model.select(model.state.selected);
        else if (model.state.detailOpen) this.#closeDetail(model);
        else return;
        break;
      default: {
        const action = actionOf(event, model.selectedIds.length);
        if (!action) return;
        this.#runAction(model, action.command);
      }
    }
    event.preventDefault();
  };

  /** Pins are taken away where all that is selected has one. */
  #runAction(model: PanelModel, command: RowCommand): void {
    const ids = new Set(model.selectedIds);
    const rows = model.window.rows.filter(({ id }) => ids.has(id));
    const pinned = rows.length > 0 && rows.every((row) => row.pinned === true);
    model.run(command === 'pin' && pinned ? 'unpin' : command);
  }

  /** Redraws while something counts: often while waits run down fast, once a second for ages, not at all when hidden. */
  readonly #tick = (): void => {
    globalThis.clearTimeout(this.#tickTimer);
    if (document.visibilityState === 'hidden' || !this.isConnected) return;
    const model = this.#model;
    const busy =
      model?.window.rows.some(({ endedAt, status }) => endedAt === undefined && status !== 'unknown') ?? false;
    const wait = busy ? (model && model.timeScale > 5 ? 100 : 250) : 1_000;
    this.requestUpdate();
    this.#tickTimer = globalThis.setTimeout(this.#tick, wait) as unknown as number;
  };

  /** Of one row the grid tells itself. */
  #announceSelection(): void {
    const model = this.#model;
    const count = model?.selectedIds.length ?? 0;
    if (!model || count === this.#announcedCount) return;
    const several = count > 1 || this.#announcedCount > 1;
    this.#announcedCount = count;
    if (!several) return;
    this.#announcement = selectionText(count, model.selection.cut);
    this.requestUpdate();
  }

  /** Polite: one sentence for all that arrived in three seconds. */
  #announceLater(): void {
    const model = this.#model;
    if (!model || this.#announceTimer !== undefined || model.arrived.total + model.arrived.failed === 0) return;
    this.#announceTimer = globalThis.setTimeout(() => {
      this.#announceTimer = undefined;
      const { total, failed } = model.arrived;
      model.arrived = { total: 0, failed: 0 };
      const parts = [
        ...(total > 0 ? [`${formatCount(total)} new ${total === 1 ? 'invocation' : 'invocations'}`] : []),
        ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
      ];
      this.#announcement = parts.join(', ');
      this.requestUpdate();
    }, announceDelay) as unknown as number;
  }
}
