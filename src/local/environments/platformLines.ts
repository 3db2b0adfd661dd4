import { createHash, randomBytes } from 'node:crypto';
import type { FunctionDefinition } from '../functionDefinition.ts';

/** What REPORT tells. Lengths in ms, memory in MB. */
export interface ReportFacts {
  readonly requestId: string;
  readonly durationMs: number;
  readonly billedDurationMs: number;
  readonly memorySizeMB: number;
  readonly maxMemoryUsedMB: number;
  readonly initDurationMs?: number | undefined;
  /** Absent where the runtime answered, with a result or with an error of the handler. */
  readonly failure?:
    { readonly status: 'timeout' } | { readonly status: 'error'; readonly errorType: string } | undefined;
}

/**
 * A new stream: `YYYY/MM/DD/[$LATEST]<32 hex>`, with the function's name before the version where the log group is not
 * the function's own. Spec 5.8.
 */
export function logStreamName(definition: FunctionDefinition, version: string, now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '/');
  const owner = definition.logGroupName === `/aws/lambda/${definition.functionName}` ? '' : definition.functionName;
  return `${day}/${owner}[${version}]${randomBytes(16).toString('hex')}`;
}

/** `INIT_START …` of a cold start; `runtime` as functions name it, `nodejs22.x`. The version's hash is made up. */
export function initStartLine(runtime: string, region: string): string {
  const { runtimeVersion, runtimeVersionArn } = runtimeVersionOf(runtime, region);
  return `INIT_START Runtime Version: ${runtimeVersion}\tRuntime Version ARN: ${runtimeVersionArn}\n`;
}

/** What AWS calls a runtime's version, and its ARN. */
export function runtimeVersionOf(
  runtime: string,
  region: string,
): { readonly runtimeVersion: string; readonly runtimeVersionArn: string } {
  const [, language = runtime, major = ''] = /^([a-z]+)\.?(.*?)(?:\.x)?$/.exec(runtime) ?? [];
  const version = `${language}:${major}.v1`;
  const hash = createHash('sha256').update(version).digest('hex');
  return { runtimeVersion: version, runtimeVersionArn: `arn:aws:lambda:${region}::runtime:${hash}` };
}

/** Says that an init failed, the first time (`init`) or when it was done again inside the invocation (`invoke`). */
export function initReportLine(durationMs: number, phase: 'init' | 'invoke', errorType: string | undefined): string {
  const status = errorType === undefined ? 'Status: timeout' : `Status: error\tError Type: ${errorType}`;
  return `INIT_REPORT Init Duration: ${durationMs.toFixed(2)} ms\tPhase: ${phase}\t${status}\n`;
}

/** `START RequestId: …`. Spec 5.8. */
export function startLine(requestId: string, version: string): string {
  return `START RequestId: ${requestId} Version: ${version}\n`;
}

/** `END RequestId: …`. Spec 5.8. */
export function endLine(requestId: string): string {
  return `END RequestId: ${requestId}\n`;
}

/** Names how the process ended, in the log of the invocation that it ended in. Spec 5.8. */
export function exitLine(requestId: string, reason: string): string {
  return `RequestId: ${requestId} Error: ${reason}\nRuntime.ExitError\n`;
}

/** `REPORT RequestId: …`; a tab before its newline unless a status ends it. Spec 5.8. */
export function reportLine(facts: ReportFacts): string {
  const fields = [
    `REPORT RequestId: ${facts.requestId}`,
    `Duration: ${facts.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${facts.billedDurationMs} ms`,
    `Memory Size: ${facts.memorySizeMB} MB`,
    `Max Memory Used: ${facts.maxMemoryUsedMB} MB`,
  ];
  if (facts.initDurationMs !== undefined) fields.push(`Init Duration: ${facts.initDurationMs.toFixed(2)} ms`);
  const { failure } = facts;
  if (failure === undefined) fields.push('');
  else fields.push(`Status: ${failure.status}`);
  if (failure?.status === 'error') fields.push(`Error Type: ${failure.errorType}`);
  return `${fields.join('\t')}\n`;
}
