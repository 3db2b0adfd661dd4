import type { LogEventsPiece, RecordPiece } from '../../model/invocation.ts';
import { compareEvents, type EventPlace } from '../../model/logs/eventPlace.ts';
import { LogReader, type LogEvent } from '../../model/logs/logReader.ts';
import { isStreamOfOther } from '../../model/logs/logStreamName.ts';
import { recordInLog } from '../../model/reading/recordInLog.ts';

/** Whose logs are read. */
export interface LoggedFunction {
  readonly functionName: string;
  readonly logGroupName: string;
  /** Records are looked for, too. */
  readonly destinationArn?: string | undefined;
}

/** What a page of events had that was new. */
export interface WindowPage {
  readonly logEvents: readonly LogEventsPiece[];
  readonly records: readonly RecordPiece[];
  /** Times of the new events; absent where there was none. */
  readonly oldest?: number;
  readonly newest?: number;
}

/**
 * Reads of a log group overlap, since events come late. This takes each event once (by its id; without one it is new). An event that is older than one that was
 * there before (of the same stream) is read together with what stands around it, so that it is known whose it is.
 */
export class LogWindow {
  readonly #functionName: string;
  readonly #destinationArn: string | undefined;
  readonly #reader: LogReader;
  /** Times of the events that were read, by their ids. */
  readonly #seen = new Map<string, number>();
  /** The last event of each stream. */
  readonly #last = new Map<string, EventPlace>();
  /** Of this read: events that were seen before, by stream; `replaying`: one of them came late, so that all are read again. */
  readonly #context = new Map<string, { events: LogEvent[]; replaying: boolean }>();

  constructor({ functionName, logGroupName, destinationArn }: LoggedFunction) {
    this.#functionName = functionName;
    this.#destinationArn = destinationArn;
    // What it is given, it puts into pieces.
    this.#reader = new LogReader({ functionName, logGroupName });
  }

  /** A read begins; none will begin earlier than `oldest`, epoch ms. */
  begin(oldest: number): void {
    this.#context.clear();
    for (const [id, at] of this.#seen) if (at < oldest) this.#seen.delete(id);
    for (const [stream, { at }] of this.#last) if (at < oldest) this.#last.delete(stream);
  }

  /** All its pages were read. */
  end(): void {
    this.#context.clear();
  }

  /** The next page of it, oldest event first. */
  read(page: readonly LogEvent[]): WindowPage {
    const destinationArn = this.#destinationArn;
    const own = page.filter(({ logStreamName }) => !isStreamOfOther(logStreamName, this.#functionName));
    const fed: LogEvent[] = [];
    const records: RecordPiece[] = [];
    const times: number[] = [];
    for (const event of own) {
      const context = this.#context.get(event.logStreamName) ?? { events: [], replaying: false };
      this.#context.set(event.logStreamName, context);
      const { id } = event;
      const isNew = id === undefined || !this.#seen.has(id);
      if (isNew) {
        if (this.#isLate(event) && !context.replaying) {
          context.replaying = true;
          for (const before of context.events.splice(0)) fed.push(before);
        }
        if (id !== undefined) this.#seen.set(id, event.timestamp);
        times.push(event.timestamp);
        const record = destinationArn === undefined ? undefined : recordInLog(event.message, destinationArn);
        if (record) records.push(record);
      }
      if (isNew || context.replaying) fed.push(event);
      else context.events.push(event);
    }
    return {
      logEvents: this.#reader.read(fed),
      records,
      ...(times.length === 0
        ? {}
        : { oldest: times.reduce((a, b) => Math.min(a, b)), newest: times.reduce((a, b) => Math.max(a, b)) }),
    };
  }

  /** Notes the event as the last of its stream, if it is not late. */
  #isLate({ id = '', timestamp: at, logStreamName }: LogEvent): boolean {
    const last = this.#last.get(logStreamName);
    if (last && compareEvents({ at, id }, last) < 0) return true;
    this.#last.set(logStreamName, { at, id });
    return false;
  }
}
