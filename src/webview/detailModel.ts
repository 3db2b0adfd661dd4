import type { Messenger } from '../protocol/messenger.ts';
import { RequestError } from '../protocol/messenger.ts';
import type { BodyKey, DetailError, InvocationDetail, PanelPushes, PanelRequests } from '../protocol/panel.ts';

/** The page's messenger. */
export type PageMessenger = Messenger<Record<never, never>, PanelRequests, PanelPushes, Record<never, never>>;

/** What is known of the error of the row on show. */
export type ErrorState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly error: DetailError }
  | { readonly kind: 'problem'; readonly message: string };

/** The row that the detail pane shows: fetched, refreshed when it changes, the former one kept until the next is there. */
export class DetailModel {
  readonly #messenger: PageMessenger;
  readonly #onChange: () => void;
  #wanted: number | undefined;
  #aborter = new AbortController();
  #bodies = new Map<BodyKey, { readonly length: number; readonly text: string | undefined }>();
  #errorStamp = '';
  #raw: { readonly of: InvocationDetail; readonly text: string } | undefined;
  /** What to show; it may still be the former row while the wanted one loads. */
  detail: InvocationDetail | undefined;
  error: ErrorState = { kind: 'none' };
  /** The wanted row is gone from the store. */
  gone = false;
  problem: string | undefined;

  constructor(messenger: PageMessenger, onChange: () => void) {
    this.#messenger = messenger;
    this.#onChange = onChange;
  }

  /** Shows another row, or none. */
  show(id: number | undefined): void {
    if (id === this.#wanted) return;
    this.#wanted = id;
    this.#errorStamp = '';
    this.#bodies.clear();
    if (id === undefined) this.detail = undefined;
    this.refresh();
  }

  /** Fetches the row again; a newer call supersedes. */
  refresh(): void {
    this.#aborter.abort();
    this.#aborter = new AbortController();
    if (this.#wanted !== undefined) void this.#load(this.#wanted, this.#aborter.signal);
    else this.#onChange();
  }

  /** A text of the row: what came with it, or the whole of what was cut, fetched now; `undefined` until it is there. */
  text(key: BodyKey, short: string): string | undefined {
    const length = this.detail?.cut[key];
    if (length === undefined) return short;
    const known = this.#bodies.get(key);
    if (known?.length === length) return known.text;
    const id = this.detail?.row.id;
    if (id === undefined) return undefined;
    this.#bodies.set(key, { length, text: undefined });
    this.#messenger.request('body', { id, key }).then(
      (text) => {
        if (id !== this.detail?.row.id) return;
        this.#bodies.set(key, { length, text: text ?? '' });
        this.#onChange();
      },
      // What is shown then is the part that came with the detail.
      () => {
        if (id === this.detail?.row.id) this.#bodies.set(key, { length, text: short });
        this.#onChange();
      },
    );
    return undefined;
  }

  /** All that came with the row, as JSON. */
  raw(): string {
    const { detail } = this;
    if (!detail) return '';
    if (this.#raw?.of !== detail) {
      this.#raw = { of: detail, text: JSON.stringify({ row: detail.row, invocation: detail.invocation }) };
    }
    return this.#raw.text;
  }

  async #load(id: number, signal: AbortSignal): Promise<void> {
    try {
      const detail = await this.#messenger.request('detail', { id }, signal);
      this.problem = undefined;
      this.gone = detail === null;
      this.detail = detail ?? undefined;
      this.#onChange();
      if (detail) await this.#loadError(detail, signal);
    } catch (error) {
      if (RequestError.is(error, 'aborted') || signal.aborted) return;
      this.problem = error instanceof Error ? error.message : String(error);
      this.#onChange();
    }
  }

  /** Frames cost a look at source maps: asked for only when another attempt ended. */
  async #loadError(detail: InvocationDetail, signal: AbortSignal): Promise<void> {
    const { row, invocation } = detail;
    const failed = invocation.attempts.filter(({ ended }) => ended !== undefined && ended.status !== 'success').length;
    const stamp = `${row.id}:${failed}:${invocation.deliveries.length > 0}:${row.errorType ?? ''}`;
    if (stamp === this.#errorStamp) return;
    if (failed === 0 && row.errorType === undefined && row.errorMessage === undefined) {
      this.error = { kind: 'none' };
      this.#errorStamp = stamp;
      this.#onChange();
      return;
    }
    if (!this.#errorStamp.startsWith(`${row.id}:`)) this.error = { kind: 'loading' };
    try {
      const error = await this.#messenger.request('error', { id: row.id }, signal);
      this.error = error ? { kind: 'error', error } : { kind: 'none' };
      this.#errorStamp = stamp;
    } catch (error) {
      if (RequestError.is(error, 'aborted') || signal.aborted) return;
      this.error = { kind: 'problem', message: error instanceof Error ? error.message : String(error) };
    }
    this.#onChange();
  }
}
