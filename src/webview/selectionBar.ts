import { html, nothing, type TemplateResult } from 'lit';
import type { RowCommand } from '../protocol/panel.ts';
import { formatCount } from './format.ts';

/** What the bar shows and does. */
export interface SelectionBarProps {
  readonly count: number;
  /** More were wanted than can be selected. */
  readonly cut: boolean;
  run(command: RowCommand): void;
  clear(): void;
}

/** `3 selected`, for the bar and for screen readers. */
export function selectionText(count: number, cut: boolean): string {
  return cut ? `${formatCount(count)} selected, the newest: no more can be` : `${formatCount(count)} selected`;
}

/** What can be done with several selected rows; below the list, so that no row moves when it comes. */
export function selectionBar({ count, cut, run, clear }: SelectionBarProps): TemplateResult | typeof nothing {
  if (count < 2) return nothing;
  const button = (command: RowCommand, label: string): TemplateResult =>
    html`<button class="quiet" @click=${() => run(command)}>${label}</button>`;
  return html`<div class="selection-bar" role="toolbar" aria-label="Selected invocations">
    <span class="strong">${selectionText(count, cut)}</span>
    ${button('sendAgain', 'Send again…')}${button('replay', 'Replay…')}
    ${count === 2 ? button('compareInvocations', 'Compare…') : nothing}
    ${button('exportSelection', 'Export…')}${button('pin', 'Pin')}${button('deleteInvocations', 'Delete…')}
    <button
      class="icon"
      title="Select only the active one (Esc)"
      aria-label="Select only the active one"
      @click=${clear}
    >
      <span class="codicon codicon-close"></span>
    </button>
  </div>`;
}
