import type { Logger } from '../../model/logger.ts';
import type { PieceSink, RecordSource } from '../../model/recordSource.ts';
import type { AwsClients } from '../awsClients.ts';
import { LogPolling } from './logPolling.ts';
import type { LogsPace } from './logsPace.ts';
import { SourceLife } from './sourceLife.ts';

/** What `createFunctionLogs` is made with. */
export interface FunctionLogsOptions {
  readonly clients: AwsClients;
  /** Without a qualifier: all versions of a function log into one group. */
  readonly functionName: string;
  /** Where it is known, and the function's settings need not be asked. */
  readonly logGroupName?: string;
  /**
   * The function as others name it as their destination: execution records that it logs (its event, as JSON) are read, too,
   * for as long as the source is started, whether or not anything is watched.
   */
  readonly destinationArn?: string;
  /** One for all logs of a connection. */
  readonly pace: LogsPace;
  readonly sink: PieceSink;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now?: () => number;
  /** The shortest time from one read to the next, ms; so long it waits after a first failure, too. */
  readonly fastestMs?: number;
}

/** A log event is seldom there sooner than after a second. */
const shortestWait = 1_500;

/** The logs of one function. */
export interface FunctionLogs extends RecordSource {
  /**
   * These requests, too, are in flight, or on screen: what they log is handed on, from `since` (epoch ms: when they were sent) on.
   * A request is watched until its attempt has succeeded, it is unwatched, or its event would be too old (6 hours); one that is
   * older already is passed over. May be called before `start`, and again with the same ones.
   */
  watch(requestIds: readonly string[], since: number): void;
  /** These are over: only what is logged late is still read. */
  unwatch(requestIds: readonly string[]): void;
  /** Whether somebody looks at all that the function does: then what every request logs is handed on, synchronous ones too. */
  follow(all: boolean): void;
}

/**
 * The attempts of a function's requests, from its log group, as `logEvents` pieces; and the records that it logs, where it is a
 * destination. Read once a second or two right after a send, ever less often when nothing comes, and not at all while nothing is
 * watched. A log group that is not there yet is no failure.
 */
export function createFunctionLogs(options: FunctionLogsOptions): FunctionLogs {
  const polling = new LogPolling({ fastestMs: shortestWait, ...options });
  const { functionName, log, fastestMs: firstWaitMs = shortestWait } = options;
  const life = new SourceLife({ kind: 'logs', name: `logs of ${functionName}`, log, firstWaitMs }, (report) => ({
    prepare: (signal) => polling.prepare(signal),
    round: (signal) => polling.round(report, signal),
  }));
  polling.onWanted = () => life.wake();
  return {
    kind: 'logs',
    get state() {
      return life.state;
    },
    onDidChangeState: life.onDidChangeState,
    start: (signal) => life.start(signal),
    pause: () => life.pause(),
    stop: () => life.stop(),
    dispose: () => life.dispose(),
    watch: (requestIds, since) => polling.watch(requestIds, since),
    unwatch: (requestIds) => polling.unwatch(requestIds),
    follow: (all) => polling.follow(all),
  };
}
