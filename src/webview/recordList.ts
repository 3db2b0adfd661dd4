import { html, LitElement, nothing, svg, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { InvocationRow } from '../model/invocation.ts';
import { allColumns, columnsFor, type ColumnId, type ColumnLayout } from './columns.ts';
import { formatAge, formatDuration } from './format.ts';
import type { PanelModel } from './panelModel.ts';
import { openMenuAt } from './openMenu.ts';
import { menuContext } from './rowActions.ts';
import { errorText, outcomeText, rowSentence, statusLook } from './rowText.ts';
import { rowHeight, scrollHeight, scrollTopOf, scrollTopToShow, visibleRange } from './virtualRange.ts';
import { nominalDuration, waterfallMarks, waterfallScale, type WaterfallScale } from './waterfall.ts';

/** Height of the header row, which stays at the top of the scrolled area. */
const headerHeight = 24;

const titles: Readonly<Record<ColumnId, string>> = {
  status: '',
  function: 'Function',
  outcome: 'Outcome',
  error: 'Error',
  tries: 'Tries',
  age: 'Age',
  duration: 'Duration',
  waterfall: 'Waterfall',
};

/** Columns whose header needs words. */
const hints: Partial<Readonly<Record<ColumnId, string>>> = {
  error: 'What went wrong, or where the record of a success went',
  age: 'Since it was sent',
  duration: 'From sending to the outcome, waits as long as they are on AWS',
  waterfall:
    'Attempts, waits (dotted) and deliveries. Waits are to scale; attempts to a scale of their own, so that short ones stay visible.',
};

/**
 * The list: a grid that draws only the rows on screen. One tab stop; the active row is told by `aria-activedescendant`.
 * Fires `openDetail` when a row is to be looked at.
 */
export class RecordList extends LitElement {
  static override properties = { model: { attribute: false, hasChanged: () => true } };
  declare model: PanelModel;

  #layout: ColumnLayout = columnsFor(0);
  #size = { width: 0, height: 0 };
  #restored = false;
  #showing: number | undefined;
  readonly #resize = new ResizeObserver(() => this.#measure());

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  /** Puts the keyboard focus on the list. */
  focusList(): void {
    this.querySelector<HTMLElement>('.grid')?.focus();
  }

  /** Scrolls so that a row is on screen. */
  showRow(target: number | 'top'): void {
    const viewport = this.#viewport;
    if (!viewport) return;
    if (target === 'top') {
      viewport.scrollTop = 0;
      return;
    }
    this.#showing = target;
    // The list may grow by the next drawing: the row may not be reachable yet.
    this.requestUpdate();
  }

  get #viewport(): HTMLElement | null {
    return this.querySelector<HTMLElement>('.viewport');
  }

  get #rowsHeight(): number {
    return Math.max(0, this.#size.height - headerHeight);
  }

  #measure(): void {
    const { clientWidth, clientHeight } = this.#viewport ?? this;
    if (clientWidth === this.#size.width && clientHeight === this.#size.height) return;
    this.#size = { width: clientWidth, height: clientHeight };
    this.#layout = columnsFor(clientWidth);
    this.#reportViewport();
    this.requestUpdate();
  }

  #reportViewport(): void {
    const scrollTop = this.#viewport?.scrollTop ?? 0;
    const { anchor } = this.model.state;
    if (!this.#restored && anchor) return;
    const { first, count } = visibleRange(this.model.total, this.#rowsHeight, scrollTop);
    this.model.setViewport(first, Math.max(count, Math.ceil(this.#rowsHeight / rowHeight)), scrollTop <= 0);
  }

  protected override updated(_changed: PropertyValues): void {
    const viewport = this.#viewport;
    if (!viewport) return;
    const { model } = this;
    const spacer = viewport.querySelector<HTMLElement>('.spacer');
    const rows = viewport.querySelector<HTMLElement>('.rows');
    if (!spacer || !rows) return;
    const height = `${scrollHeight(model.total)}px`;
    if (spacer.style.height !== height) spacer.style.height = height;
    viewport.style.setProperty('--columns', this.#layout.template);
    if (!this.#restored && model.loaded && this.#size.height > 0) {
      const { anchor } = model.state;
      if (anchor) viewport.scrollTop = scrollTopOf(model.total, this.#rowsHeight, anchor.first);
      this.#restored = true;
    }
    if (this.#showing !== undefined && model.total > 0) {
      const wanted = scrollTopToShow(model.total, this.#rowsHeight, viewport.scrollTop, this.#showing);
      this.#showing = undefined;
      if (wanted !== viewport.scrollTop) {
        viewport.scrollTop = wanted;
        this.requestUpdate();
      }
    }
    const { top } = visibleRange(model.total, this.#rowsHeight, viewport.scrollTop);
    rows.style.transform = `translateY(${top}px)`;
  }

  protected override render(): TemplateResult {
    const { model } = this;
    const { columns } = this.#layout;
    const { first, count } = visibleRange(model.total, this.#rowsHeight, this.#viewport?.scrollTop ?? 0);
    const indexes = Array.from({ length: count }, (_, index) => first + index);
    const rows = indexes.map((index) => ({ index, row: model.rowAt(index) }));
    const now = model.now();
    const known = rows.flatMap(({ row }) => (row ? [row] : []));
    const scale = waterfallScale(known, this.#layout.waterfallWidth, now, model.timeScale);
    const active = known.find(({ id }) => id === model.state.selected);
    return html`<div
      class="grid"
      role="grid"
      tabindex="0"
      aria-label="Invocations, newest first"
      aria-rowcount=${model.total + 1}
      aria-colcount=${allColumns.length}
      aria-activedescendant=${active ? `row-${active.id}` : nothing}
      data-many=${model.selectedIds.length > 1 ? 'true' : 'false'}
      aria-multiselectable="true"
      @keydown=${this.#onKey}
      @contextmenu=${this.#onMenu}
    >
      <div class="viewport" role="presentation" tabindex="-1" @scroll=${this.#onScroll}>
        <div class="head" role="row" aria-rowindex="1">
          ${columns.map(
            (column) =>
              html`<span
                class="c-${column}"
                role="columnheader"
                aria-colindex=${allColumns.indexOf(column) + 1}
                title=${hints[column] ?? nothing}
                >${column === 'status' ? html`<span class="hidden">Status</span>` : titles[column]}</span
              >`,
          )}
        </div>
        <div class="spacer" role="presentation">
          <div class="rows" role="rowgroup">
            ${repeat(
              rows,
              ({ row, index }) => row?.id ?? `at-${index}`,
              ({ row, index }) =>
                row
                  ? this.#row(row, index, scale, now)
                  : html`<div class="row" role="row" aria-rowindex=${index + 2}></div>`,
            )}
          </div>
        </div>
      </div>
    </div>`;
  }

  #row(row: InvocationRow, index: number, scale: WaterfallScale, now: number): TemplateResult {
    const { model } = this;
    const active = row.id === model.state.selected;
    const selected = model.selection.has(row.id, model.state.selected);
    return html`<div
      class="row ${active ? 'active' : ''}"
      role="row"
      id="row-${row.id}"
      data-status=${row.status}
      aria-rowindex=${index + 2}
      aria-selected=${selected ? 'true' : 'false'}
      aria-label=${rowSentence(row, this.model.unread === undefined)}
      data-vscode-context=${menuContext(row, selected ? model.selectedIds.length : 1)}
      @mousedown=${this.#onPress}
      @click=${(event: MouseEvent) => this.#onClick(event, row)}
      @contextmenu=${() => {
        if (!selected) model.select(row.id);
      }}
    >
      ${this.#layout.columns.map(
        (column) =>
          html`<span class="c-${column}" role="gridcell" aria-colindex=${allColumns.indexOf(column) + 1}
            >${this.#cell(column, row, scale, now)}</span
          >`,
      )}
    </div>`;
  }

  #cell(column: ColumnId, row: InvocationRow, scale: WaterfallScale, now: number): unknown {
    const { timeScale } = this.model;
    switch (column) {
      case 'status': {
        const { icon, tone, words } = statusLook(row.status, this.model.unread === undefined);
        const spin = icon === 'loading' ? 'codicon-modifier-spin' : '';
        return html`<span class="codicon codicon-${icon} ${spin} t-${tone}" title=${words}></span>`;
      }
      case 'function':
        return html`${row.pinned ? html`<span class="codicon codicon-pinned t-dim" title="Pinned: kept whatever is cut"></span>` : nothing}<span
            title=${row.qualifier === undefined ? row.functionName : `${row.functionName}:${row.qualifier}`}
            >${row.functionName}${
              row.qualifier === undefined || row.qualifier === '$LATEST'
                ? nothing
                : html`<span class="t-dim">:${row.qualifier}</span>`
            }</span
          >`;
      case 'outcome': {
        const { text, tone } = outcomeText(row, now, timeScale, this.model.unread === undefined);
        return html`<span class="t-${tone}" title=${row.condition ?? text}>${text}</span>`;
      }
      case 'error': {
        const { text, tone } = errorText(row);
        const type = row.errorType !== undefined && row.status !== 'succeeded' ? `${row.errorType}: ` : '';
        return html`<span class="t-${tone}" title="${type}${text}">${text}</span>`;
      }
      case 'tries':
        return row.attempts === 0
          ? html`<span class="t-dim">–</span>`
          : html`<span class="t-quiet">${row.attempts}</span>`;
      case 'age':
        return html`<span class="t-quiet" title=${new Date(row.startedAt).toLocaleString()}
          >${formatAge(now - row.startedAt)}</span
        >`;
      case 'duration':
        return row.endedAt === undefined
          ? html`<span class="t-dim">–</span>`
          : html`<span class="t-quiet">${formatDuration(nominalDuration(row, now, timeScale))}</span>`;
      case 'waterfall':
        return this.#waterfall(row, scale, now);
    }
  }

  #waterfall(row: InvocationRow, scale: WaterfallScale, now: number): TemplateResult {
    const width = this.#layout.waterfallWidth;
    // It would be drawn as waiting for ever.
    if (row.status === 'queued' && this.model.unread !== undefined) return html`<span></span>`;
    return html`<svg class="wf" width=${width} height=${rowHeight} aria-hidden="true">
      ${waterfallMarks(row, scale, width, now, this.model.timeScale).map((mark) => {
        const look = `${mark.failed ? 'failed' : 'fine'}${mark.open ? ' open' : ''}`;
        switch (mark.kind) {
          case 'attempt':
            return svg`<rect class="attempt ${look}" x=${mark.x} y="7" width=${mark.width} height="8" rx="2"></rect>`;
          case 'wait':
            return svg`<line class="wait" x1=${mark.x} x2=${mark.x + mark.width} y1="11" y2="11"></line>`;
          case 'queued':
            return svg`<line class="queued" x1=${mark.x} x2=${mark.x + mark.width} y1="11" y2="11"></line>`;
          case 'delivery':
            return svg`<rect class="delivery ${look}" x=${mark.x} y="4" width=${mark.width} height="14"></rect>`;
        }
      })}
    </svg>`;
  }

  #onClick(event: MouseEvent, row: InvocationRow): void {
    if (event.shiftKey) this.model.extendTo(row.id);
    else if (event.ctrlKey || event.metaKey) this.model.toggle(row.id);
    else this.model.select(row.id, true);
    this.focusList();
  }

  /** Rows are selected, not their text. */
  readonly #onPress = (event: MouseEvent): void => {
    if (event.shiftKey) event.preventDefault();
  };

  /** By the keyboard the menu is asked for of the whole grid: it is that of the active row. */
  readonly #onMenu = (event: MouseEvent): void => {
    if (event.target !== event.currentTarget) return;
    event.preventDefault();
    event.stopPropagation();
    const row = this.querySelector<HTMLElement>('.row.active');
    if (row) openMenuAt(row);
  };

  readonly #onScroll = (): void => {
    this.#reportViewport();
    this.requestUpdate();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const { model } = this;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key === 'a') {
      event.preventDefault();
      event.stopPropagation();
      model.selectAll();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const extend = event.shiftKey;
    const page = Math.max(1, Math.floor(this.#rowsHeight / rowHeight) - 1);
    const at = model.selectedIndex;
    switch (event.key) {
      case 'ArrowDown':
        model.moveTo(at + 1, extend);
        break;
      case 'ArrowUp':
        model.moveTo(at < 0 ? 0 : at - 1, extend);
        break;
      case 'PageDown':
        model.moveTo(Math.max(0, at) + page, extend);
        break;
      case 'PageUp':
        model.moveTo(at - page, extend);
        break;
      case 'Home':
        model.moveTo(0, extend);
        break;
      case 'End':
        model.moveTo(model.total - 1, extend);
        break;
      case 'Enter':
        if (model.state.selected === undefined) model.moveTo(0);
        this.dispatchEvent(new CustomEvent('openDetail', { bubbles: true }));
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
}
