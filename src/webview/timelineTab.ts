import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { InvocationDetail } from '../protocol/panel.ts';
import { formatOffset } from './format.ts';
import { outlookEntry } from './outlookEntry.ts';
import type { PanelModel } from './panelModel.ts';
import { timelineEntries, type TimelineEntry } from './timelineEntries.ts';

/** Where the timeline leads to. */
export interface TimelineActions {
  /** Opens the Logs tab at an attempt. */
  showLogs(attempt: number): void;
  /** Opens the Delivery tab at a delivery. */
  showDelivery(deliveryId: string): void;
}

/** What happened, in order; times are from the start, in AWS's time. */
export function timeline(
  model: PanelModel,
  { row, invocation }: InvocationDetail,
  actions: TimelineActions,
): TemplateResult {
  const now = model.now();
  const reading = model.connection?.reading;
  const outlook = reading && outlookEntry(row, invocation, reading, now);
  const known = timelineEntries(row, invocation, now, model.timeScale, reading ? undefined : model.unread);
  const entries = outlook ? [...known, outlook] : known;
  const skip = row.requestId !== undefined && model.connection?.kind === 'local';
  return html`<ol class="timeline" aria-label="Timeline">
    ${repeat(
      entries,
      ({ key }) => key,
      (entry) => line(entry, model, skip ? row.requestId : undefined, actions),
    )}
  </ol>`;
}

function line(
  entry: TimelineEntry,
  model: PanelModel,
  skippable: string | undefined,
  actions: TimelineActions,
): TemplateResult {
  const { logsOfAttempt, deliveryId, offsetMs, listen } = entry;
  return html`<li class="tl-line tl-${entry.kind}">
    <span class="tl-at">${offsetMs === undefined ? '' : formatOffset(offsetMs)}</span>
    <span class="tl-dot t-${entry.tone}" aria-hidden="true"></span>
    <span class="tl-text"
      ><span class=${entry.kind === 'wait' ? `t-${entry.tone}` : ''}>${entry.title}</span>
      <span class="t-dim">${entry.note}</span>${
        entry.fault === undefined
          ? nothing
          : html`<span class="tl-fault" title="Local Lambda made this happen, because it was told to."
              >${entry.fault}</span
            >`
      }</span
    >
    <span class="tl-action"
      >${
        entry.waiting && skippable !== undefined
          ? html`<button class="quiet" @click=${() => model.act('skipWait', { requestId: skippable })}>
              Skip wait
            </button>`
          : nothing
      }${
        logsOfAttempt === undefined
          ? nothing
          : html`<button
              class="quiet"
              aria-label="Logs of attempt ${logsOfAttempt}"
              @click=${() => actions.showLogs(logsOfAttempt)}
            >
              Logs
            </button>`
      }${
        deliveryId === undefined
          ? nothing
          : html`<button class="quiet" @click=${() => actions.showDelivery(deliveryId)}>Record</button>`
      }${
        listen === undefined
          ? nothing
          : html`<button class="quiet" @click=${() => model.act('listen', { destinationArn: listen.destinationArn })}>
              ${listen.label}
            </button>`
      }</span
    >
  </li>`;
}
