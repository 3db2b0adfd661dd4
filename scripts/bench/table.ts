import { meets, type BenchResult } from './result.ts';

/** A result as one line of JSON. */
export function resultLine({ name, value, unit, goal }: BenchResult): string {
  return JSON.stringify({ name, value, unit, goal, met: meets({ value, goal }) });
}

/** Results as a table for people. */
export function tableOf(results: readonly BenchResult[]): string {
  const rows = [
    ['name', 'value', 'unit', 'goal', ''],
    ...results.map((result) => {
      const { name, value, unit, goal } = result;
      return [name, String(Number(value.toPrecision(4))), unit, goal, meets(result) ? 'met' : 'NOT met'];
    }),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join('');
}
