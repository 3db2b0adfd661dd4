import type { FaultKind } from '../../model/fault.ts';
import type { AttemptStatus, LogLine } from '../../model/invocation.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';

/** One attempt to run. */
export interface ExecutionRequest {
  readonly definition: FunctionDefinition;
  readonly requestId: string;
  /** As invoked: unqualified stays unqualified (spec 7). */
  readonly invokedFunctionArn: string;
  /** `$LATEST` or a version number. */
  readonly executedVersion: string;
  readonly payload: Uint8Array;
  /** `Root=…;Parent=…;Sampled=0;Lineage=…` */
  readonly traceId: string;
  /** Base64 JSON, `RequestResponse` only. */
  readonly clientContext?: string;
}

/** How an attempt ended. Times epoch ms, lengths ms. */
export interface ExecutionResult {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly durationMs: number;
  readonly billedDurationMs: number;
  readonly initDurationMs?: number;
  readonly maxMemoryUsedMB: number;
  readonly status: AttemptStatus;
  /** The exact bytes of the response or of the error payload. */
  readonly payload: Uint8Array;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** All that the attempt logged, platform lines included; already appended to the log store. */
  readonly logs: readonly LogLine[];
  /** It ended so, or began so slowly, because it was told to. */
  readonly fault?: FaultKind;
}

/** Runs attempts in separate processes that speak the Lambda Runtime API, as many as are needed, warm ones reused. */
export interface ExecutionEnvironments {
  /**
   * Runs one attempt to its end; never rejects for what the handler does (that is a result), only when disposed.
   * `onStarted` is called once, when the event is handed to the runtime (or its init begins).
   */
  execute(request: ExecutionRequest, onStarted?: (startedAt: number) => void): Promise<ExecutionResult>;
  /** Ends what is warm of a code folder that nothing new runs from; resolves when nothing does any more. */
  release(codeDir: string): Promise<void>;
  /** Ends every process and the reaper. Running attempts get `graceMs`. */
  dispose(graceMs?: number): Promise<void>;
}
