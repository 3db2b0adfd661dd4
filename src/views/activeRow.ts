import type { PickEntry, PickRow } from './steps.ts';

/**
 * Which row of a list to stand on when more was found: the one that was reached, else the one to begin at; -1: neither is
 * there. By what it stands for: a queue, a topic and a function may have one name. Where something is typed the row to
 * begin at may be filtered out, and standing on it would be standing on none.
 */
export function activeRow<V>(rows: readonly PickRow<V>[], reached: PickEntry<V> | undefined, isTyped: boolean): number {
  const key = reached && keyOf(reached);
  const again = reached === undefined ? -1 : rows.findIndex((row) => isLike(row, reached.label) && keyOf(row) === key);
  if (again !== -1 || isTyped) return again;
  return rows.findIndex((row) => 'value' in row && row.current === true);
}

function isLike<V>(row: PickRow<V>, label: string): row is PickEntry<V> {
  return 'value' in row && row.label === label;
}

function keyOf({ value }: PickEntry<unknown>): string {
  return JSON.stringify(value);
}
