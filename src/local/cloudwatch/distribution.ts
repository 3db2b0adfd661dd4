/** A value as percentiles know it: three digits of it, so that a minute of any number of values stays small. */
function rounded(value: number): number {
  return Number.isInteger(value) && Math.abs(value) < 1000 ? value : Number(value.toPrecision(3));
}

/**
 * What is known of the values of a metric in a stretch of time: the statistics exactly, and how often each value came,
 * to three digits, for percentiles (half a percent off at most).
 */
export class Distribution {
  samples = 0;
  sum = 0;
  minimum = Infinity;
  maximum = -Infinity;
  /** How often each rounded value came; `undefined`: it is not known, only statistics were sent. */
  counts: Map<number, number> | undefined = new Map();

  /** Of what `text` kept (`countsAsText`). */
  static restored(
    row: { readonly samples: number; readonly sum: number; readonly minimum: number; readonly maximum: number },
    counts: string | null,
  ): Distribution {
    const restored = new Distribution();
    restored.samples = row.samples;
    restored.sum = row.sum;
    restored.minimum = row.minimum;
    restored.maximum = row.maximum;
    restored.counts = counts === null ? undefined : new Map(JSON.parse(counts) as [number, number][]);
    return restored;
  }

  /** `times` may be a fraction, as CloudWatch has it. */
  add(value: number, times = 1): void {
    if (times === 0) return;
    this.samples += times;
    this.sum += value * times;
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
    if (!this.counts) return;
    const key = rounded(value);
    this.counts.set(key, (this.counts.get(key) ?? 0) + times);
  }

  /** A statistic set: where its values lay is only known when they are all the same. */
  addStatistics(samples: number, sum: number, minimum: number, maximum: number): void {
    if (minimum === maximum) {
      this.add(minimum, samples);
      return;
    }
    if (samples === 0) return;
    this.samples += samples;
    this.sum += sum;
    this.minimum = Math.min(this.minimum, minimum);
    this.maximum = Math.max(this.maximum, maximum);
    this.counts = undefined;
  }

  merge(other: Distribution): void {
    this.samples += other.samples;
    this.sum += other.sum;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
    if (!other.counts) this.counts = undefined;
    if (!this.counts || !other.counts) return;
    for (const [value, times] of other.counts) this.counts.set(value, (this.counts.get(value) ?? 0) + times);
  }

  /** The smallest value that `percent` of all are not above; `undefined` when it can't be told. */
  percentile(percent: number): number | undefined {
    if (!this.counts) return undefined;
    const wanted = (percent / 100) * this.samples;
    let passed = 0;
    for (const [value, times] of [...this.counts].toSorted(([a], [b]) => a - b)) {
      passed += times;
      // Sums of fractions may fall short by a hair.
      if (passed >= wanted - 1e-9) return Math.min(Math.max(value, this.minimum), this.maximum);
    }
    return this.maximum;
  }

  /** For a column of the database. */
  countsAsText(): string | null {
    return this.counts ? JSON.stringify([...this.counts]) : null;
  }
}
