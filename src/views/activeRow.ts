import type { PickEntry, PickRow } from './steps.ts';

/**
 * Which row of a list to stand on when more was found: the one that was reached, else the one to begin at; -1: neither is
 * there. By what it stands for: a queue, a topic and a function may have one name.
 */
export function activeRow<V>(rows: readonly PickRow<V>[], reached: PickEntry<V> | undefined): number {
  const key = reached && keyOf(reached);
  const again =
    reached === undefined ? -1 : rows.findIndex((row) => isLike(row, reached.label) && keyOf(row) === key);
  return again === -1 ? rows.findIndex((row) => 'value' in row && row.current === true) : again;
}

function isLike<V>(row: PickRow<V>, label: string): row is PickEntry<V> {
  return 'value' in row && row.label === label;
}

function keyOf({ value }: PickEntry<unknown>): string {
  return JSON.stringify(value);
}
