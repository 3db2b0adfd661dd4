import { asyncLimits } from '../../model/eventInvokeConfig.ts';
import type { FunctionRegistry, ResolvedFunction } from '../functions/functionRegistry.ts';

/** What is in effect for an event: its function's settings for asynchronous invocation, and the dead-letter queue. */
export interface AsyncSettings {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeMs: number;
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly deadLetterTargetArn?: string;
  /** The ARN of the role that delivers; absent: one that nobody has said anything about. */
  readonly executionRole?: string;
}

/**
 * The settings as they are now, looked up under exactly the invoked qualifier (spec 2.6). What went away with its
 * function or alias is taken from `lastSeen`: AWS, too, still delivers the records of events whose target was deleted
 * while they were queued (spec 1.4).
 */
export function currentSettings(
  registry: FunctionRegistry,
  event: { readonly functionName: string; readonly qualifier: string | undefined },
  target: ResolvedFunction | undefined,
  lastSeen?: AsyncSettings,
): AsyncSettings {
  const config = registry.eventInvokeConfig(event.functionName, event.qualifier ?? '$LATEST');
  if (!target && !config && lastSeen) return lastSeen;
  const { onSuccess, onFailure } = config ?? {};
  const deadLetterTargetArn = target ? target.definition.deadLetterTargetArn : lastSeen?.deadLetterTargetArn;
  const executionRole = target ? roleOf(target) : lastSeen?.executionRole;
  const maximumAge = config?.maximumEventAgeInSeconds ?? asyncLimits.defaultMaximumEventAgeInSeconds;
  return {
    maximumRetryAttempts: config?.maximumRetryAttempts ?? asyncLimits.defaultMaximumRetryAttempts,
    maximumEventAgeMs: maximumAge * 1000,
    ...(onSuccess === undefined ? {} : { onSuccess }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(deadLetterTargetArn === undefined ? {} : { deadLetterTargetArn }),
    ...(executionRole === undefined ? {} : { executionRole }),
  };
}

function roleOf({ definition }: ResolvedFunction): string | undefined {
  return definition.roleIsMadeUp === true ? undefined : definition.role;
}
