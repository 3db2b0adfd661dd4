import type { DatabaseSync } from 'node:sqlite';
import type { InvocationPiece } from '../model/invocation.ts';
import { isDamage, openDatabase, setAside, transaction } from './database.ts';
import type { InvocationQuery } from './invocationStore.ts';
import { Reader } from './reader.ts';
import { Retention } from './retention.ts';
import { staleSends } from './staleSends.ts';
import type { StoreOperations } from './storeProtocol.ts';
import { Writer } from './writer.ts';

/** What the engine needs of its surroundings. */
export interface StoreEngineOptions {
  readonly file: string;
  /** What was told by an engine before this one, of which this is to go on. */
  readonly toldVersion?: number;
  /** Rows were added, changed or removed, here or by another window: all changes up to `toldVersion`. */
  onChanged(ids: readonly number[], toldVersion: number): void;
  /** Something people should hear of. */
  onNotice(message: string): void;
  /** Epoch milliseconds. */
  now(): number;
}

interface Opened {
  readonly db: DatabaseSync;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly retention: Retention;
  /** Rows of a higher version changed since we looked. */
  seenVersion: number;
  /** SQLite's own number: another one means that another connection wrote. */
  dataVersion: number;
}

/** How often other windows' changes are looked for, while somebody listens. */
const watchMs = 500;
/** How often sends without an answer are looked for. */
const sweepMs = 60_000;
/** News go out at once, then at most once a frame: what follows a handler's return is not held up. */
const changeMs = 16;
/** While they do not stop, so often is enough: each costs its listeners some queries. */
const steadyChangeMs = 50;
/** News at so many frames in a row do not stop. */
const steadyAfter = 8;
/** After so many rows it is looked whether old ones have to go. */
const rowsPerCut = 200;

/** The store on its file, in the thread that calls it: the worker's. */
export class StoreEngine implements StoreOperations {
  readonly #options: StoreEngineOptions;
  #opened: Opened | undefined;
  readonly #changed = new Set<number>();
  #changeTimer: NodeJS.Timeout | undefined;
  #changesInARow = 0;
  #watchTimer: NodeJS.Timeout | undefined;
  readonly #sweepTimer: NodeJS.Timeout;
  #believed = false;
  #untilCut = 0;
  #cutting: NodeJS.Immediate | undefined;

  constructor(options: StoreEngineOptions) {
    this.#options = options;
    this.#sweepTimer = setInterval(() => this.#quietly(() => this.#sweep()), sweepMs).unref();
  }

  ingest(
    connectionId: string,
    pieces: readonly InvocationPiece[],
    cursor?: { readonly stream: string; readonly value: number },
  ): Promise<readonly number[]> {
    const work = (opened: Opened): readonly number[] => {
      const written = transaction(opened.db, () => {
        const result = opened.writer.ingest(connectionId, pieces);
        if (cursor) opened.writer.setCursor(connectionId, cursor.stream, cursor.value);
        return result;
      });
      this.#noteChanges(opened, written.gone);
      this.#untilCut -= written.changed.length;
      if (this.#untilCut <= 0) this.#cutSoon();
      return written.changed;
    };
    // What came before is gone with a damaged file: the stream has to be read again, from where the new one is.
    return cursor ? this.#run(work, { again: false }) : this.#run(work);
  }

  cursor(connectionId: string, stream: string): Promise<number> {
    return this.#run(({ reader }) => reader.cursor(connectionId, stream));
  }

  rows(
    query: InvocationQuery,
    window: { readonly offset: number; readonly limit: number },
  ): ReturnType<StoreOperations['rows']> {
    return this.#run(({ reader }) => reader.rows(query, window));
  }

  get(id: number): ReturnType<StoreOperations['get']> {
    return this.#run(({ reader }) => reader.get(id));
  }

  counts(query: InvocationQuery): ReturnType<StoreOperations['counts']> {
    return this.#run(({ reader }) => reader.counts(query));
  }

  watch(watching: boolean): Promise<void> {
    clearInterval(this.#watchTimer);
    this.#watchTimer = watching
      ? setInterval(() => this.#quietly((opened) => this.#lookForOthers(opened)), watchMs)
      : undefined;
    return Promise.resolve();
  }

  close(): Promise<void> {
    clearInterval(this.#watchTimer);
    clearInterval(this.#sweepTimer);
    clearTimeout(this.#changeTimer);
    clearImmediate(this.#cutting);
    this.#opened?.db.close();
    this.#opened = undefined;
    return Promise.resolve();
  }

  /** Opens at the first use. A damaged file, found now or later, is set aside, and the work done on a new one if `again`. */
  async #run<T>(work: (opened: Opened) => T, { again = true } = {}): Promise<T> {
    try {
      return work(this.#open());
    } catch (error) {
      if (!isDamage(error)) throw error;
      await this.#replace();
      if (!again) throw error;
      return work(this.#open());
    }
  }

  #open(): Opened {
    if (this.#opened) return this.#opened;
    const db = openDatabase(this.#options.file, this.#options.now());
    const opened: Opened = {
      db,
      reader: new Reader(db),
      writer: new Writer(db),
      retention: new Retention(db),
      seenVersion: 0,
      dataVersion: 0,
    };
    const newest = Number(db.prepare('SELECT max(version) AS version FROM invocations').get()?.['version'] ?? 0);
    // A new file in the place of a damaged one counts from the beginning.
    opened.seenVersion = Math.min(this.#options.toldVersion ?? newest, newest);
    opened.dataVersion = dataVersion(db);
    this.#opened = opened;
    this.#sweep(opened);
    this.#cutSoon();
    return opened;
  }

  async #replace(): Promise<void> {
    const { file, now, onNotice } = this.#options;
    try {
      this.#opened?.db.close();
    } catch {
      // A damaged database may not close in order; its handle goes all the same.
    }
    this.#opened = undefined;
    // Another window may have found the same and put a new file there, which is not to be touched.
    if (this.#isSound()) return;
    const aside = await setAside(file, now());
    onNotice(
      `The file with the kept invocations is damaged. It was set aside as ${aside}, and a new one begun; what local Lambda has queued is not affected.`,
    );
  }

  /** Whether the file that is there now holds together; believed once, since a check does not find all damage. */
  #isSound(): boolean {
    if (this.#believed) return false;
    try {
      const { db } = this.#open();
      if (Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0] === 'ok') {
        this.#believed = true;
        return true;
      }
      db.close();
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    this.#opened = undefined;
    return false;
  }

  /** Fires what changed since the last look, by us or by others, and the rows that are gone. */
  #noteChanges(opened: Opened, gone: readonly number[]): void {
    const newer = opened.db
      .prepare('SELECT id, version FROM invocations WHERE version > ? ORDER BY version')
      .all(opened.seenVersion);
    for (const { id } of newer) this.#changed.add(Number(id));
    for (const id of gone) this.#changed.add(id);
    opened.seenVersion = Math.max(opened.seenVersion, Number(newer.at(-1)?.['version'] ?? 0));
    this.#fire();
  }

  #fire(): void {
    if (this.#changeTimer) return;
    if (this.#changed.size === 0) {
      this.#changesInARow = 0;
      return;
    }
    const ids = [...this.#changed];
    this.#changed.clear();
    this.#options.onChanged(ids, this.#opened?.seenVersion ?? 0);
    const quietMs = ++this.#changesInARow > steadyAfter ? steadyChangeMs : changeMs;
    this.#changeTimer = setTimeout(() => {
      this.#changeTimer = undefined;
      this.#fire();
    }, quietMs);
  }

  #lookForOthers(opened: Opened): void {
    const version = dataVersion(opened.db);
    if (version === opened.dataVersion) return;
    opened.dataVersion = version;
    this.#noteChanges(opened, []);
  }

  #sweep(opened = this.#opened): void {
    if (!opened) return;
    for (const [connectionId, pieces] of staleSends(opened.db, this.#options.now())) {
      transaction(opened.db, () => opened.writer.ingest(connectionId, pieces));
    }
    this.#noteChanges(opened, []);
  }

  /** A part at a time, between other requests. */
  #cutSoon(): void {
    this.#untilCut = rowsPerCut;
    this.#cutting ??= setImmediate(() => {
      this.#cutting = undefined;
      this.#quietly((opened) => {
        const gone = opened.retention.cut();
        if (gone.length === 0) return;
        this.#noteChanges(opened, gone);
        this.#cutSoon();
      });
    });
  }

  /** For work that nobody asked for: what fails is met again by who asks next. */
  #quietly(work: (opened: Opened) => void): void {
    if (!this.#opened) return;
    try {
      work(this.#opened);
    } catch (error) {
      if (!isDamage(error)) {
        this.#options.onNotice(
          `The store could not be tended: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
}

function dataVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA data_version').get()?.['data_version'] ?? 0);
}
