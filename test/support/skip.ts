interface WithSkipReason {
  skipReason?: string;
}

/** Why a test, or the suite that it is in, was skipped. */
export function skipReason(node: Mocha.Test | Mocha.Suite | undefined): string | undefined {
  if (node === undefined) return undefined;
  return (node as WithSkipReason).skipReason ?? skipReason(node.parent);
}

/**
 * Skips a test (called in it) or a whole suite (called in its `before`), and says why in the run's output. For what the
 * machine lacks, never for what fails.
 */
export function skip(context: Mocha.Context, reason: string): never {
  const node = context.test as (WithSkipReason & { readonly type: string; readonly parent?: Mocha.Suite }) | undefined;
  // In a hook every test of the hook's suite is skipped.
  const skipped: WithSkipReason | undefined =
    node?.type === 'hook' ? (node.parent as WithSkipReason | undefined) : node;
  if (skipped) skipped.skipReason = reason;
  return context.skip();
}
