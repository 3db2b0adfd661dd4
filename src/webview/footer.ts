import { html, nothing, type TemplateResult } from 'lit';
import type { PanelConnection } from '../protocol/panel.ts';
import { formatCount } from './format.ts';

/** Connection, region, account and time on the left; how many and the help on the right. */
export function footer(
  connection: PanelConnection | undefined,
  total: number,
  filtered: boolean,
  onHelp: () => void,
): TemplateResult {
  const scale = connection?.timeScale ?? 1;
  const noun = total === 1 ? 'invocation' : 'invocations';
  return html`<footer class="footer">
    <span class="where">
      ${
        connection
          ? html`<span
              >${connection.kind === 'aws' ? html`<span class="codicon codicon-cloud" title="On AWS"></span> ` : nothing}${connection.label}</span
            >`
          : nothing
      }
      ${connection?.region ? html`<span>${connection.region}</span>` : nothing}
      ${connection?.account ? html`<span class="low">${connection.account}</span>` : nothing}
      ${
        scale === 1
          ? nothing
          : html`<span
              title="Waits pass ${scale} times as fast as on AWS. Waits, ages of events and durations are shown as they are on AWS."
              >time ×${scale}</span
            >`
      }
    </span>
    <span class="count">
      <span>${formatCount(total)} ${filtered ? `matching ${noun}` : noun}</span>
      <button class="quiet" @click=${onHelp} aria-haspopup="dialog"><kbd>?</kbd> for keys</button>
    </span>
  </footer>`;
}
