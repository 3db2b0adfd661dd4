import type { AwsClients } from '../../aws/awsClients.ts';
import { createBucketObjects } from '../../aws/sources/bucketObjects.ts';
import { createFunctionLogs } from '../../aws/sources/functionLogs.ts';
import { createLiveTail } from '../../aws/sources/liveTail.ts';
import { createLogsPace } from '../../aws/sources/logsPace.ts';
import { createQueueDrain } from '../../aws/sources/queueDrain.ts';
import { createQueuePeek } from '../../aws/sources/queuePeek.ts';
import { createTap, type Tap } from '../../aws/sources/tap.ts';
import { parseFunctionArn } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import type { PieceSink, RecordSource, RecordSourceKind } from '../../model/recordSource.ts';
import type { DestinationUse, ListeningState } from './listening.ts';
import { leaseEvery, ListeningReader } from './listeningReader.ts';
import { deadLetterOf, functionOfLog } from './listeningTargets.ts';
import { LogsInFlight, problemOf, type SourceProblem } from './logsInFlight.ts';

/** What the sources of one set of clients are made with. */
export interface ListeningSessionOptions {
  readonly clients: AwsClients;
  readonly owner: string;
  readonly sink: PieceSink;
  readonly log: Logger;
  readonly now: () => number;
  lease(name: string, ttlMs: number): Promise<boolean>;
  changed(): void;
}

/** Something to read, and how. */
export interface Wanted {
  readonly id: string;
  readonly way: RecordSourceKind;
  readonly uses: readonly DestinationUse[];
}

/** So long the end of a connection waits for its tap to be removed, ms: VS Code gives a window some seconds. */
const removalTime = 3_000;

/** All that reads while a connection has its clients; new clients have a new one. */
export class ListeningSession {
  readonly clients: AwsClients;
  readonly inFlight: LogsInFlight;
  readonly #options: ListeningSessionOptions;
  readonly #pace = createLogsPace();
  readonly #readers = new Map<string, ListeningReader>();
  readonly #timer: NodeJS.Timeout;
  #tap: ListeningReader<Tap> | undefined;
  #tapTargets: readonly string[] = [];

  constructor(options: ListeningSessionOptions) {
    const { clients, sink, log, changed } = options;
    this.#options = options;
    this.clients = clients;
    this.inFlight = new LogsInFlight({ clients, pace: this.#pace, sink, log, changed });
    this.#timer = setInterval(() => {
      for (const reader of [...this.#readers.values(), this.#tap]) void reader?.tick();
    }, leaseEvery);
  }

  /** The name of the tap's queue and rules, while there are any. */
  get tapName(): string | undefined {
    return this.#tap?.source.name;
  }

  /** `undefined`: it was never read. */
  state({ id, way }: Pick<Wanted, 'id' | 'way'>): ListeningState | undefined {
    const reader = way === 'tap' ? (this.#tapTargets.includes(id) ? this.#tap : undefined) : this.#readers.get(id);
    return reader?.state;
  }

  /** Of all its sources. */
  get problems(): readonly SourceProblem[] {
    const read = [...this.#readers.values(), ...(this.#tap ? [this.#tap] : [])];
    return [...read.flatMap(({ state }) => problemOf(state)), ...this.inFlight.problems];
  }

  /** @throws UserFacingFailure */
  async start(wanted: Wanted, signal?: AbortSignal): Promise<void> {
    const reader = this.#readers.get(wanted.id) ?? this.#reader(wanted.id, this.#source(wanted));
    this.#readers.set(wanted.id, reader);
    await reader.start(signal);
  }

  async pause(id: string): Promise<void> {
    await this.#readers.get(id)?.pause();
  }

  /** @throws UserFacingFailure */
  async stop(id: string): Promise<void> {
    const reader = this.#readers.get(id);
    await reader?.stop();
    this.#readers.delete(id);
    await reader?.dispose();
  }

  /** Listens to these topics and buses. `name`: that of the plan people agreed to. @throws UserFacingFailure */
  async tap(targets: readonly string[], name: string | undefined, signal?: AbortSignal): Promise<void> {
    this.#tapTargets = targets;
    if (!this.#tap) {
      const { clients, owner, sink, log, now } = this.#options;
      const tap = createTap({ clients, owner, targets, sink, log, now, ...(name === undefined ? {} : { name }) });
      this.#tap = this.#reader('tap', tap);
    } else {
      const { phase } = this.#tap.state;
      // One that could not be listened to is tried again, and told with the others.
      if (phase === 'listening') return this.#tap.source.setTargets(targets, signal);
      await this.#tap.source.setTargets(targets, signal).catch(() => undefined);
    }
    await this.#tap.start(signal);
  }

  async pauseTap(): Promise<void> {
    await this.#tap?.pause();
  }

  /** Removes all it made. @throws UserFacingFailure that tells what stays */
  async stopTap(): Promise<void> {
    const tap = this.#tap;
    await tap?.stop();
    this.#tap = undefined;
    this.#tapTargets = [];
    await tap?.dispose();
  }

  /** Who waits for records: looks now where it looks but now and then. */
  look(): void {
    for (const { source } of this.#readers.values()) if ('look' in source) (source as RecordSource & Looking).look();
  }

  /** `clean`: the tap is removed, as far as there is time. */
  async end(clean: boolean): Promise<void> {
    clearInterval(this.#timer);
    const tap = this.#tap;
    if (clean && tap) await inTime(tap.stop(), this.#options.log);
    await Promise.all([
      this.inFlight.dispose(),
      ...[...this.#readers.values(), ...(tap ? [tap] : [])].map((reader) =>
        inTime(reader.dispose(), this.#options.log),
      ),
    ]);
  }

  #reader<S extends RecordSource>(key: string, source: S): ListeningReader<S> {
    const { lease, changed, log, now } = this.#options;
    return new ListeningReader({ source, lease: (ttlMs) => lease(key, ttlMs), changed, log, now });
  }

  #source({ id, way, uses }: Wanted): RecordSource {
    const { clients, sink, log, now } = this.#options;
    const pace = this.#pace;
    switch (way) {
      case 'peek':
      case 'drain': {
        const dead = deadLetterOf(uses);
        const queue = { clients, queueArn: id, ...(dead === undefined ? {} : { deadLetterOf: dead }), sink, log, now };
        return way === 'peek' ? createQueuePeek(queue) : createQueueDrain(queue);
      }
      case 'objects': {
        const functionNames = uses.map(({ functionName }) => functionName);
        return createBucketObjects({ clients, bucketArn: id, functionNames, sink, log, now });
      }
      case 'logs': {
        const own = functionOfLog(id);
        const functionName = own ?? parseFunctionArn(id)?.functionName ?? id;
        const destination = own === undefined ? { destinationArn: id } : {};
        const logs = createFunctionLogs({ clients, functionName, ...destination, pace, sink, log, now });
        logs.follow(true);
        return logs;
      }
      case 'liveTail':
        return createLiveTail({ clients, functions: [{ functionName: functionOfLog(id) ?? id }], sink, log, now });
      case 'tap':
        throw new Error('All topics and buses have one tap.');
    }
  }
}

interface Looking {
  look(): void;
}

/** Waits for the end of some work, and not for ever. */
async function inTime(work: Promise<unknown>, log: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warn('listening: not all could be removed in time; it is found at the next start of this connection');
      resolve();
    }, removalTime);
  });
  try {
    await Promise.race([work, late]);
  } catch (error) {
    log.warn(`listening: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clearTimeout(timer);
  }
}
