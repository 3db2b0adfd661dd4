import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { changesSince } from './changesSince.ts';
import { dataVersion, fileIdentity, isDamage, openDatabase, setAside, transaction } from './database.ts';
import { ChangeFeed } from './changeFeed.ts';
import type { Imported, InvocationQuery, StoreSettings } from './invocationStore.ts';
import { KnownStreams } from './knownStreams.ts';
import { takeLease } from './lease.ts';
import { exportedParts } from './exportedPieces.ts';
import { Reader } from './reader.ts';
import type { Redaction } from './redaction.ts';
import { Retention } from './retention.ts';
import { knownIds, RowResultsCache, type RowResults } from './rowResults.ts';
import { staleSends } from './staleSends.ts';
import { limitsOf, redactionOf } from './storeSettings.ts';
import type { OperationContext, StoreOperations } from './storeProtocol.ts';
import { readRecords, writeRecords } from './transfer.ts';
import { Writer } from './writer.ts';

/** What the engine needs of its surroundings. */
export interface StoreEngineOptions {
  readonly file: string;
  readonly settings: StoreSettings;
  /** What was told by an engine before this one, of which this is to go on. */
  readonly toldVersion?: number;
  /** Rows were added, changed or removed, here or by another window: all changes up to `toldVersion`. */
  onChanged(ids: readonly number[], toldVersion: number): void;
  /** Something people should hear of. */
  onNotice(message: string): void;
  /** Epoch milliseconds. */
  now(): number;
}

/** What `ingest` takes. */
export type IngestArguments = Parameters<StoreOperations['ingest']>;

interface Opened {
  readonly db: DatabaseSync;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly retention: Retention;
  readonly results: RowResultsCache;
  /** Changes of a higher version are news. */
  seenVersion: number;
  /** SQLite's own number: another one means that another connection wrote. */
  dataVersion: number;
  /** Changes of ours. */
  ownChanges: number;
  /** Of the file; another one is there when a window has set this one aside. */
  identity: string | undefined;
  /** Of a file that took the place of another. */
  readonly known?: KnownStreams;
}

/** How often other windows' changes are looked for, while somebody listens. */
const watchMs = 500;
/** How often sends without an answer, and rows that are too old, are looked for. */
const sweepMs = 60_000;
/** After so many rows it is looked whether old ones have to go. */
const rowsPerCut = 200;
/** A window of rows that is found is given after so long, with the number that is known by then; asked again, after longer. */
const [countingMs, countingAgainMs] = [30, 240];
/** What is not found by then is given when it is asked for again. */
const searchingMs = 3_000;
/** So long results of a time like `since:1h` hold. */
const timesHoldMs = 10_000;
/** Rows that are removed at a time. */
const rowsPerPart = 100;

/** The store on its file, in the thread that calls it: the worker's. */
export class StoreEngine implements StoreOperations {
  readonly #options: StoreEngineOptions;
  #opened: Opened | undefined;
  #settings: StoreSettings;
  #redaction: Redaction;
  readonly #changes: ChangeFeed;
  #watchTimer: NodeJS.Timeout | undefined;
  readonly #sweepTimer: NodeJS.Timeout;
  #believed = false;
  /** The file is not the one that was opened first. */
  #replaced = false;
  #untilCut = 0;
  #cutting: NodeJS.Immediate | undefined;

  constructor(options: StoreEngineOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#redaction = redactionOf(options.settings, options.onNotice);
    this.#changes = new ChangeFeed(options.onChanged);
    this.#sweepTimer = setInterval(() => this.#quietly(() => this.#sweep()), sweepMs).unref();
  }

  async ingest(...args: IngestArguments): Promise<readonly number[]> {
    const [result] = await this.ingestAll([args]);
    if (result?.status === 'rejected') throw result.reason;
    return result?.value ?? [];
  }

  /** Several at once, in one transaction: what it costs to end one is paid once. Where it fails, each has one of its own. */
  async ingestAll(all: readonly IngestArguments[]): Promise<readonly PromiseSettledResult<readonly number[]>[]> {
    await this.#followFile();
    const refused = await this.#run((opened) => new Set(all.filter((args) => opened.known?.refuses(args))));
    const reason = new Error('The file of the records was replaced by a new one: the stream is to be read again.');
    const results = await this.#ingestTogether(all.filter((args) => !refused.has(args)));
    let next = 0;
    return all.map(
      (args) => (refused.has(args) ? { status: 'rejected', reason } : results[next++]) as (typeof results)[0],
    );
  }

  async #ingestTogether(all: readonly IngestArguments[]): Promise<readonly PromiseSettledResult<readonly number[]>[]> {
    if (all.length === 0) return [];
    const work = (opened: Opened): readonly (readonly number[])[] => {
      const written = this.#write(opened, () =>
        all.map(([connectionId, pieces, cursor]) => {
          const { changed } = opened.writer.ingest(connectionId, this.#redaction.apply(pieces));
          if (cursor) opened.writer.setCursor(connectionId, cursor.stream, cursor.value);
          return changed;
        }),
      );
      this.#noteChanges(opened);
      this.#untilCut -= written.reduce((sum, { length }) => sum + length, 0);
      if (this.#untilCut <= 0) this.#cutSoon();
      return written;
    };
    try {
      // What came before is gone with a damaged file: the stream has to be read again, from where the new one is.
      const again = all.every(([, , cursor]) => cursor === undefined);
      const written = await this.#run(work, { again });
      return written.map((value) => ({ status: 'fulfilled', value }));
    } catch (reason) {
      if (all.length === 1) return [{ status: 'rejected', reason }];
      const results: PromiseSettledResult<readonly number[]>[] = [];
      for (const each of all) results.push(...(await this.ingestAll([each])));
      return results;
    }
  }

  cursor(connectionId: string, stream: string): Promise<number> {
    return this.#run(({ reader, known }) => {
      known?.add(connectionId, stream);
      return reader.cursor(connectionId, stream);
    });
  }

  async rows(
    query: InvocationQuery,
    window: { readonly offset: number; readonly limit: number },
    context: OperationContext,
  ): ReturnType<StoreOperations['rows']> {
    const ready = await this.#run(({ reader }) => reader.window(query, window));
    if (ready) return ready;
    const offset = Math.max(0, window.offset);
    const end = offset + Math.max(0, window.limit);
    const results = await this.#find(query, context, (ids) => ids.length >= end);
    const ids = knownIds(results);
    return this.#run(({ reader }) => ({
      total: ids.length,
      rows: reader.rowsOf(ids.slice(offset, end)),
      ...(results.search.done ? {} : { incomplete: true as const }),
    }));
  }

  async counts(query: InvocationQuery, context: OperationContext): ReturnType<StoreOperations['counts']> {
    const ready = await this.#run(({ reader }) => reader.counts(query));
    if (ready) return ready;
    // In the order of the rows, so that both have the same results.
    const results = await this.#find(query, context, () => true);
    return this.#run(({ reader }) => ({
      ...reader.countsAmong(knownIds(results)),
      ...(results.search.done ? {} : { incomplete: true as const }),
    }));
  }

  async search(
    query: InvocationQuery,
    limit: number,
    context: OperationContext,
  ): ReturnType<StoreOperations['search']> {
    const search = await this.#run(({ reader }) => reader.search(query));
    let found = 0;
    let more = false;
    while (!search.done && found < limit) {
      context.signal.throwIfAborted();
      const rows = await this.#run(({ reader }) => {
        const ids = search.step();
        more = ids.length > limit - found;
        return reader.rowsOf(ids.slice(0, limit - found));
      });
      found += rows.length;
      if (rows.length > 0) context.progress({ rows, found });
      await nextTurn();
    }
    return { found, complete: search.done && !more };
  }

  get(id: number): ReturnType<StoreOperations['get']> {
    return this.#run(({ reader }) => reader.get(id));
  }

  facets(...args: Parameters<StoreOperations['facets']>): ReturnType<StoreOperations['facets']> {
    return this.#run(({ reader }) => reader.facets(...args));
  }

  timeline(...args: Parameters<StoreOperations['timeline']>): ReturnType<StoreOperations['timeline']> {
    return this.#run(({ reader }) => reader.timeline(...args));
  }

  errorGroups(...args: Parameters<StoreOperations['errorGroups']>): ReturnType<StoreOperations['errorGroups']> {
    return this.#run(({ reader }) => reader.errorGroups(...args));
  }

  pin(ids: readonly number[], pinned: boolean): Promise<void> {
    return this.#run((opened) => {
      this.#write(opened, () => {
        opened.writer.pin(ids, pinned);
      });
      this.#noteChanges(opened);
    });
  }

  delete(ids: readonly number[]): Promise<number> {
    return this.#remove(ids);
  }

  async clear(query: InvocationQuery, context: OperationContext): Promise<number> {
    const search = await this.#run(({ reader }) => reader.search(query));
    const ids: number[] = [];
    while (!search.done) {
      context.signal.throwIfAborted();
      await this.#run(() => ids.push(...search.step()));
      await nextTurn();
    }
    let rows = 0;
    for (let at = 0; at < ids.length; at += rowsPerPart) {
      context.signal.throwIfAborted();
      rows += await this.#remove(ids.slice(at, at + rowsPerPart), { pinnedToo: false });
      context.progress({ rows, fraction: (at + rowsPerPart) / ids.length });
      await nextTurn();
    }
    return rows;
  }

  lease(name: string, holder: string, ttlMs: number): Promise<boolean> {
    const now = this.#options.now();
    return this.#run((opened) =>
      transaction(opened.db, () => takeLease(opened.reader.statements, { name, holder, ttlMs, now })),
    );
  }

  configure(settings: StoreSettings): Promise<void> {
    this.#settings = settings;
    this.#redaction = redactionOf(settings, this.#options.onNotice);
    // One that is not open takes them when it is.
    this.#opened?.retention.limit(limitsOf(settings));
    if (this.#opened) this.#cutSoon();
    return Promise.resolve();
  }

  async exportRecords(query: InvocationQuery, file: string, context: OperationContext): Promise<number> {
    const search = await this.#run(({ reader }) => reader.search(query));
    let rows = 0;
    await writeRecords(
      file,
      exportedParts(
        (work) => this.#run(({ reader }) => work(reader.statements)),
        search,
        (number) => {
          context.signal.throwIfAborted();
          if (number > 0) context.progress({ rows: (rows += number) });
        },
      ),
    );
    return rows;
  }

  async importRecords(connectionId: string, file: string, context: OperationContext): Promise<Imported> {
    const changed = new Set<number>();
    let pieces = 0;
    let skipped = 0;
    for await (const part of readRecords(file)) {
      context.signal.throwIfAborted();
      for (const id of await this.ingest(connectionId, part.pieces)) changed.add(id);
      pieces += part.pieces.length;
      skipped += part.skipped;
      context.progress({ rows: changed.size, fraction: part.fraction });
      await nextTurn();
    }
    return { rows: changed.size, pieces, skipped };
  }

  watch(watching: boolean): Promise<void> {
    clearInterval(this.#watchTimer);
    this.#watchTimer = watching ? setInterval(() => void this.#watchOthers(), watchMs) : undefined;
    return Promise.resolve();
  }

  close(): Promise<void> {
    clearInterval(this.#watchTimer);
    clearInterval(this.#sweepTimer);
    this.#changes.close();
    clearImmediate(this.#cutting);
    this.#opened?.db.close();
    this.#opened = undefined;
    return Promise.resolve();
  }

  /** Goes on with the query's results until there are enough, others being served in between. */
  async #find(
    query: InvocationQuery,
    { signal }: OperationContext,
    enough: (ids: readonly number[]) => boolean,
  ): Promise<RowResults> {
    const { now } = this.#options;
    const begun = performance.now();
    const results = await this.#run((opened) => {
      const stamp = `${dataVersion(opened.db)} ${opened.ownChanges} ${Math.floor(now() / timesHoldMs)}`;
      return opened.results.of(query, stamp, () => opened.reader.search(query));
    });
    // Who asks again has something to show already, and wants to come to the end.
    const enoughMs = Math.min(countingMs * 2 ** results.asked++, countingAgainMs);
    const known = knownIds(results);
    for (;;) {
      const endMs = enough(known) || enough(results.ids) ? enoughMs : searchingMs;
      if (results.search.done || performance.now() - begun > endMs) return results;
      signal.throwIfAborted();
      await this.#run(() => {
        for (const id of results.search.step()) results.ids.push(id);
      });
      await nextTurn();
    }
  }

  #remove(ids: readonly number[], which?: { readonly pinnedToo: boolean }): Promise<number> {
    return this.#run((opened) => {
      const gone = this.#write(opened, () => opened.writer.remove(ids, which));
      this.#noteChanges(opened);
      return gone.length;
    });
  }

  /** One transaction; where it fails, nothing is taken for written. */
  #write<T>(opened: Opened, work: () => T): T {
    try {
      const result = transaction(opened.db, work);
      opened.ownChanges++;
      return result;
    } catch (error) {
      opened.writer.forget();
      throw error;
    }
  }

  /** Opens at the first use. A damaged file, found now or later, is set aside, and the work done on a new one if `again`. */
  async #run<T>(work: (opened: Opened) => T, { again = true } = {}): Promise<T> {
    try {
      if (!this.#opened) this.#open().identity = await fileIdentity(this.#options.file);
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
    const writer = new Writer(db);
    const opened: Opened = {
      db,
      reader: new Reader(db, this.#options.now),
      writer,
      retention: new Retention(db, writer, limitsOf(this.#settings)),
      results: new RowResultsCache(),
      seenVersion: 0,
      dataVersion: 0,
      ownChanges: 0,
      identity: undefined,
      ...(this.#replaced ? { known: new KnownStreams() } : {}),
    };
    const newest = opened.reader.statements.number('SELECT max(version) FROM changes');
    // A new file in the place of a damaged one counts from the beginning.
    opened.seenVersion = this.#replaced ? 0 : Math.min(this.#options.toldVersion ?? newest, newest);
    opened.dataVersion = dataVersion(db);
    this.#opened = opened;
    this.#sweep(opened);
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
    this.#replaced = true;
    // Another window may have found the same and put a new file there, which is not to be touched.
    if (this.#isSound()) return;
    const aside = await setAside(file, now());
    onNotice(
      `The file with the kept invocations is damaged. It was set aside as ${aside}, and a new one begun; what local Lambda has queued is not affected.`,
    );
  }

  /**
   * Where another window has set the file aside, or somebody has removed it: what was written to it from then on would be seen
   * by nobody.
   */
  async #followFile(): Promise<void> {
    const opened = this.#opened;
    if (!opened) return;
    const identity = await fileIdentity(this.#options.file);
    if (opened.identity === undefined || identity === opened.identity || this.#opened !== opened) return;
    this.#options.onNotice(
      'The file with the kept invocations was replaced, by another window or by hand; the new one is used.',
    );
    opened.db.close();
    this.#opened = undefined;
    this.#replaced = true;
  }

  async #watchOthers(): Promise<void> {
    await this.#followFile();
    this.#quietly((opened) => this.#lookForOthers(opened));
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

  /** Fires what changed since the last look, by us or by others. */
  #noteChanges(opened: Opened): void {
    const { ids, version } = changesSince(opened.reader.statements, opened.seenVersion);
    opened.seenVersion = version;
    this.#changes.note(ids, version);
  }

  #lookForOthers(opened: Opened): void {
    const version = dataVersion(opened.db);
    if (version === opened.dataVersion) return;
    opened.dataVersion = version;
    this.#noteChanges(opened);
  }

  #sweep(opened = this.#opened): void {
    if (!opened) return;
    for (const [connectionId, pieces] of staleSends(opened.db, this.#options.now())) {
      this.#write(opened, () => opened.writer.ingest(connectionId, pieces));
    }
    this.#noteChanges(opened);
    this.#cutSoon();
  }

  /** A part at a time, between other requests. */
  #cutSoon(): void {
    this.#untilCut = rowsPerCut;
    this.#cutting ??= setImmediate(() => {
      this.#cutting = undefined;
      this.#quietly((opened) => {
        const gone = opened.retention.cut(this.#options.now());
        if (gone.length === 0) return;
        opened.ownChanges++;
        this.#noteChanges(opened);
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
      this.#opened.writer.forget();
      if (!isDamage(error)) {
        this.#options.onNotice(
          `The store could not be tended: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
}
