import type { DatabaseSync } from 'node:sqlite';
import type { AccountScope } from '../../model/arn.ts';
import { functionArn } from '../../model/arn.ts';
import type { EventInvokeConfig } from '../../model/eventInvokeConfig.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import { transaction } from '../state/database.ts';
import { ConfigStore } from './configStore.ts';
import { FunctionAttachments } from './functionAttachments.ts';
import type { FunctionRegistry, ResolvedFunction } from './functionRegistry.ts';
import { FunctionStore } from './functionStore.ts';
import { VersionStore, type FunctionAlias } from './versionStore.ts';

/** The registry: functions that the project declares or the API made, their versions, aliases and configs. */
export class LocalFunctions implements FunctionRegistry {
  readonly configs: ConfigStore;
  readonly store: FunctionStore;
  readonly versions: VersionStore;
  readonly attachments: FunctionAttachments;
  readonly #scope: AccountScope;
  readonly #db: DatabaseSync;
  readonly #random: () => number;

  /** `random`: 0 to 1, which version of a weighted alias an attempt runs. `now`: epoch ms. */
  constructor(
    scope: AccountScope,
    db: DatabaseSync,
    { random = Math.random, now = Date.now }: { readonly random?: () => number; readonly now?: () => number } = {},
  ) {
    this.#scope = scope;
    this.#db = db;
    this.#random = random;
    this.configs = new ConfigStore(db, now);
    this.store = new FunctionStore(db);
    this.versions = new VersionStore(db);
    this.attachments = new FunctionAttachments(db);
  }

  /** Takes what the template declares now. */
  reconcile(definitions: readonly FunctionDefinition[]): void {
    transaction(this.#db, () => {
      for (const functionName of this.store.reconcile(definitions)) {
        this.versions.deleteAll(functionName);
        this.attachments.deleteAll(functionName);
        for (const { qualifier } of this.configs.list(functionName)) {
          // Its version or alias will not come back.
          if (qualifier !== '$LATEST') this.configs.delete(functionName, qualifier);
        }
      }
    });
  }

  /** Deletes a function through the API, with all it has. Gives the folders of code that it had. */
  delete(functionName: string): readonly string[] {
    const definitions = [
      this.store.get(functionName),
      ...this.versions.versions(functionName).map((v) => v.definition),
    ];
    transaction(this.#db, () => {
      for (const { qualifier } of this.configs.list(functionName)) this.configs.delete(functionName, qualifier);
      this.versions.deleteAll(functionName);
      this.attachments.deleteAll(functionName);
      this.store.delete(functionName);
    });
    return definitions.flatMap((definition) => definition?.codeDir ?? []);
  }

  /** Every folder of code that a function or a version runs. */
  codeDirs(): readonly string[] {
    return [...this.store.list().map(({ codeDir }) => codeDir), ...this.versions.codeDirs()];
  }

  list(): readonly FunctionDefinition[] {
    return this.store.list();
  }

  resolve(functionName: string, qualifier = '$LATEST'): ResolvedFunction | undefined {
    const definition = this.store.get(functionName);
    if (!definition) return undefined;
    if (qualifier === '$LATEST') return { definition, executedVersion: '$LATEST' };
    if (/^\d+$/.test(qualifier)) return this.#version(functionName, qualifier);
    const alias = this.versions.alias(functionName, qualifier);
    if (alias) return this.#version(functionName, this.#versionFor(alias));
    // Of the template's: a deployment would publish a version at every change, here the code is run as it is.
    return definition.aliases?.includes(qualifier) === true ? { definition, executedVersion: '$LATEST' } : undefined;
  }

  allowsRecursion(functionName: string): boolean {
    return this.attachments.recursiveLoop(functionName) === 'Allow';
  }

  eventInvokeConfig(functionName: string, qualifier: string): EventInvokeConfig | undefined {
    const stored = this.configs.get(functionName, qualifier);
    if (!stored) return undefined;
    const { settings, lastModified } = stored;
    return { ...settings, functionArn: functionArn(this.#scope, functionName, qualifier), lastModified };
  }

  #version(functionName: string, version: string): ResolvedFunction | undefined {
    const definition =
      version === '$LATEST' ? this.store.get(functionName) : this.versions.version(functionName, version)?.definition;
    if (!definition) return undefined;
    // Concurrency is the function's, whatever version runs.
    const reserved = this.store.get(functionName)?.reservedConcurrentExecutions;
    const { reservedConcurrentExecutions: _, ...rest } = definition;
    return {
      definition: { ...rest, ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }) },
      executedVersion: version,
    };
  }

  #versionFor({ version, weights = {} }: FunctionAlias): string {
    let left = this.#random();
    for (const [other, weight] of Object.entries(weights)) {
      left -= weight;
      if (left < 0) return other;
    }
    return version;
  }
}
