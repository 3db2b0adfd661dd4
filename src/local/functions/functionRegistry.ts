import type { EventInvokeConfig } from '../../model/eventInvokeConfig.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';

/** A function with the version that an invocation of it runs. */
export interface ResolvedFunction {
  readonly definition: FunctionDefinition;
  /** `$LATEST` or a version number. */
  readonly executedVersion: string;
}

/** The functions there are, and their settings for asynchronous invocation. Asked afresh for every attempt (spec 4.2, 1). */
export interface FunctionRegistry {
  /** By name, ascending. */
  list(): readonly FunctionDefinition[];
  /** `undefined`: no such function, version or alias. `qualifier` defaults to `$LATEST`. */
  resolve(functionName: string, qualifier?: string): ResolvedFunction | undefined;
  /** The config stored under exactly that qualifier (spec 2.6: no fallback). */
  eventInvokeConfig(functionName: string, qualifier: string): EventInvokeConfig | undefined;
  /** Whether a loop that runs the function again and again goes on (spec 4.6, `RecursiveLoop`). */
  allowsRecursion(functionName: string): boolean;
}
