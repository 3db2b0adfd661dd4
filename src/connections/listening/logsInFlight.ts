import type { AwsClients } from '../../aws/awsClients.ts';
import { createFunctionLogs, type FunctionLogs } from '../../aws/sources/functionLogs.ts';
import type { LogsPace } from '../../aws/sources/logsPace.ts';
import type { Logger } from '../../model/logger.ts';
import type { PieceSink, RecordSourceState } from '../../model/recordSource.ts';

/** What the logs of requests in flight are read with. */
export interface LogsInFlightOptions {
  readonly clients: AwsClients;
  /** One for all logs of the connection. */
  readonly pace: LogsPace;
  readonly sink: PieceSink;
  readonly log: Logger;
  /** A problem came or went. */
  changed(): void;
}

/** Why a source does not read. */
export interface SourceProblem {
  readonly code: string;
  readonly problem: string;
}

/** What a state says of it: one, or none. */
export function problemOf({
  problem,
  problemCode,
}: Pick<RecordSourceState, 'problem' | 'problemCode'>): readonly SourceProblem[] {
  return problem === undefined || problemCode === undefined ? [] : [{ code: problemCode, problem }];
}

/** So many functions' logs at once; those of the others are read again when one of their requests is watched. */
const mostFunctions = 64;
const mostRequests = 10_000;

/** Follows the own logs of functions whose requests are in flight or on screen: attempts are seen without any destination. */
export class LogsInFlight {
  readonly #options: LogsInFlightOptions;
  /** By function, the one watched last at the end. */
  readonly #logs = new Map<string, FunctionLogs>();
  /** Requests that are not known to be over, and their functions. */
  readonly #requests = new Map<string, string>();
  #disposed = false;

  constructor(options: LogsInFlightOptions) {
    this.#options = options;
  }

  get problems(): readonly SourceProblem[] {
    return [...this.#logs.values()].flatMap(({ state }) => problemOf(state));
  }

  /** Whether it waits for what becomes of this request. */
  isWatched(requestId: string): boolean {
    return this.#requests.has(requestId);
  }

  /** `since`: when the first of them was sent, epoch ms. */
  watch(functionName: string, requestIds: readonly string[], since: number): void {
    if (this.#disposed || requestIds.length === 0) return;
    const logs = this.#logs.get(functionName) ?? this.#make(functionName);
    this.#logs.delete(functionName);
    this.#logs.set(functionName, logs);
    for (const id of requestIds) this.#requests.set(id, functionName);
    for (const id of this.#requests.keys()) {
      if (this.#requests.size <= mostRequests) break;
      this.#requests.delete(id);
    }
    logs.watch(requestIds, since);
    if (logs.state.phase === 'stopped' || logs.state.phase === 'failed') this.#start(logs);
    for (const [name, oldest] of this.#logs) {
      if (this.#logs.size <= mostFunctions) break;
      this.#logs.delete(name);
      void oldest.dispose();
    }
  }

  /** This one is over. */
  ended(requestId: string): void {
    const functionName = this.#requests.get(requestId);
    if (functionName === undefined) return;
    this.#requests.delete(requestId);
    this.#logs.get(functionName)?.unwatch([requestId]);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const all = [...this.#logs.values()];
    this.#logs.clear();
    await Promise.all(all.map((logs) => logs.dispose()));
  }

  #make(functionName: string): FunctionLogs {
    const { clients, pace, sink, log, changed } = this.#options;
    const logs = createFunctionLogs({ clients, functionName, pace, sink, log });
    let problem: string | undefined;
    logs.onDidChangeState((state) => {
      if (state.problem === problem) return;
      problem = state.problem;
      changed();
    });
    return logs;
  }

  #start(logs: FunctionLogs): void {
    // It is in the state, too, and tried again with the next request.
    logs.start().catch((error: unknown) => this.#options.log.debug(`logs in flight: ${String(error)}`));
  }
}
