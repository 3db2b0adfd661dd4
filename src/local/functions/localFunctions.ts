import type { AccountScope } from '../../model/arn.ts';
import { functionArn } from '../../model/arn.ts';
import type { EventInvokeConfig } from '../../model/eventInvokeConfig.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import type { ConfigStore } from './configStore.ts';
import type { FunctionRegistry, ResolvedFunction } from './functionRegistry.ts';

/** The registry: functions as the project declares them now, configs from the store. Only `$LATEST` exists. */
export class LocalFunctions implements FunctionRegistry {
  readonly configs: ConfigStore;
  readonly #scope: AccountScope;
  #byName: ReadonlyMap<string, FunctionDefinition> = new Map();

  constructor(scope: AccountScope, configs: ConfigStore) {
    this.#scope = scope;
    this.configs = configs;
  }

  /** Replaces all functions. Of two with one name the first counts. */
  replace(definitions: readonly FunctionDefinition[]): void {
    const sorted = definitions.toSorted((a, b) => (a.functionName < b.functionName ? -1 : 1));
    const byName = new Map<string, FunctionDefinition>();
    for (const definition of sorted) {
      if (!byName.has(definition.functionName)) byName.set(definition.functionName, definition);
    }
    this.#byName = byName;
  }

  list(): readonly FunctionDefinition[] {
    return [...this.#byName.values()];
  }

  resolve(functionName: string, qualifier = '$LATEST'): ResolvedFunction | undefined {
    const definition = this.#byName.get(functionName);
    return definition && qualifier === '$LATEST' ? { definition, executedVersion: '$LATEST' } : undefined;
  }

  eventInvokeConfig(functionName: string, qualifier: string): EventInvokeConfig | undefined {
    const stored = this.configs.get(functionName, qualifier);
    if (!stored) return undefined;
    const { settings, lastModified } = stored;
    return { ...settings, functionArn: functionArn(this.#scope, functionName, qualifier), lastModified };
  }
}
