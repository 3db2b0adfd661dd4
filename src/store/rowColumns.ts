import type { InvocationSummary } from '../model/invocation.ts';

/** What of a row is asked for and sorted by. Unknown texts are empty, an unknown duration is -1. */
export interface RowColumns {
  readonly status: string;
  readonly function_name: string;
  readonly qualifier: string;
  readonly condition: string;
  readonly error_type: string;
  readonly destination: string;
  readonly attempts: number;
  readonly started_at: number;
  readonly duration: number;
  readonly error_group: number | null;
}

/** Names of these columns. */
export const rowColumnNames = [
  'status',
  'function_name',
  'qualifier',
  'condition',
  'error_type',
  'destination',
  'attempts',
  'started_at',
  'duration',
  'error_group',
] as const satisfies readonly (keyof RowColumns)[];

/** As far as `Date` goes. SQLite would keep a larger number, and then read neither it nor any row beside it. */
const largest = 8.64e15;

/** A whole number that SQLite gives back. A function may print what looks like a line of Lambda's with any number in it. */
export function wholeNumber(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(-largest, Math.min(largest, Math.trunc(value)));
}

/** The columns of a summary. */
export function rowColumns(summary: InvocationSummary, errorGroup: number | null): RowColumns {
  const { status, functionName, qualifier = '', condition = '', errorType = '', attempts, delivery } = summary;
  const startedAt = wholeNumber(summary.startedAt);
  return {
    status,
    function_name: functionName,
    qualifier,
    condition,
    error_type: errorType,
    destination: delivery?.arn ?? '',
    attempts: wholeNumber(attempts),
    started_at: startedAt,
    duration: summary.endedAt === undefined ? -1 : Math.max(0, wholeNumber(summary.endedAt - startedAt)),
    error_group: errorGroup,
  };
}

/** The columns of which it is counted how many rows have which value, by the names filters have for them. */
export const facetColumns = {
  status: 'status',
  fn: 'function_name',
  q: 'qualifier',
  cond: 'condition',
  err: 'error_type',
  dest: 'destination',
  attempts: 'attempts',
} as const satisfies Readonly<Record<string, keyof RowColumns>>;

/** What is counted by value. */
export type Facet = keyof typeof facetColumns;
