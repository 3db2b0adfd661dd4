/** So many rows can be selected at most; the host takes no more. */
export const maximumSelection = 1_000;

/**
 * Which rows are selected beside the active one, by id: they stay selected wherever live rows move them. Where only the
 * active one is, there are none.
 */
export class RowSelection {
  #ids: ReadonlySet<number>;
  /** Where a range begins that Shift makes. */
  #anchor: number | undefined;
  /** More rows were wanted than can be selected. */
  cut = false;

  constructor(ids: readonly number[], active: number | undefined) {
    this.#ids = new Set(ids);
    this.#anchor = active;
  }

  get anchor(): number | undefined {
    return this.#anchor;
  }

  /** All selected ids, with the active one. */
  ids(active: number | undefined): readonly number[] {
    if (this.#ids.size > 0) return [...this.#ids];
    return active === undefined ? [] : [active];
  }

  has(id: number, active: number | undefined): boolean {
    return this.#ids.size > 0 ? this.#ids.has(id) : id === active;
  }

  /** One row alone, or none. */
  single(id: number | undefined): void {
    this.#take([], id);
  }

  /** Adds or removes a row; gives the one that is active then: another one if the active row was removed. */
  toggle(id: number, active: number | undefined): number | undefined {
    const ids = new Set(this.ids(active));
    const removed = ids.delete(id);
    if (!removed) ids.add(id);
    this.#take([...ids], id);
    if (!removed) return id;
    return active !== undefined && ids.has(active) ? active : [...ids].at(-1);
  }

  /** Exactly these, from the anchor on. */
  range(ids: readonly number[]): void {
    this.#take(ids, this.#anchor);
  }

  /** Only those that are still kept. */
  keep(ids: readonly number[]): void {
    const kept = new Set(ids);
    this.#take(
      [...this.#ids].filter((id) => kept.has(id)),
      this.#anchor,
    );
  }

  #take(ids: readonly number[], anchor: number | undefined): void {
    this.cut = ids.length > maximumSelection;
    this.#ids = new Set(ids.length > 1 ? ids.slice(0, maximumSelection) : []);
    this.#anchor = anchor;
  }
}
