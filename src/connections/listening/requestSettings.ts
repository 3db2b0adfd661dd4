import { getEventInvokeConfig } from '../../aws/eventInvokeConfigs.ts';
import { getFunctionConfiguration } from '../../aws/functionConfiguration.ts';
import { asyncLimits } from '../../model/eventInvokeConfig.ts';
import type { SettingsPiece } from '../../model/invocation.ts';
import type { UseClients } from '../awsFunctionSettings.ts';

/** What was read is taken for so long, ms: a replay of hundreds asks once. */
const freshMs = 15_000;
const remembered = 200;

type Settings = Omit<SettingsPiece, 'kind' | 'requestId' | 'at'>;

/** Reads what is to become of a failed event: the settings that are in effect while it is under way (spec 5.5). */
export class RequestSettings {
  readonly #use: UseClients;
  readonly #now: () => number;
  readonly #read = new Map<string, { readonly at: number; readonly settings: Promise<Settings> }>();

  constructor(use: UseClients, now: () => number) {
    this.#use = use;
    this.#now = now;
  }

  /** Settings may be other ones now. */
  forget(): void {
    this.#read.clear();
  }

  /** @throws UserFacingFailure where they may not be read */
  async of(functionName: string, qualifier: string | undefined): Promise<Settings> {
    const key = `${functionName}:${qualifier ?? '$LATEST'}`;
    const now = this.#now();
    const before = this.#read.get(key);
    if (before && now - before.at < freshMs) return before.settings;
    const settings = this.#ask(functionName, qualifier);
    settings.catch(() => this.#read.delete(key));
    this.#read.set(key, { at: now, settings });
    for (const oldest of this.#read.keys()) {
      if (this.#read.size <= remembered) break;
      this.#read.delete(oldest);
    }
    return settings;
  }

  #ask(functionName: string, qualifier: string | undefined): Promise<Settings> {
    return this.#use(async (clients) => {
      const [config, { deadLetterTargetArn }] = await Promise.all([
        getEventInvokeConfig(clients, functionName, qualifier === '$LATEST' ? undefined : qualifier),
        getFunctionConfiguration(clients, functionName),
      ]);
      return {
        maximumRetryAttempts: config?.maximumRetryAttempts ?? asyncLimits.defaultMaximumRetryAttempts,
        maximumEventAgeSeconds: config?.maximumEventAgeInSeconds ?? asyncLimits.defaultMaximumEventAgeInSeconds,
        ...(config?.onSuccess === undefined ? {} : { onSuccess: config.onSuccess }),
        ...(config?.onFailure === undefined ? {} : { onFailure: config.onFailure }),
        ...(deadLetterTargetArn === undefined ? {} : { deadLetterTargetArn }),
      };
    }, undefined);
  }
}
