/** One number that a bench found. */
export interface BenchResult {
  readonly name: string;
  /** A ratio, a count, a percentile, or a median of at least five runs. */
  readonly value: number;
  readonly unit: string;
  /** What is aimed at: a comparison and a number, as `>= 0.5` or `< 300`. */
  readonly goal: string;
}

/** What a file in bench/ exports. */
export interface BenchModule {
  run(): Promise<readonly BenchResult[]>;
}

const comparisons: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '=': (value, limit) => value === limit,
};

/**
 * Whether a value meets its goal.
 *
 * @throws RangeError for a goal that is no comparison with a number.
 */
export function meets({ value, goal }: Pick<BenchResult, 'value' | 'goal'>): boolean {
  const [, sign = '', limit = ''] = /^\s*(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)\b/.exec(goal) ?? [];
  const compare = comparisons[sign];
  if (compare === undefined) throw new RangeError(`A goal reads like ">= 0.5", not "${goal}".`);
  return compare(value, Number(limit));
}

/** The middle of some numbers: of an even count, the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
