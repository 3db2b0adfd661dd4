import type { PanelQuery, PanelRequests } from '../protocol/panel.ts';
import { maximumSelection } from './rowSelection.ts';

type Rows = PanelRequests['rows'];

/** As many rows as the host gives at once. */
const part = 500;

/** Finds the ids of rows that are not all on screen, up to what can be selected and one more; a newer search ends an older one. */
export class RangeLoader {
  readonly #rows: (params: Rows['params'], signal: AbortSignal) => Promise<Rows['result']>;
  #aborter = new AbortController();

  constructor(rows: (params: Rows['params'], signal: AbortSignal) => Promise<Rows['result']>) {
    this.#rows = rows;
  }

  /** The search that goes on is not wanted any more. */
  cancel(): void {
    this.#aborter.abort();
  }

  /** Ids from one row to another, the newest first; `undefined`: cancelled. */
  between(query: PanelQuery, one: number, other: number): Promise<readonly number[] | undefined> {
    const oldest = Math.min(one, other);
    return this.#load({ ...query, maxId: Math.max(one, other) }, (id) => id >= oldest);
  }

  /** Ids of all rows, the newest first; `undefined`: cancelled. */
  all(query: PanelQuery): Promise<readonly number[] | undefined> {
    return this.#load(query, () => true);
  }

  async #load(query: PanelQuery, wanted: (id: number) => boolean): Promise<readonly number[] | undefined> {
    this.cancel();
    const { signal } = (this.#aborter = new AbortController());
    const ids: number[] = [];
    try {
      while (ids.length <= maximumSelection) {
        const { rows, incomplete } = await this.#rows({ query, offset: ids.length, limit: part }, signal);
        const found = rows.map(({ id }) => id).filter(wanted);
        ids.push(...found);
        // Of a search that goes on as many come as there were after some seconds.
        if (found.length < rows.length || (rows.length < part && !incomplete)) break;
      }
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
    return signal.aborted ? undefined : ids;
  }
}
