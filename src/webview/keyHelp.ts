import { html, type TemplateResult } from 'lit';
import { rowActions } from './rowActions.ts';

const keys: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['↑', '↓'], 'previous or next invocation'],
  [['Home', 'End'], 'newest or oldest invocation'],
  [['Page Up', 'Page Down'], 'a page up or down'],
  [['Enter'], 'open the details; on a frame: open the file'],
  [['Esc'], 'back to the list; again: close the details'],
  [['←', '→'], 'another tab, another status'],
  [['/'], 'filter'],
  [['Shift+↑', 'Shift+↓'], 'select several; Ctrl or ⌘ and click: one more'],
  [['Ctrl+A'], 'select all that match, up to 1,000'],
  [['Shift+F10'], 'all actions'],
  [['?'], 'this help'],
];

/** The overlay with the keys. The element is a modal dialog: the browser keeps the focus inside and gives it back. */
export function keyHelp(onClose: () => void): TemplateResult {
  return html`<dialog
    class="help"
    aria-labelledby="help-title"
    @click=${(event: MouseEvent) => {
      if (event.target === event.currentTarget) onClose();
    }}
  >
    <div class="help-body">
      <div class="help-columns">
        <section>
          <h2 id="help-title">Keys</h2>
          <dl>${keys.map(([names, does]) => entry(names, does))}</dl>
        </section>
        <section>
          <h2>On what is selected</h2>
          <dl>
            ${rowActions.map(({ key, shift, does }) =>
              entry([`${shift ? 'Shift+' : ''}${key.length === 1 ? key.toUpperCase() : key}`], does),
            )}
          </dl>
        </section>
      </div>
      <button class="primary" @click=${onClose}>Close</button>
    </div>
  </dialog>`;
}

function entry(names: readonly string[], does: string): TemplateResult {
  return html`<dt>${names.map((name) => html`<kbd>${name}</kbd>`)}</dt>
    <dd>${does}</dd>`;
}
