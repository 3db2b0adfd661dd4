import { html, nothing, type TemplateResult } from 'lit';
import type { Attempt, DeliveryPiece } from '../model/invocation.ts';
import type { BodyKey, InvocationDetail } from '../protocol/panel.ts';
import { logParts } from './logParts.ts';
import { formatBytes, formatCount, formatDuration, formatOffset } from './format.ts';
import type { PanelModel } from './panelModel.ts';
import { destinationText } from './rowText.ts';
import { roleText } from './timelineEntries.ts';

/** What was sent. */
export function requestTab(model: PanelModel, detail: InvocationDetail): TemplateResult {
  const { accepted, sent, payload: told, raw } = detail.invocation;
  if (raw) return body(model, detail, 'request', 'What was read', raw.body);
  const payload = accepted?.payload ?? sent?.payload ?? told;
  if (payload === undefined) return note('The payload is not known: it was sent by someone else.');
  return body(model, detail, 'request', 'Request payload', payload);
}

/** What each attempt answered, the last first. */
export function responseTab(model: PanelModel, detail: InvocationDetail): TemplateResult {
  const ended = detail.invocation.attempts
    .filter((attempt) => attempt.ended !== undefined || attempt.response !== undefined)
    .toReversed();
  if (ended.length === 0) return note(unreadNote(model, 'Responses are') ?? 'No attempt has ended yet.');
  return html`${ended.map((attempt) => {
    const response = attempt.ended?.response ?? attempt.response;
    const title = ended.length === 1 ? 'Response' : `Response of attempt ${attempt.number}`;
    if (response === undefined)
      return html`<section>
        <h2>${title}</h2>
        ${note('The handler returned nothing.')}
      </section>`;
    return body(model, detail, `response:${attempt.number}`, title, response);
  })}`;
}

/** Each destination: what became of the delivery, and what was delivered. */
export function deliveryTab(model: PanelModel, detail: InvocationDetail): TemplateResult {
  const { deliveries, outcome, settings } = detail.invocation;
  if (deliveries.length === 0) {
    const set = [settings?.onSuccess, settings?.onFailure, settings?.deadLetterTargetArn];
    const read = model.connection?.reading?.destinations ?? [];
    if (!outcome && set.some((arn) => arn !== undefined && !read.includes(arn))) {
      return note(
        'What is delivered is seen where its destination is listened to: the Timeline has a button for that.',
      );
    }
    return note(
      outcome
        ? 'Nothing was delivered: no destination is set for this outcome.'
        : (unreadNote(model, 'Deliveries are') ?? 'Deliveries follow the outcome.'),
    );
  }
  return html`${deliveries.map((delivery) => deliverySection(model, detail, delivery))}`;
}

function deliverySection(model: PanelModel, detail: InvocationDetail, delivery: DeliveryPiece): TemplateResult {
  const dropped = delivery.status === 'dropped';
  const reason = delivery.reason === undefined ? nothing : html`<p class="note">${delivery.reason}</p>`;
  return html`<div class="delivery-head" id="delivery-${delivery.deliveryId}">
      <span class="codicon codicon-${dropped ? 'circle-slash t-lost' : 'check t-good'}" aria-hidden="true"></span>
      <span class="strong">${destinationText(delivery.destinationArn)}</span>
      <span class="t-dim"
        >${roleText(delivery.role)},
        ${dropped ? 'not delivered' : `delivered after ${formatDuration(delivery.at - (detail.invocation.outcome?.at ?? delivery.at))}`}</span
      >
    </div>
    <div class="arn t-dim">${delivery.destinationArn}</div>
    ${reason}
    ${body(
      model,
      detail,
      `delivery:${delivery.deliveryId}`,
      delivery.role === 'deadLetterQueue' ? 'Event' : 'Execution record',
      delivery.body,
    )}`;
}

/** What each attempt logged. */
export function logsTab(model: PanelModel, detail: InvocationDetail): TemplateResult {
  const attempts = detail.invocation.attempts.filter(({ logs }) => logs.length > 0);
  if (attempts.length === 0) return note(unreadNote(model, 'Logs are') ?? 'Nothing was logged yet.');
  return html`${attempts.map((attempt) => attemptLogs(model, detail, attempt))}`;
}

function attemptLogs(model: PanelModel, detail: InvocationDetail, attempt: Attempt): TemplateResult {
  const { number, logs, ended } = attempt;
  const key: BodyKey = `logs:${number}`;
  const all = detail.cut[key];
  const start = attempt.started?.at ?? ended?.startedAt ?? logs[0]?.at ?? 0;
  return html`<section id="logs-${number}">
    ${bodyHead(model, detail, key, `Attempt ${number}`, ended?.logStreamName ?? '')}
    ${all === undefined ? nothing : note(`The last ${formatCount(logs.length)} of ${formatCount(all)} lines; the editor shows all.`)}
    <div class="logs" role="log" aria-live="off" tabindex="0" aria-label="Logs of attempt ${number}">
      ${logs.map((line) => {
        const { kind, level, text } = logParts(line.message);
        return html`<div class="log-line ${kind}">
          <span class="log-at">${formatOffset(line.at - start)}</span>
          <span class="log-text">${level === '' ? nothing : html`<span class="log-level">${level}</span>`}${text}</span>
        </div>`;
      })}
    </div>
  </section>`;
}

/** All that is known of the row, as it is kept. */
export function rawTab(model: PanelModel, detail: InvocationDetail): TemplateResult {
  return body(model, detail, 'raw', 'Row and pieces as they are kept', model.detail.raw());
}

function body(model: PanelModel, detail: InvocationDetail, key: BodyKey, title: string, short: string): TemplateResult {
  const text = model.detail.text(key, short);
  const length = detail.cut[key] ?? short.length;
  return html`<section>
    ${bodyHead(model, detail, key, title, formatBytes(length))}
    ${text === undefined ? html`<p class="note" aria-busy="true">Loading…</p>` : html`<ld-json .text=${text} .label=${title}></ld-json>`}
  </section>`;
}

function bodyHead(
  model: PanelModel,
  { row }: InvocationDetail,
  key: BodyKey,
  title: string,
  about: string,
): TemplateResult {
  return html`<div class="body-head">
    <h2>${title} <span class="t-dim">${about}</span></h2>
    <span class="body-actions">
      <button
        class="icon"
        title="Copy"
        aria-label="Copy: ${title}"
        @click=${() => model.act('copyBody', { id: row.id, key })}
      >
        <span class="codicon codicon-copy"></span>
      </button>
      <button
        class="icon"
        title="Open in editor"
        aria-label="Open in editor: ${title}"
        @click=${() => model.act('openBody', { id: row.id, key })}
      >
        <span class="codicon codicon-go-to-file"></span>
      </button>
    </span>
  </div>`;
}

/** `what`: in words, with its verb. */
function unreadNote({ unread }: PanelModel, what: string): string | undefined {
  return unread === undefined ? undefined : `${what} not read from ${unread}.`;
}

function note(text: string): TemplateResult {
  return html`<p class="note">${text}</p>`;
}
