import type { StartLiveTailResponseStream } from '@aws-sdk/client-cloudwatch-logs';
import type { InvocationPiece } from '../../model/invocation.ts';
import type { Logger } from '../../model/logger.ts';
import type { PieceSink, RecordSource } from '../../model/recordSource.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { AwsClients } from '../awsClients.ts';
import { errorName, translateError } from '../awsErrors.ts';
import { findLogGroup } from './logGroup.ts';
import { LogWindow } from './logWindow.ts';
import { SourceLife, type SourceReport } from './sourceLife.ts';

/** What a session costs depends on the region, and is told there, under Logs: it is paid by the minute, whatever comes. */
export const liveTailPrices = 'https://aws.amazon.com/cloudwatch/pricing/';

/** Log groups of one session (CloudWatch Logs API reference, StartLiveTail). */
export const mostTailedGroups = 10;

/** A function whose logs are followed live. */
export interface TailedFunction {
  /** Without a qualifier. */
  readonly functionName: string;
  /** Execution records that it logs are read, too: it is a destination, as others name it. */
  readonly destinationArn?: string;
}

/** What `createLiveTail` is made with. */
export interface LiveTailOptions {
  readonly clients: AwsClients;
  /** One session serves all of them, if they log into no more than ten groups. */
  readonly functions: readonly TailedFunction[];
  readonly sink: PieceSink;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now?: () => number;
  /** A session of which nothing is heard for so long is given up, ms; AWS sends something every second. */
  readonly silenceMs?: number;
}

/** A session that ended sooner did not work. */
const shortSession = 10_000;
const pauseMs = 1_000;

/**
 * What functions log, a second after AWS has it, as `logEvents` pieces (and records): all of their requests, synchronous ones too.
 * Only where a person asked for it, since it costs by the minute (`liveTailPrices`). Nothing that was logged before, and of more
 * than 500 events a second a sample (`state.sampled.since`). A session ends after three hours: the next one begins at once.
 */
export function createLiveTail(options: LiveTailOptions): RecordSource {
  const { functions, log } = options;
  const name = `live tail of ${functions.map(({ functionName }) => functionName).join(', ')}`;
  return new SourceLife({ kind: 'liveTail', name, log, sampled: true }, (report) => {
    const tail = new LiveTail(options, report);
    return { prepare: (signal) => tail.prepare(signal), round: (signal) => tail.session(signal) };
  });
}

class LiveTail {
  readonly #options: LiveTailOptions;
  readonly #report: SourceReport;
  readonly #now: () => number;
  /** Readers of the functions that log there, by the ARN of the log group. */
  #groups: ReadonlyMap<string, readonly LogWindow[]> = new Map();
  /** Read, and not kept yet: they come only once. */
  #pieces: InvocationPiece[] = [];

  constructor(options: LiveTailOptions, report: SourceReport) {
    this.#options = options;
    this.#report = report;
    this.#now = options.now ?? Date.now;
  }

  /** @throws UserFacingFailure */
  async prepare(signal: AbortSignal): Promise<void> {
    const { clients, functions } = this.#options;
    const found = await Promise.all(
      functions.map(async (tailed) => {
        const { logGroupName, logGroupArn } = await findLogGroup(clients, tailed.functionName, signal);
        if (logGroupArn === undefined) {
          throw new UserFacingFailure(
            'accessDenied',
            `Could not follow the logs of ${tailed.functionName} live: which log group it has is not known, since its settings may not be read. Ask for the permission lambda:GetFunctionConfiguration.`,
          );
        }
        return { logGroupArn, window: new LogWindow({ ...tailed, logGroupName }) };
      }),
    );
    const groups = Map.groupBy(found, ({ logGroupArn }) => logGroupArn);
    if (groups.size > mostTailedGroups) {
      throw new UserFacingFailure(
        'tooManyLogGroups',
        `Could not follow ${functions.length} functions live: they log into ${groups.size} log groups, and one session follows ${mostTailedGroups} at most. Choose fewer functions.`,
      );
    }
    this.#groups = new Map([...groups].map(([arn, members]) => [arn, members.map(({ window }) => window)]));
  }

  /** Gives the ms until the next one is to begin. @throws UserFacingFailure */
  async session(signal: AbortSignal): Promise<number> {
    const silence = new AbortController();
    const watchdog = setTimeout(() => silence.abort(), this.#options.silenceMs ?? 30_000);
    let begunAt: number | undefined;
    let heardAt = this.#now();
    try {
      for await (const part of this.#parts(AbortSignal.any([signal, silence.signal]))) {
        watchdog.refresh();
        heardAt = this.#now();
        begunAt ??= heardAt;
        await this.#read(part);
      }
    } catch (error) {
      if (signal.aborted) return 0;
      // Between two sessions nothing is seen.
      if (begunAt !== undefined) this.#report.sampled(heardAt);
      const endsItself = errorName(error) === 'SessionTimeoutException';
      if (endsItself) return 0;
      if (begunAt === undefined || heardAt - begunAt < shortSession)
        throw this.#translate(error, silence.signal.aborted);
      this.#options.log.info(`The live tail broke off (${errorName(error)}); the next one begins.`);
      return pauseMs;
    } finally {
      clearTimeout(watchdog);
    }
    if (begunAt !== undefined) this.#report.sampled(heardAt);
    return pauseMs;
  }

  async *#parts(signal: AbortSignal): AsyncGenerator<StartLiveTailResponseStream, void, undefined> {
    const client = await this.#options.clients.logs();
    const { StartLiveTailCommand } = await import('@aws-sdk/client-cloudwatch-logs');
    const command = new StartLiveTailCommand({ logGroupIdentifiers: [...this.#groups.keys()] });
    const { responseStream = [] } = await client.send(command, { abortSignal: signal });
    yield* responseStream;
  }

  async #read({ sessionStart, sessionUpdate }: StartLiveTailResponseStream): Promise<void> {
    if (sessionStart) this.#report.trouble(undefined);
    if (!sessionUpdate) return;
    const { sessionMetadata, sessionResults = [] } = sessionUpdate;
    if (sessionMetadata?.sampled === true) this.#report.sampled(this.#now());
    const pieces = this.#pieces;
    let oldest: number | undefined;
    const byGroup = Map.groupBy(sessionResults, ({ logGroupIdentifier = '' }) => logGroupIdentifier);
    for (const [arn, results] of byGroup) {
      const events = results
        .map(({ timestamp = 0, message = '', logStreamName = '' }) => ({ timestamp, message, logStreamName }))
        .toSorted((a, b) => a.timestamp - b.timestamp);
      for (const window of this.#groups.get(arn) ?? []) {
        const page = window.read(events);
        pieces.push(...page.logEvents, ...page.records);
        oldest = Math.min(oldest ?? Number.POSITIVE_INFINITY, page.oldest ?? Number.POSITIVE_INFINITY);
      }
    }
    if (pieces.length > 0) {
      await this.#options.sink.ingest(pieces);
      this.#report.received(pieces.length);
      this.#pieces = [];
    }
    const lag = oldest === undefined || !Number.isFinite(oldest) ? 0 : Math.max(0, this.#now() - oldest);
    this.#report.heard(this.#now(), lag);
  }

  #translate(error: unknown, silent: boolean): unknown {
    const names = this.#options.functions.map(({ functionName }) => functionName).join(', ');
    const doing = `follow the logs of ${names} live`;
    if (silent) {
      return new UserFacingFailure(
        'connectionLost',
        `Could not ${doing}: nothing was heard for too long. Check the network.`,
      );
    }
    if (errorName(error) === 'ResourceNotFoundException') {
      return new UserFacingFailure(
        'logGroupMissing',
        `Could not ${doing}: a log group is not there yet (${[...this.#groups.keys()].join(', ')}). It is made when its function runs for the first time; it is tried again until then.`,
        { cause: error },
      );
    }
    return translateError(error, { doing, target: this.#options.clients.target, action: 'logs:StartLiveTail' });
  }
}
