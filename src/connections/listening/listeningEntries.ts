import type { Logger } from '../../model/logger.ts';
import type { RecordSourceKind } from '../../model/recordSource.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { DestinationUse, ListeningEntry, ListeningMemory, ListeningState } from './listening.ts';
import type { ListeningSession, Wanted } from './listeningSession.ts';

/** What the entries of a connection are kept with. */
export interface ListeningEntriesOptions {
  readonly memory: ListeningMemory;
  /** The connection and its account: what is remembered is of both. */
  place(): string;
  /** The one that reads, while the connection has clients. */
  session(): ListeningSession | undefined;
  changed(): void;
  readonly log: Logger;
}

interface Entry extends Wanted {
  readonly paused: boolean;
  /** Why it could not be begun, or not be removed. */
  readonly failure?: UserFacingFailure;
  /** What it made is being removed. */
  readonly leaving?: true;
}

/** What a person listens to, remembered for the workspace; brings about, one step after another, that it is read. */
export class ListeningEntries {
  readonly #options: ListeningEntriesOptions;
  readonly #entries = new Map<string, Entry>();
  #agreed = false;
  /** As it was at the start: an account may be learnt later, and is not at the next one. */
  #place = '';
  #lastStep: Promise<unknown> = Promise.resolve();
  /** Of the plan that was agreed to: what the tap is to be called. */
  plannedName: string | undefined;

  constructor(options: ListeningEntriesOptions) {
    this.#options = options;
  }

  get agreed(): boolean {
    return this.#agreed;
  }

  get all(): readonly ListeningEntry[] {
    return [...this.#entries.values()].map((entry) => ({ id: entry.id, way: entry.way, state: this.#stateOf(entry) }));
  }

  usesOf(id: string): readonly DestinationUse[] {
    return this.#entries.get(id)?.uses ?? [];
  }

  /** Resolves when what is under way has been done. */
  async settled(): Promise<void> {
    await this.#lastStep;
  }

  async agree(): Promise<void> {
    await this.#lastStep;
    this.#agreed = true;
    await this.#save();
  }

  /** Begins with what is remembered. */
  restore(session: ListeningSession): Promise<void> {
    return this.#inTurn(() => this.#restore(session));
  }

  /** @throws UserFacingFailure; what never worked is not kept */
  start(session: ListeningSession, wanted: Wanted, signal: AbortSignal | undefined): Promise<void> {
    return this.#inTurn(async () => {
      const { id, way } = wanted;
      const before = this.#entries.get(id);
      if (before && before.way !== way) await this.#end(before);
      this.#entries.set(id, { ...wanted, paused: false });
      this.#options.changed();
      try {
        await this.#begin(session, wanted, signal);
      } catch (error) {
        if (before?.way === way) this.#entries.set(id, withFailure(before, error));
        else {
          this.#entries.delete(id);
          await this.#leave(wanted).catch((failure: unknown) => this.#options.log.warn(String(failure)));
        }
        this.#options.changed();
        throw error;
      }
      await this.#save();
    });
  }

  pause(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const entry = this.#entries.get(id);
      if (!entry || entry.paused) return;
      this.#entries.set(id, { ...entry, paused: true });
      if (entry.way === 'tap') await this.#applyTap();
      else await this.#options.session()?.pause(id);
      await this.#save();
    });
  }

  /** @throws UserFacingFailure that tells what stays */
  stop(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const entry = this.#entries.get(id);
      if (!entry) return;
      await this.#end(entry);
      await this.#save();
    });
  }

  async #restore(session: ListeningSession): Promise<void> {
    const { memory, place, changed } = this.#options;
    this.#place = place();
    const { agreed, entries } = memory.load(this.#place);
    this.#agreed = agreed;
    this.#entries.clear();
    for (const { id, way, paused, uses } of entries) {
      this.#entries.set(id, { id, way, uses, paused: paused || !beginsByItself(way, agreed) });
    }
    changed();
    const wanted = [...this.#entries.values()].filter(({ paused }) => !paused);
    // One tap is begun for all.
    const taps = wanted.filter(({ way }) => way === 'tap').slice(0, 1);
    for (const entry of [...wanted.filter(({ way }) => way !== 'tap'), ...taps]) {
      try {
        await this.#begin(session, entry, undefined);
      } catch (error) {
        if (this.#options.session() !== session) return;
        this.#entries.set(entry.id, withFailure(entry, error));
      }
    }
    changed();
  }

  async #begin(session: ListeningSession, wanted: Wanted, signal: AbortSignal | undefined): Promise<void> {
    if (wanted.way === 'tap') await this.#applyTap(signal);
    else await session.start(wanted, signal);
  }

  /** One tap for all topics and buses: nothing is sent to it of what is paused while others are not. */
  async #applyTap(signal?: AbortSignal): Promise<void> {
    const session = this.#options.session();
    const taps = [...this.#entries.values()].filter(({ way, leaving }) => way === 'tap' && !leaving);
    const reading = taps.filter(({ paused }) => !paused).map(({ id }) => id);
    if (reading.length > 0) await session?.tap(reading, this.plannedName, signal);
    else if (taps.length > 0) await session?.pauseTap();
    else await session?.stopTap();
  }

  /** @throws UserFacingFailure: it is still there then, to be stopped again */
  async #end(entry: Entry): Promise<void> {
    this.#entries.set(entry.id, { ...entry, leaving: true });
    this.#options.changed();
    try {
      await this.#leave(entry);
      this.#entries.delete(entry.id);
    } catch (error) {
      this.#entries.set(entry.id, { ...withFailure(entry, error), paused: true });
      throw error;
    } finally {
      this.#options.changed();
    }
  }

  async #leave({ id, way }: Wanted): Promise<void> {
    if (way === 'tap') await this.#applyTap();
    else await this.#options.session()?.stop(id);
  }

  #stateOf(entry: Entry): ListeningState {
    const state = this.#options.session()?.state(entry);
    if (entry.leaving) return { phase: 'stopping', received: state?.received ?? 0 };
    if (entry.paused) {
      const { problem = entry.failure?.message, problemCode = entry.failure?.code } = state ?? {};
      const told = problem === undefined || problemCode === undefined ? {} : { problem, problemCode };
      return { phase: 'paused', received: state?.received ?? 0, ...told };
    }
    if (state) return state;
    const { failure } = entry;
    return failure
      ? { phase: 'failed', received: 0, problem: failure.message, problemCode: failure.code }
      : { phase: 'stopped', received: 0 };
  }

  async #save(): Promise<void> {
    const { memory, changed } = this.#options;
    changed();
    const entries = [...this.#entries.values()].map(({ id, way, paused, uses }) => ({ id, way, paused, uses }));
    await memory.save(this.#place, { agreed: this.#agreed, entries });
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const mine = this.#lastStep.then(step);
    this.#lastStep = mine.catch(() => undefined);
    return mine;
  }
}

/** What deletes, and what is paid by the minute, is begun by a person only; so is what nobody agreed to. */
function beginsByItself(way: RecordSourceKind, agreed: boolean): boolean {
  return way === 'tap' ? agreed : way !== 'drain' && way !== 'liveTail';
}

function withFailure(entry: Entry, error: unknown): Entry {
  return UserFacingFailure.is(error) ? { ...entry, failure: error } : entry;
}
