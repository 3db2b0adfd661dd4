/** A column of the list. */
export type ColumnId = 'status' | 'function' | 'outcome' | 'error' | 'tries' | 'age' | 'duration' | 'waterfall';

/** The columns that fit, in order, and the CSS grid template that lays them out. */
export interface ColumnLayout {
  readonly columns: readonly ColumnId[];
  readonly template: string;
  /** Width of the waterfall column in CSS pixels; 0 without one. */
  readonly waterfallWidth: number;
}

/** All columns, in order: what `aria-colindex` counts. */
export const allColumns: readonly ColumnId[] = [
  'status',
  'function',
  'outcome',
  'error',
  'tries',
  'age',
  'duration',
  'waterfall',
];

/** From this width of the list on, a column is there. */
const neededWidth: Readonly<Record<ColumnId, number>> = {
  status: 0,
  function: 0,
  outcome: 0,
  age: 270,
  error: 400,
  tries: 450,
  duration: 520,
  waterfall: 680,
};

/** Which columns a list of this width shows: the least important go first. */
export function columnsFor(listWidth: number): ColumnLayout {
  const columns = allColumns.filter((column) => listWidth >= neededWidth[column]);
  const waterfallWidth = columns.includes('waterfall')
    ? clamp(Math.round(110 + (listWidth - 680) * 0.33), 110, 620)
    : 0;
  const widths: Readonly<Record<ColumnId, string>> = {
    status: columns.includes('error') ? '22px' : '20px',
    function: columns.includes('error') ? `minmax(100px, ${clamp(listWidth * 0.23, 110, 280)}px)` : 'minmax(60px, 1fr)',
    outcome: columns.includes('error')
      ? `minmax(110px, ${clamp(listWidth * 0.18, 148, 220)}px)`
      : 'minmax(60px, 1.18fr)',
    error: 'minmax(84px, 1fr)',
    tries: '44px',
    age: columns.includes('error') ? '48px' : '40px',
    duration: '74px',
    waterfall: `${waterfallWidth}px`,
  };
  return { columns, template: columns.map((column) => widths[column]).join(' '), waterfallWidth };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
