import { parseFunctionArn } from '../../model/arn.ts';
import type { ExecutionEnvironments } from '../environments/executionEnvironments.ts';
import type { LambdaMetrics, MetricSubject } from './lambdaMetrics.ts';

/**
 * Environments that measure what runs in them, whoever invoked: `Invocations`, `Errors`, `Duration`, and how many run at the
 * same time. All of an invocation counts for the minute in which it began, as AWS has it. `now`: epoch ms.
 */
export function measuredEnvironments(
  environments: ExecutionEnvironments,
  metrics: LambdaMetrics,
  now: () => number,
): ExecutionEnvironments {
  const running = new Running();
  return {
    async execute(request, onStarted) {
      const { functionName } = request.definition;
      const { executedVersion, invokedFunctionArn } = request;
      const subject = { functionName, qualifier: parseFunctionArn(invokedFunctionArn)?.qualifier, executedVersion };
      const leave = running.enter(subject, (level, count) => {
        metrics.countOnly('ConcurrentExecutions', level, subject, count, now());
      });
      try {
        const result = await environments.execute(request, onStarted);
        const { startedAt, status, durationMs } = result;
        metrics.count('Invocations', subject, 1, startedAt);
        metrics.count('Errors', subject, status === 'success' ? 0 : 1, startedAt);
        metrics.count('Throttles', subject, 0, startedAt);
        metrics.count('Duration', subject, durationMs, startedAt);
        return result;
      } finally {
        leave();
      }
    },
    release: (codeDir) => environments.release(codeDir),
    dispose: (graceMs) => environments.dispose(graceMs),
  };
}

/** Counts what runs: in all, of each function, of each way to invoke it. */
class Running {
  #all = 0;
  readonly #counts = new Map<string, number>();

  enter(
    { functionName, qualifier }: MetricSubject,
    tell: (level: 'region' | 'function' | 'resource', count: number) => void,
  ): () => void {
    const resource = `${functionName}:${qualifier ?? ''}`;
    this.#all += 1;
    tell('region', this.#all);
    tell('function', this.#change(functionName, 1));
    tell('resource', this.#change(resource, 1));
    return () => {
      this.#all -= 1;
      this.#change(functionName, -1);
      this.#change(resource, -1);
    };
  }

  #change(key: string, by: number): number {
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
    return count;
  }
}
