import { html, nothing, type TemplateResult } from 'lit';
import type { PanelCommand, PanelConnection } from '../protocol/panel.ts';

/** Why the list is empty, and what the buttons do. */
export interface EmptyStateProps {
  readonly connection: PanelConnection;
  /** A filter is set: it hides what there is. */
  readonly filtered: boolean;
  /** How many rows there are without the chip. */
  readonly all: number;
  /** Rows are still looked for. */
  readonly searching: boolean;
  run(command: PanelCommand): void;
  clearFilter(): void;
}

const whatFollows = 'Every invocation gets a row, with its attempts, waits and execution records.';
const whatIsRead =
  'Every send gets a row: attempts and outcome come from the function’s log, records from destinations you listen to.';
const onlySends = 'Every send gets a row. What becomes of it comes from destinations and logs you listen to.';

/** In the place of the rows, when there are none: why, and the way on. */
export function emptyState({ connection, filtered, searching, run, clearFilter }: EmptyStateProps): TemplateResult {
  const button = (label: string, command: PanelCommand, kind: 'primary' | 'secondary' = 'primary'): TemplateResult =>
    html`<button class=${kind} @click=${() => run(command)}>${label}</button>`;

  if (filtered && searching) return state('loading', 'Searching…', 'What matches the filter appears here.', []);
  if (filtered) {
    return state(
      'filter',
      'Nothing matches the filter',
      'No invocation has this status and this text in its function, request id, error or payload.',
      [html`<button class="primary" @click=${clearFilter}>Clear filter</button>`],
    );
  }
  if (!connection.trusted) {
    return state(
      'workspace-untrusted',
      'This workspace is not trusted',
      connection.kind === 'local'
        ? 'Local Lambda runs the code of this workspace, so nothing can be sent before you trust it.'
        : 'What the files of this workspace say would be sent, so nothing can be sent before you trust it.',
      [button('Manage workspace trust', 'manageTrust')],
    );
  }
  const isLocal = connection.kind === 'local';
  switch (connection.state) {
    case 'starting':
      return state(
        'loading',
        isLocal ? `${connection.label} is starting` : `Connecting to ${connection.label}`,
        'Invocations appear here as soon as they are sent.',
        [],
      );
    case 'failed':
      return isLocal
        ? state('error', `${connection.label} failed`, connection.problem ?? 'The log says more.', [
            button('Restart', 'restartLocal'),
            button('Show log', 'showLog', 'secondary'),
          ])
        : state('error', `Not connected to ${connection.label}`, connection.problem ?? 'The log says more.', [
            button('Retry', 'refresh'),
            button('Select connection…', 'selectConnection', 'secondary'),
            button('Show log', 'showLog', 'secondary'),
          ]);
    default:
      return state(
        'send',
        'Nothing sent yet',
        html`Click <em>Send async</em> above a handler, or send a payload to a function from here.
          ${isLocal ? whatFollows : connection.reading?.logs === false ? onlySends : whatIsRead}`,
        [
          button('Send async with payload…', 'sendAsyncWithPayload'),
          connection.state === 'stopped' && isLocal ? button('Start Local Lambda', 'startLocal', 'secondary') : nothing,
        ],
      );
  }
}

function state(
  icon: string,
  title: string,
  text: string | TemplateResult,
  buttons: readonly (TemplateResult | typeof nothing)[],
): TemplateResult {
  const spin = icon === 'loading' ? 'codicon-modifier-spin' : '';
  return html`<div class="empty" data-empty=${icon}>
    <span class="codicon codicon-${icon} ${spin}" aria-hidden="true"></span>
    <h2>${title}</h2>
    <p>${text}</p>
    <div class="buttons">${buttons}</div>
  </div>`;
}
