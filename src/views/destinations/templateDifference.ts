import type { DeclaredFunction } from '../../iac/declarations.ts';
import { parseFunctionArn } from '../../model/arn.ts';
import type { DeliveryRole } from '../../model/destination.ts';
import type { EventInvokeConfig } from '../../model/eventInvokeConfig.ts';

/** A setting of a function that its template declares otherwise. Absent values: not set. */
export interface TemplateDifference {
  /** Absent: `$LATEST`. */
  readonly qualifier?: string;
  readonly setting: DeliveryRole | 'retries' | 'age';
  readonly live?: string | number;
  readonly declared?: string | number;
}

/** What a template can say of a qualifier, besides the dead-letter queue. */
const settings = {
  onSuccess: (config) => config?.onSuccess,
  onFailure: (config) => config?.onFailure,
  retries: (config) => config?.maximumRetryAttempts,
  age: (config) => config?.maximumEventAgeInSeconds,
} as const satisfies Record<string, (config: Partial<EventInvokeConfig> | undefined) => string | number | undefined>;

/** Where the live settings of a function differ from what its template declares. */
export function templateDifferences(
  declared: Pick<DeclaredFunction, 'eventInvokeConfigs' | 'deadLetterTargetArn'>,
  configs: readonly EventInvokeConfig[],
  deadLetterTargetArn: string | undefined,
): readonly TemplateDifference[] {
  const live = new Map(
    configs.map((config) => [parseFunctionArn(config.functionArn)?.qualifier ?? '$LATEST', config] as const),
  );
  const inTemplate = new Map(declared.eventInvokeConfigs.map((config) => [config.qualifier, config] as const));
  const differences: TemplateDifference[] = [];
  const add = (
    qualifier: string,
    setting: TemplateDifference['setting'],
    ...values: (string | number | undefined)[]
  ) => {
    const [now, then] = values;
    if (now === then) return;
    differences.push({
      ...(qualifier === '$LATEST' ? {} : { qualifier }),
      setting,
      ...(now === undefined ? {} : { live: now }),
      ...(then === undefined ? {} : { declared: then }),
    });
  };
  for (const qualifier of new Set(['$LATEST', ...live.keys(), ...inTemplate.keys()])) {
    for (const [setting, read] of Object.entries(settings)) {
      const values = [read(live.get(qualifier)), read(inTemplate.get(qualifier))];
      add(qualifier, setting as keyof typeof settings, ...values);
    }
  }
  add('$LATEST', 'deadLetterQueue', deadLetterTargetArn, declared.deadLetterTargetArn);
  return differences;
}
