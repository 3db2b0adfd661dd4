import type { JsonLogs } from '../functionDefinition.ts';
import { runtimeVersionOf } from './platformLines.ts';
import type { AttemptFacts, InitFacts, PlatformLog, ToldEnvironment } from './platformLog.ts';

type Level = JsonLogs['systemLevel'];

const rank: Readonly<Record<Level, number>> = { DEBUG: 0, INFO: 1, WARN: 2 };
const initializationType = 'on-demand';

/** Platform events as JSON, those that the function's SystemLogLevel lets through (spec 5.9). */
export class JsonPlatformLog implements PlatformLog {
  readonly #told: ToldEnvironment;
  readonly #level: Level;

  constructor(told: ToldEnvironment, { systemLevel }: JsonLogs) {
    this.#told = told;
    this.#level = systemLevel;
  }

  initStart(): readonly string[] {
    const { definition, version, logStreamName, region } = this.#told;
    const { functionName, runtime, memorySize } = definition;
    return this.#event('DEBUG', 'platform.initStart', {
      initializationType,
      phase: 'init',
      ...runtimeVersionOf(runtime, region),
      functionName,
      functionVersion: version,
      instanceId: logStreamName,
      instanceMaxMemory: memorySize * 1024 * 1024,
    });
  }

  note(text: string): readonly string[] {
    return [jsonLine({ timestamp: new Date().toISOString(), level: 'WARN', message: text })];
  }

  initEnd({ durationMs, phase, failed, errorType }: InitFacts): readonly string[] {
    const level = failed ? 'WARN' : 'DEBUG';
    const status = failed ? (errorType === undefined ? 'timeout' : 'error') : 'success';
    const record = { initializationType, phase, status, ...(errorType === undefined ? {} : { errorType }) };
    return [
      ...this.#event(level, 'platform.initRuntimeDone', record),
      ...this.#event(level, 'platform.initReport', { ...record, metrics: { durationMs: rounded(durationMs) } }),
    ];
  }

  start(requestId: string, invokedFunctionArn: string): readonly string[] {
    const { version } = this.#told;
    return this.#event('INFO', 'platform.start', { requestId, functionArn: invokedFunctionArn, version });
  }

  refusal(requestId: string, errorType: string, why: string): readonly string[] {
    const timestamp = new Date().toISOString();
    return [jsonLine({ timestamp, level: 'ERROR', requestId, errorType, message: why })];
  }

  /** What the handler threw is a success here: it is the runtime that is told of. */
  end(facts: AttemptFacts): readonly string[] {
    const { requestId, failure } = facts;
    const status = failure?.status ?? 'success';
    const errorType = failure?.status === 'error' ? { errorType: failure.errorType } : {};
    return [
      ...this.#event(failure ? 'WARN' : 'DEBUG', 'platform.runtimeDone', {
        requestId,
        status,
        ...errorType,
        spans: facts.spans.map(({ name, startedAt, durationMs }) => ({
          name,
          start: new Date(startedAt).toISOString(),
          durationMs: rounded(durationMs),
        })),
        metrics: { durationMs: rounded(facts.durationMs), producedBytes: facts.producedBytes },
      }),
      ...this.#event(failure ? 'WARN' : 'INFO', 'platform.report', {
        requestId,
        metrics: {
          durationMs: rounded(facts.durationMs),
          billedDurationMs: facts.billedDurationMs,
          memorySizeMB: facts.memorySizeMB,
          maxMemoryUsedMB: facts.maxMemoryUsedMB,
          ...(facts.initDurationMs === undefined ? {} : { initDurationMs: rounded(facts.initDurationMs) }),
        },
        status,
        ...errorType,
      }),
    ];
  }

  #event(level: Level, type: string, record: unknown): readonly string[] {
    return rank[level] < rank[this.#level] ? [] : [jsonLine({ time: new Date().toISOString(), type, record })];
  }
}

function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** To microseconds, as AWS. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
