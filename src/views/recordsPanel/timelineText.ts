import { destinationKind, destinationName } from '../../model/destination.ts';
import type { Attempt, Invocation, InvocationRow } from '../../model/invocation.ts';

/**
 * What happened to an invocation, a line each, for comparing it with another one: in order, without times of day and ids,
 * waits at AWS's length.
 */
export function timelineText(row: InvocationRow, invocation: Invocation): string {
  const { sent, accepted, notAccepted, attempts, waits, outcome, deliveries } = invocation;
  const lines = [
    line('function', row.qualifier === undefined ? row.functionName : `${row.functionName}:${row.qualifier}`),
    line('status', row.status),
    ...(sent ? [line('sent', sent.origin)] : accepted ? [line('accepted', 'sent by someone else')] : []),
    ...(notAccepted ? [line('not accepted', `${notAccepted.errorName}: ${notAccepted.errorMessage}`)] : []),
  ];
  const waitsAfter = (number: number): string[] =>
    waits
      .filter(({ afterAttempt }) => afterAttempt === number)
      .map(({ reason, nominalMs }) => line('wait', `${lengthOf(nominalMs)}, ${reason}`));
  lines.push(...waitsAfter(0));
  for (const attempt of attempts) lines.push(...attemptLines(attempt), ...waitsAfter(attempt.number));
  if (outcome) lines.push(line('outcome', `${outcome.condition}, attempts: ${outcome.approximateInvokeCount}`));
  for (const { role, destinationArn, status, reason } of deliveries) {
    const kind = destinationKind(destinationArn);
    const name = `${destinationName(destinationArn)}${kind === undefined ? '' : ` (${kind})`}`;
    lines.push(line(role, `${status}, ${name}${reason === undefined ? '' : `: ${reason}`}`));
  }
  return `${lines.join('\n')}\n`;
}

function attemptLines({ number, started, ended }: Attempt): readonly string[] {
  const name = `attempt ${number}`;
  if (!ended) return [line(name, started ? 'running' : 'unknown')];
  const { status, durationMs, executedVersion, initDurationMs, memorySizeMB, maxMemoryUsedMB } = ended;
  const parts = [
    status,
    lengthOf(durationMs),
    `version ${executedVersion}`,
    ...(initDurationMs === undefined ? [] : [`cold start ${lengthOf(initDurationMs)}`]),
    ...(maxMemoryUsedMB === undefined ? [] : [`memory ${maxMemoryUsedMB} of ${memorySizeMB ?? '?'} MB`]),
    ...(ended.fault === undefined ? [] : [`fault: ${ended.fault}`]),
  ];
  return [line(name, parts.join(', '))];
}

function line(name: string, what: string): string {
  return `${name.padEnd(16)}${what.replaceAll(/\s+/g, ' ')}`;
}

function lengthOf(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms * 100) / 100} ms` : `${Math.round(ms / 10) / 100} s`;
}
