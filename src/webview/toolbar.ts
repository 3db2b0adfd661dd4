import { html, nothing, type TemplateResult } from 'lit';
import { parseFilter } from '../model/query/parseFilter.ts';
import type { PanelConnection, StatusCounts } from '../protocol/panel.ts';
import { formatCount } from './format.ts';
import { chipCount, chipLabel, chips, type ChipId } from './rowText.ts';

/** What the toolbar shows and does. */
export interface ToolbarProps {
  readonly connection: PanelConnection | undefined;
  readonly counts: StatusCounts | undefined;
  readonly text: string;
  readonly chip: ChipId;
  onText(text: string): void;
  /** The filter is done with: focus goes to the list. */
  onLeave(): void;
  onChip(chip: ChipId): void;
}

/** Connection dot, filter box, chips. */
export function toolbar(props: ToolbarProps): TemplateResult {
  const { label, state, title } = liveLook(props.connection);
  const [problem] = parseFilter(props.text).problems;
  return html`<div class="toolbar" role="toolbar" aria-label="Records">
    <span class="live" data-state=${state} title=${title}
      ><span class="dot"></span><span class="live-label">${label}</span></span
    >
    <div class="find">
      <span class="codicon codicon-filter" aria-hidden="true"></span>
      <input
        class="filter"
        type="text"
        spellcheck="false"
        autocomplete="off"
        placeholder="Filter: text, fn:orders, err:TypeError, since:1h, payload.id=42"
        aria-label="Filter by function, request id, error or payload"
        aria-describedby="filter-problem"
        .value=${props.text}
        @input=${(event: InputEvent) => props.onText((event.target as HTMLInputElement).value)}
        @keydown=${(event: KeyboardEvent) => filterKey(event, props)}
      />
      ${
        props.text === ''
          ? html`<kbd class="hint" aria-hidden="true">/</kbd>`
          : html`<button class="icon" title="Clear filter" aria-label="Clear filter" @click=${() => props.onText('')}>
              <span class="codicon codicon-close"></span>
            </button>`
      }
      <span id="filter-problem" class="filter-problem" role="status" data-severity=${problem?.severity ?? 'none'}
        >${problem?.message ?? ''}</span
      >
    </div>
    <div
      class="chips"
      role="radiogroup"
      aria-label="Status"
      @keydown=${(event: KeyboardEvent) => chipKey(event, props)}
    >
      ${chips.map(({ id }) => {
        const on = id === props.chip;
        const count = props.counts ? chipCount(id, props.counts) : undefined;
        return html`<button
          class="chip"
          role="radio"
          data-chip=${id}
          aria-checked=${on ? 'true' : 'false'}
          tabindex=${on ? 0 : -1}
          @click=${() => props.onChip(id)}
        >
          ${chipLabel(id, isRead(props.connection))}${count === undefined ? nothing : html` <span class="n">${formatCount(count)}</span>`}
        </button>`;
      })}
    </div>
  </div>`;
}

/** Whether what becomes of events is seen by itself. */
function isRead(connection: PanelConnection | undefined): boolean {
  return connection === undefined || connection.kind === 'local' || connection.reading?.logs === true;
}

function liveLook(connection: PanelConnection | undefined): {
  readonly label: string;
  readonly state: string;
  readonly title: string;
} {
  if (!connection) return { label: 'Connecting', state: 'starting', title: 'Asking for the records' };
  const { state, label, problem } = connection;
  if (connection.kind !== 'local') return remoteLook(connection);
  switch (state) {
    case 'ready':
      return { label: 'Live', state, title: `${label} is running: records appear as they arrive` };
    case 'starting':
      return { label: 'Starting', state, title: `${label} is starting` };
    case 'failed':
      return { label: 'Failed', state, title: problem ?? `${label} failed` };
    case 'stopped':
      return { label: 'Stopped', state, title: `${label} is not running; it starts with the first send` };
  }
}

function remoteLook({ state, label, problem }: PanelConnection): ReturnType<typeof liveLook> {
  switch (state) {
    case 'ready':
      return { label: 'Connected', state, title: `Connected to ${label}: what you send from here gets a row` };
    case 'starting':
      return { label: 'Connecting', state, title: `Connecting to ${label}` };
    case 'failed':
      return { label: 'Failed', state, title: problem ?? `Not connected to ${label}` };
    case 'stopped':
      return { label: 'Not asked yet', state, title: `${label} is asked when something needs it, like a send` };
  }
}

function filterKey(event: KeyboardEvent, props: ToolbarProps): void {
  if (event.key === 'Escape' && props.text !== '') props.onText('');
  else if (event.key === 'Escape' || event.key === 'Enter' || event.key === 'ArrowDown') props.onLeave();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function chipKey(event: KeyboardEvent, props: ToolbarProps): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const at = chips.findIndex(({ id }) => id === props.chip);
  const next = chips[(at + step + chips.length) % chips.length];
  if (!next) return;
  props.onChip(next.id);
  const group = event.currentTarget as HTMLElement;
  group.querySelector<HTMLElement>(`[data-chip="${next.id}"]`)?.focus();
}
