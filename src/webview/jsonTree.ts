import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { parseExactJson, type JsonNode } from '../model/exactJson.ts';
import { formatBytes, formatCount } from './format.ts';
import { flattenJson, initiallyOpen, type JsonLine } from './jsonLines.ts';

const firstLines = 300;
const moreLines = 1_000;
const longString = 400;
const plainTextLimit = 100_000;

/** JSON text as a tree that opens and closes, numbers as they were written; other text as it is. One tab stop. */
export class JsonTree extends LitElement {
  static override properties = { text: { attribute: false }, label: { attribute: false } };
  declare text: string;
  declare label: string;

  #node: JsonNode | undefined;
  #open = new Set<string>();
  #whole = new Set<string>();
  #limit = firstLines;
  #active = '';

  constructor() {
    super();
    this.text = '';
    this.label = '';
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('text')) return;
    this.#node = parseExactJson(this.text);
    this.#open = this.#node ? initiallyOpen(this.#node) : new Set();
    this.#whole.clear();
    this.#limit = firstLines;
    this.#active = '';
  }

  protected override render(): TemplateResult {
    if (!this.#node) return this.#plain();
    const { lines, more } = flattenJson(this.#node, this.#open, this.#limit);
    return html`<div
        class="json"
        role="tree"
        tabindex="0"
        aria-label=${this.label}
        aria-activedescendant=${lines.some(({ path }) => path === this.#active) ? this.#id(this.#active) : nothing}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event, lines)}
      >
        ${lines.map((line) => this.#line(line))}
      </div>
      ${more ? html`<button class="quiet" @click=${this.#showMore}>Show more</button>` : nothing}`;
  }

  #plain(): TemplateResult {
    const cut = this.text.length > plainTextLimit;
    return html`<pre class="plain" tabindex="0" aria-label=${this.label}>
${cut ? this.text.slice(0, plainTextLimit) : this.text}</pre>
      ${cut ? html`<p class="note">${formatBytes(this.text.length)} in all: open it in an editor to see the rest.</p>` : nothing}`;
  }

  #line(line: JsonLine): TemplateResult {
    const { path, depth, key, node, open } = line;
    const foldable = open !== undefined;
    return html`<div
      class="json-line ${path === this.#active ? 'active' : ''}"
      id=${this.#id(path)}
      role="treeitem"
      aria-level=${depth + 1}
      aria-expanded=${foldable ? (open ? 'true' : 'false') : nothing}
      aria-selected=${path === this.#active ? 'true' : 'false'}
      .style=${`--depth: ${depth}`}
      @click=${() => this.#click(line)}
    >
      <span class="twist codicon ${foldable ? (open ? 'codicon-chevron-down' : 'codicon-chevron-right') : ''}"></span
      >${key === undefined ? nothing : html`<span class="json-key">${key}</span><span class="json-colon">: </span>`}${this.#value(node, path, open)}
    </div>`;
  }

  #value(node: JsonNode, path: string, open: boolean | undefined): unknown {
    switch (node.kind) {
      case 'object':
        if (node.entries.length === 0) return html`<span class="json-dim">{}</span>`;
        return html`<span class="json-dim">${open ? '{' : `{ ${keysOf(node.entries)} }`}</span>`;
      case 'array':
        if (node.items.length === 0) return html`<span class="json-dim">[]</span>`;
        return html`<span class="json-dim">${open ? '[' : `[ ${items(node.items.length)} ]`}</span>`;
      case 'string': {
        if (node.value.length <= longString || this.#whole.has(path)) {
          return html`<span class="json-string">${JSON.stringify(node.value)}</span>`;
        }
        const rest = formatCount(node.value.length - longString);
        return html`<span class="json-string">${JSON.stringify(node.value.slice(0, longString)).slice(0, -1)}…</span
          ><button class="quiet" tabindex="-1" @click=${(event: MouseEvent) => this.#showWhole(event, path)}>
            ${rest} more characters
          </button>`;
      }
      default:
        return html`<span class="json-${node.kind}">${node.text}</span>`;
    }
  }

  #id(path: string): string {
    return `json-${this.label.replaceAll(/\W+/g, '-')}-${path}`;
  }

  #click(line: JsonLine): void {
    if ((globalThis.getSelection()?.toString() ?? '') !== '') return;
    this.#active = line.path;
    if (line.open !== undefined) this.#toggle(line.path);
    this.requestUpdate();
  }

  #toggle(path: string): void {
    if (!this.#open.delete(path)) this.#open.add(path);
    this.requestUpdate();
  }

  readonly #showMore = (): void => {
    this.#limit += moreLines;
    this.requestUpdate();
  };

  #showWhole(event: MouseEvent, path: string): void {
    event.stopPropagation();
    this.#whole.add(path);
    this.requestUpdate();
  }

  #onKey(event: KeyboardEvent, lines: readonly JsonLine[]): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = lines.findIndex(({ path }) => path === this.#active);
    const line = lines[at];
    let next = at;
    switch (event.key) {
      case 'ArrowDown':
        next = Math.min(lines.length - 1, at + 1);
        break;
      case 'ArrowUp':
        next = Math.max(0, at - 1);
        break;
      case 'Home':
        next = 0;
        break;
      case 'End':
        next = lines.length - 1;
        break;
      case 'ArrowRight':
        if (line?.open === false) this.#toggle(line.path);
        else if (line?.open) next = at + 1;
        break;
      case 'ArrowLeft':
        if (line?.open) this.#toggle(line.path);
        else if (line)
          next = Math.max(
            0,
            lines.findLastIndex((other, index) => index < at && other.depth < line.depth),
          );
        break;
      case 'Enter':
      case ' ':
        if (line?.open !== undefined) this.#toggle(line.path);
        else if (line) this.#whole.add(line.path);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.#active = lines[next]?.path ?? '';
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector('.json-line.active')?.scrollIntoView({ block: 'nearest' }));
  }
}

function keysOf(entries: readonly (readonly [string, JsonNode])[]): string {
  const shown = entries.slice(0, 4).map(([key]) => (key.length > 30 ? `${key.slice(0, 30)}…` : key));
  return `${shown.join(', ')}${entries.length > shown.length ? ', …' : ''}`;
}

function items(count: number): string {
  return count === 1 ? '1 item' : `${formatCount(count)} items`;
}
