import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { InvocationDetail } from '../protocol/panel.ts';
import { deliveryTab, logsTab, rawTab, requestTab, responseTab } from './bodyTabs.ts';
import { errorTab } from './errorTab.ts';
import { formatCount, shortId } from './format.ts';
import { tabIds, type TabId } from './pageState.ts';
import type { PanelModel } from './panelModel.ts';
import { menuContext } from './rowActions.ts';
import { openMenuAt } from './openMenu.ts';
import { statusLook } from './rowText.ts';
import { timeline, type TimelineActions } from './timelineTab.ts';

/** What the pane does beside what the model does. */
export interface DetailPaneActions extends TimelineActions {
  /** Focus goes back to the list. */
  close(): void;
  showTab(tab: TabId): void;
}

const names: Readonly<Record<TabId, string>> = {
  error: 'Error',
  timeline: 'Timeline',
  request: 'Request',
  response: 'Response',
  logs: 'Logs',
  delivery: 'Delivery',
  raw: 'Raw',
};

/** The tabs a row has, in order. */
export function tabsOf(detail: InvocationDetail): readonly TabId[] {
  return tabIds.filter((tab) => tab !== 'error' || hasError(detail));
}

/** The tab to show: the person's, if the row has it; else what there is to see first. */
export function tabOf(detail: InvocationDetail, chosen: TabId | undefined): TabId {
  const tabs = tabsOf(detail);
  if (chosen !== undefined && tabs.includes(chosen)) return chosen;
  return tabs.includes('error') ? 'error' : 'timeline';
}

/** The detail pane of the selected row. */
export function detailPane(model: PanelModel, actions: DetailPaneActions): TemplateResult {
  const { detail, gone, problem } = model.detail;
  if (problem !== undefined) {
    return pane(
      html`<div class="empty" role="alert">
        <h2>The details could not be loaded</h2>
        <p>${problem}</p>
        <div class="buttons">
          <button class="primary" @click=${() => model.detail.refresh()}>Try again</button>
          <button class="secondary" @click=${() => model.act('runCommand', { command: 'showLog' })}>Show log</button>
        </div>
      </div>`,
      actions,
    );
  }
  if (gone) return pane(html`<div class="empty"><p>This invocation is no longer kept.</p></div>`, actions);
  if (!detail) return pane(html`<div class="empty" aria-busy="true"></div>`, actions);
  const active = tabOf(detail, model.state.tab);
  return pane(
    html`${header(model, detail)}
      <div
        class="tabs"
        role="tablist"
        aria-label="Details"
        @keydown=${(event: KeyboardEvent) => tabKey(event, detail, active, actions)}
      >
        ${tabsOf(detail).map((tab) => {
          const on = tab === active;
          const count = tabCount(tab, detail);
          return html`<button
            class="tab"
            role="tab"
            id="tab-${tab}"
            aria-selected=${on ? 'true' : 'false'}
            aria-controls="tabpanel"
            tabindex=${on ? 0 : -1}
            @click=${() => actions.showTab(tab)}
          >
            ${names[tab]}${count === 0 ? nothing : html` <span class="n">${formatCount(count)}</span>`}
          </button>`;
        })}
      </div>
      <div class="tabpanel" role="tabpanel" id="tabpanel" data-tab=${active} aria-labelledby="tab-${active}">
        ${body(active, model, detail, actions)}
      </div>`,
    actions,
  );
}

function pane(content: TemplateResult, actions: DetailPaneActions): TemplateResult {
  return html`<button
      class="icon close"
      title="Close details (Esc)"
      aria-label="Close details"
      @click=${() => actions.close()}
    >
      <span class="codicon codicon-close"></span></button
    >${content}`;
}

function header(model: PanelModel, { row }: InvocationDetail): TemplateResult {
  const { icon, tone, words } = statusLook(row.status, model.unread === undefined);
  const spin = icon === 'loading' ? 'codicon-modifier-spin' : '';
  const { requestId } = row;
  return html`<header class="detail-head">
    <h1>
      <span class="codicon codicon-${icon} ${spin} t-${tone}" title=${words}></span>
      <span class="name">${row.functionName}</span>
      <span class="about"
        ><span>${row.qualifier ?? '$LATEST'}</span><span>${row.condition ?? words}</span>${
          requestId === undefined ? nothing : html`<span class="id" title=${requestId}>${shortId(requestId)}</span>`
        }</span
      >
    </h1>
    <div class="actions">
      <button class="primary" @click=${() => model.act('runOnRows', { command: 'sendAgain', ids: [row.id] })}>
        Send again
      </button>
      <button class="quiet" @click=${() => model.act('runOnRows', { command: 'editAndSend', ids: [row.id] })}>
        Edit and send
      </button>
      <button class="quiet" @click=${() => model.act('openHandler', { id: row.id })}>Open handler</button>
      ${
        requestId === undefined
          ? nothing
          : html`<button class="quiet" title="Copy request id" @click=${() => model.act('copy', { text: requestId })}>
              Copy id
            </button>`
      }
      ${
        row.status === 'waiting' && model.connection?.kind === 'local' && requestId !== undefined
          ? html`<button class="quiet" @click=${() => model.act('skipWait', { requestId })}>Skip wait</button>`
          : nothing
      }
      <button
        class="icon"
        title="More actions"
        aria-label="More actions"
        aria-haspopup="menu"
        data-vscode-context=${menuContext(row, 1)}
        @click=${openMenu}
      >
        <span class="codicon codicon-ellipsis"></span>
      </button>
    </div>
  </header>`;
}

function openMenu({ currentTarget }: Event): void {
  openMenuAt(currentTarget as HTMLElement);
}

function body(tab: TabId, model: PanelModel, detail: InvocationDetail, actions: DetailPaneActions): TemplateResult {
  switch (tab) {
    case 'error':
      return html`${errorTab(model, detail)}
        <hr />
        ${timeline(model, detail, actions)}`;
    case 'timeline':
      return timeline(model, detail, actions);
    case 'request':
      return requestTab(model, detail);
    case 'response':
      return responseTab(model, detail);
    case 'logs':
      // Nothing in it ticks, and it can be long.
      return html`${guard([detail], () => logsTab(model, detail))}`;
    case 'delivery':
      return deliveryTab(model, detail);
    case 'raw':
      return rawTab(model, detail);
  }
}

function hasError({ row, invocation }: InvocationDetail): boolean {
  return (
    (row.status !== 'succeeded' && (row.errorType !== undefined || row.errorMessage !== undefined)) ||
    invocation.attempts.some(({ ended }) => ended !== undefined && ended.status !== 'success')
  );
}

function tabCount(tab: TabId, { invocation, cut }: InvocationDetail): number {
  if (tab === 'delivery') return invocation.deliveries.length;
  if (tab !== 'logs') return 0;
  return invocation.attempts.reduce((sum, { number, logs }) => sum + (cut[`logs:${number}`] ?? logs.length), 0);
}

function tabKey(event: KeyboardEvent, detail: InvocationDetail, active: TabId, actions: DetailPaneActions): void {
  const tabs = tabsOf(detail);
  const at = tabs.indexOf(active);
  const target = {
    ArrowRight: (at + 1) % tabs.length,
    ArrowLeft: (at - 1 + tabs.length) % tabs.length,
    Home: 0,
    End: tabs.length - 1,
  }[event.key];
  const tab = target === undefined ? undefined : tabs[target];
  if (tab === undefined) return;
  event.preventDefault();
  actions.showTab(tab);
  (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`#tab-${tab}`)?.focus();
}
