import type { InvocationPiece, LogEventsPiece } from '../../model/invocation.ts';
import { HeldPieces } from './heldPieces.ts';
import type { FunctionLogsOptions } from './functionLogs.ts';
import { findLogGroup } from './logGroup.ts';
import { readLogPages } from './logPages.ts';
import { LogWindow } from './logWindow.ts';
import type { SourceReport } from './sourceLife.ts';
import { WatchedRequests } from './watchedRequests.ts';

const second = 1_000;
const minute = 60 * second;

/** Events come late: so much is read again each time, and so much once a minute. */
const overlap = 30 * second;
const deepOverlap = 5 * minute;
const deepEvery = minute;
/** This machine's clock and AWS's may differ by so much: the SDK takes no more either. */
const clockSkew = 5 * minute;
/** Mostly they differ by less than that. */
const secondsApart = 5 * second;
/** What is read from where it was left: at most so far back. */
const longestLookBack = 24 * 60 * minute;
/** How often it looks whether there is anything to do. That asks nobody. */
const idleMs = minute;
/** Settings of a function may change where it logs. */
const groupEvery = 5 * minute;
/** The longest time between two reads: somebody looks; records may come; an event waits for its next attempt. */
const slowest = { followed: 10 * second, destination: 30 * second, watched: 5 * minute };

type LogPollingOptions = FunctionLogsOptions & { readonly fastestMs: number };

/** Where reading stands. */
interface Reading {
  window: LogWindow;
  readonly held: HeldPieces;
  /** From when on all has been read, epoch ms. */
  readonly completeFrom: number;
  /** The next read begins here, epoch ms. */
  position: number;
  /** When so much was last read again as events can be late. */
  deepAt: number;
}

/** Reads a function's log group as often as there is something to wait for. */
export class LogPolling {
  /** There is something to wait for now. */
  onWanted: () => void = () => undefined;
  readonly #options: LogPollingOptions;
  readonly #now: () => number;
  readonly #fastestMs: number;
  readonly #watched = new WatchedRequests();
  /** The earliest of those that were named since the last read, epoch ms. */
  #namedSince: number | undefined;
  #following = false;
  #logGroup: { readonly name: string; readonly foundAt: number } | undefined;
  #reading: Reading | undefined;
  #cursor = 0;
  #lastReadAt = Number.NEGATIVE_INFINITY;
  #lastActivity = 0;
  #hurry = false;

  constructor(options: LogPollingOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#fastestMs = options.fastestMs;
  }

  watch(requestIds: readonly string[], since: number): void {
    if (this.#watched.add(requestIds, since, this.#now()).length === 0) return;
    this.#namedSince = Math.min(this.#namedSince ?? since, since);
    this.#want();
  }

  unwatch(requestIds: readonly string[]): void {
    this.#watched.end(requestIds, this.#now());
  }

  follow(all: boolean): void {
    if (all === this.#following) return;
    this.#following = all;
    if (all) this.#want();
  }

  /** Finds the log group, and where it was left. @throws UserFacingFailure */
  async prepare(signal: AbortSignal): Promise<void> {
    await this.#findGroup(signal);
    this.#cursor = await this.#options.sink.cursor(this.#stream);
    this.#lastActivity = this.#now();
  }

  /** Reads once, if there is something to wait for. Gives the ms to the next time. @throws UserFacingFailure */
  async round(report: SourceReport, signal: AbortSignal): Promise<number> {
    const now = this.#now();
    this.#watched.forget(now);
    if (!this.#isWanted) {
      this.#reading = undefined;
      return idleMs;
    }
    const early = this.#lastReadAt + this.#fastestMs - now;
    if (early > 0) return early;
    if (now - (this.#logGroup?.foundAt ?? 0) > groupEvery) await this.#findGroup(signal);
    this.#hurry = false;
    this.#lastReadAt = now;
    await this.#read(this.#whereToRead(now), report, signal);
    return this.#waitMs();
  }

  get #isWanted(): boolean {
    return this.#following || this.#options.destinationArn !== undefined || this.#watched.size > 0;
  }

  get #logGroupName(): string {
    return this.#logGroup?.name ?? `/aws/lambda/${this.#options.functionName}`;
  }

  get #stream(): string {
    return `logs ${this.#options.functionName} ${this.#logGroupName}`;
  }

  #want(): void {
    this.#lastActivity = this.#now();
    this.#hurry = true;
    this.onWanted();
  }

  async #findGroup(signal: AbortSignal): Promise<void> {
    const { clients, functionName, logGroupName } = this.#options;
    const name = logGroupName ?? (await findLogGroup(clients, functionName, signal)).logGroupName;
    if (this.#reading && name !== this.#logGroup?.name) this.#reading = undefined;
    this.#logGroup = { name, foundAt: this.#now() };
  }

  /** Goes on, or begins anew where what is wanted now began before all that was read. */
  #whereToRead(now: number): Reading {
    const since = this.#namedSince;
    this.#namedSince = undefined;
    const named = since === undefined ? undefined : since - clockSkew;
    if (this.#reading && (since === undefined || isThere(this.#reading, since))) return this.#reading;
    const left = this.#cursor > 0 ? Math.max(this.#cursor - overlap, now - longestLookBack) : now - clockSkew;
    const all = this.#following || this.#options.destinationArn !== undefined;
    const from = this.#reading || !all ? (named ?? left) : Math.min(named ?? left, left);
    this.#reading = {
      window: this.#newWindow(),
      held: new HeldPieces(),
      completeFrom: from,
      position: from,
      deepAt: now,
    };
    return this.#reading;
  }

  #newWindow(): LogWindow {
    const { functionName, destinationArn } = this.#options;
    return new LogWindow({ functionName, destinationArn, logGroupName: this.#logGroupName });
  }

  async #read(reading: Reading, report: SourceReport, signal: AbortSignal): Promise<void> {
    const { clients, functionName, pace } = this.#options;
    const begun = this.#now();
    const deepest = Math.max(reading.completeFrom, reading.position - deepOverlap + overlap);
    const deep = begun - reading.deepAt >= deepEvery;
    const from = deep ? deepest : reading.position;
    const keep = async (pieces: readonly InvocationPiece[]): Promise<void> => {
      try {
        await this.#keep(pieces, reading.position + overlap, report);
      } catch (error) {
        // All of this read is read again.
        reading.window = this.#newWindow();
        reading.position = from;
        throw error;
      }
    };
    reading.window.begin(deepest);
    const early = reading.held.take((piece) => this.#wants(piece));
    if (early.length > 0) {
      try {
        await keep(early);
      } catch (error) {
        reading.held.add(early);
        throw error;
      }
    }
    let oldest: number | undefined;
    const where = { clients, functionName, logGroupName: this.#logGroupName, from, pace };
    for await (const events of readLogPages(where, signal)) {
      const page = reading.window.read(events);
      oldest = Math.min(oldest ?? Number.POSITIVE_INFINITY, page.oldest ?? Number.POSITIVE_INFINITY);
      reading.position = Math.max(reading.position, (page.newest ?? 0) - overlap);
      const [wanted, others] = this.#split(page.logEvents);
      if (wanted.length + page.records.length > 0) await keep([...wanted, ...page.records]);
      reading.held.add(others);
    }
    reading.window.end();
    if (deep) reading.deepAt = begun;
    reading.position = Math.max(reading.position, begun - clockSkew - minute);
    const lag = oldest !== undefined && Number.isFinite(oldest) ? Math.max(0, this.#now() - oldest) : 0;
    report.heard(this.#now(), lag);
  }

  async #keep(pieces: readonly InvocationPiece[], readTo: number, report: SourceReport): Promise<void> {
    await this.#options.sink.ingest(pieces, ...this.#cursorAt(readTo));
    this.#lastActivity = this.#now();
    report.received(pieces.length);
  }

  #split(pieces: readonly LogEventsPiece[]): readonly [LogEventsPiece[], LogEventsPiece[]] {
    const { true: wanted = [], false: others = [] } = Object.groupBy(pieces, (piece) => `${this.#wants(piece)}`);
    return [wanted, others];
  }

  #wants(piece: LogEventsPiece): boolean {
    return this.#watched.wants(piece, this.#now()) || this.#following;
  }

  /** Only where all that is logged is wanted is there a place that was left. */
  #cursorAt(value: number): readonly [{ readonly stream: string; readonly value: number }] | readonly [] {
    if (!this.#following && this.#options.destinationArn === undefined) return [];
    this.#cursor = Math.max(this.#cursor, value);
    return [{ stream: this.#stream, value: this.#cursor }];
  }

  /** A fifth of the time that nothing has come for: what comes then is seen before a fifth more of it has passed. */
  #waitMs(): number {
    if (this.#hurry) return this.#fastestMs;
    const longest = this.#following
      ? slowest.followed
      : this.#options.destinationArn === undefined
        ? slowest.watched
        : slowest.destination;
    const quiet = (this.#now() - this.#lastActivity) / 5;
    return Math.max(this.#fastestMs, Math.min(quiet, longest) * (0.9 + Math.random() / 5));
  }
}

/** Whether all that a request has logged is to come, was handed on, or is held. `since`: when it was sent, epoch ms. */
function isThere({ completeFrom, held }: Reading, since: number): boolean {
  return since - clockSkew >= completeFrom && since - secondsApart >= held.droppedTo;
}
