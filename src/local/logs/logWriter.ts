import type { LogLine } from '../../model/invocation.ts';

/** Where execution environments write what functions log. */
export interface LogWriter {
  /** Appends events; group and stream come into being with their first event. Durable when it returns. */
  append(logGroupName: string, logStreamName: string, lines: readonly LogLine[]): void;
}
