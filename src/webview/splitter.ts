import { html, type TemplateResult } from 'lit';

/** The line between list and details. `share` is the list's part of the room, 0.2 to 0.8. */
export interface SplitterProps {
  readonly share: number;
  /** The details are below the list. */
  readonly stacked: boolean;
  onShare(share: number): void;
}

const step = 0.03;

/** A separator that is dragged or moved with the arrow keys. */
export function splitter({ share, stacked, onShare }: SplitterProps): TemplateResult {
  const set = (value: number): void => onShare(Math.min(0.8, Math.max(0.2, value)));
  const onPointerMove = (event: PointerEvent): void => {
    const bar = event.currentTarget as HTMLElement;
    const room = bar.parentElement?.getBoundingClientRect();
    if (!room || !bar.hasPointerCapture(event.pointerId)) return;
    set(stacked ? (event.clientY - room.top) / room.height : (event.clientX - room.left) / room.width);
  };
  const onKey = (event: KeyboardEvent): void => {
    const target = {
      [stacked ? 'ArrowUp' : 'ArrowLeft']: share - step,
      [stacked ? 'ArrowDown' : 'ArrowRight']: share + step,
      Home: 0.2,
      End: 0.8,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    set(target);
  };
  return html`<div
    class="splitter"
    role="separator"
    tabindex="0"
    aria-label="Size of the list"
    aria-orientation=${stacked ? 'horizontal' : 'vertical'}
    aria-valuenow=${Math.round(share * 100)}
    aria-valuemin="20"
    aria-valuemax="80"
    @keydown=${onKey}
    @pointerdown=${(event: PointerEvent) => {
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      event.preventDefault();
    }}
    @pointermove=${onPointerMove}
    @dblclick=${() => set(stacked ? 0.45 : 0.6)}
  ></div>`;
}
