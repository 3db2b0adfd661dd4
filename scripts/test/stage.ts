/** What a stage of the test run came to. */
export interface StageResult {
  readonly passed: number;
  readonly failures: readonly { readonly title: string; readonly details: string }[];
  readonly skips: readonly { readonly title: string; readonly reason: string }[];
}

/** One part of the test run. */
export interface Stage {
  /** What it is asked for by on the command line, and what its line begins with. */
  readonly name: string;
  /** `filters` narrow it: parts of file names, or behaviours. Throws when it cannot be run at all: that is a failure, too. */
  run(filters: readonly string[]): Promise<StageResult>;
}

/** Adds up. */
export function sum(results: readonly StageResult[]): StageResult {
  return {
    passed: results.reduce((total, { passed }) => total + passed, 0),
    failures: results.flatMap(({ failures }) => failures),
    skips: results.flatMap(({ skips }) => skips),
  };
}

/** The run's last line. */
export function lastLine({ passed, failures, skips }: StageResult): string {
  return `${passed} passed, ${failures.length} failed, ${skips.length} skipped`;
}
