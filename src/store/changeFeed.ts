/** News go out at once, then at most once a frame: what follows a handler's return is not held up. */
const changeMs = 16;
/** While they do not stop, so often is enough: each costs its listeners some queries. */
const steadyChangeMs = 50;
/** News at so many frames in a row do not stop. */
const steadyAfter = 8;

/** Tells which rows changed: at once, and then what has gathered. */
export class ChangeFeed {
  readonly #tell: (ids: readonly number[], version: number) => void;
  readonly #changed = new Set<number>();
  #version = 0;
  #timer: NodeJS.Timeout | undefined;
  #inARow = 0;

  /** `tell` is given rows, and the newest change that is told with them. */
  constructor(tell: (ids: readonly number[], version: number) => void) {
    this.#tell = tell;
  }

  /** Rows changed; all changes up to `version` are among those told. */
  note(ids: readonly number[], version: number): void {
    for (const id of ids) this.#changed.add(id);
    this.#version = version;
    this.#fire();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #fire(): void {
    if (this.#timer) return;
    if (this.#changed.size === 0) {
      this.#inARow = 0;
      return;
    }
    const ids = [...this.#changed];
    this.#changed.clear();
    this.#tell(ids, this.#version);
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#fire();
      },
      ++this.#inARow > steadyAfter ? steadyChangeMs : changeMs,
    );
  }
}
