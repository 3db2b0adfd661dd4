import { html, type TemplateResult } from 'lit';

const keys: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['↑', '↓'], 'previous or next invocation'],
  [['Home', 'End'], 'newest or oldest invocation'],
  [['Page Up', 'Page Down'], 'a page up or down'],
  [['Enter'], 'open the details; on a frame: open the file'],
  [['Esc'], 'back to the list; again: close the details'],
  [['←', '→'], 'another tab, another status'],
  [['/'], 'filter'],
  [['R'], 'send the selected invocation again'],
  [['C'], 'copy the request id'],
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
      <h2 id="help-title">Keys</h2>
      <dl>
        ${keys.map(
          ([names, does]) =>
            html`<dt>${names.map((name) => html`<kbd>${name}</kbd>`)}</dt>
              <dd>${does}</dd>`,
        )}
      </dl>
      <button class="primary" @click=${onClose}>Close</button>
    </div>
  </dialog>`;
}
