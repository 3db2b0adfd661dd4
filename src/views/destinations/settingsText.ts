import { destinationKind, destinationName, type DeliveryRole } from '../../model/destination.ts';
import { asyncLimits } from '../../model/eventInvokeConfig.ts';
import { retryOutlook } from '../../model/retryOutlook.ts';
import type { ConfigValues, SettingsChange } from '../../model/settingsChange.ts';
import { duration, kindLabel, type Translate } from '../functionsTree/nodeText.ts';
import { roleLabel } from '../roleLabel.ts';

/** What is set before a change. */
export interface SettingsBefore {
  readonly config?: ConfigValues;
  readonly deadLetterTargetArn?: string;
}

/** A change, in words. */
export interface ChangeText {
  readonly question: string;
  /** What was and what will be, one a line. */
  readonly lines: readonly string[];
  /** What is in effect when it is done. */
  readonly done: string;
}

/** `SQS queue orders-failed`; `none` for nothing. */
export function destinationText(arn: string | undefined, t: Translate): string {
  if (arn === undefined) return t('none');
  const kind = destinationKind(arn);
  return kind === undefined ? arn : `${kindLabel(kind, t)} ${destinationName(arn)}`;
}

/** Says what a change does to a function. */
export function changeText(
  name: string,
  change: SettingsChange,
  { config = {}, deadLetterTargetArn }: SettingsBefore,
  t: Translate,
): ChangeText {
  if (change.kind === 'retryAndAge') return retryAndAgeText(name, change, config, t);
  const { role, target } = change;
  const before = role === 'deadLetterQueue' ? deadLetterTargetArn : config[role];
  const after = destinationText(target?.arn, t);
  const created = target !== undefined && 'create' in target ? ` ${t('(will be created)')}` : '';
  return {
    ...destinationSentences(name, role, target && after, t),
    lines: [`${roleLabel(role, t)}: ${destinationText(before, t)} → ${after}${created}`],
  };
}

/** The current value of retries: `2 (AWS default)`. */
export function retriesText(retries: number | undefined, t: Translate): string {
  return retries === undefined ? t('{0} (AWS default)', asyncLimits.defaultMaximumRetryAttempts) : String(retries);
}

/** The current value of the maximum event age: `6 h (AWS default)`. */
export function ageText(seconds: number | undefined, t: Translate): string {
  return seconds === undefined
    ? t('{0} (AWS default)', duration(asyncLimits.defaultMaximumEventAgeInSeconds))
    : duration(seconds);
}

/** What retries and age come to together, for an event that fails each time. */
export function outlookText(retries: number | undefined, ageInSeconds: number | undefined, t: Translate): string {
  const { attempts, endedBy } = retryOutlook(retries, ageInSeconds);
  if (endedBy === 'age') {
    return attempts === 1
      ? t('A failing event runs once: the first retry, after 1 min, would come too late.')
      : t('A failing event runs twice: the second retry, 3 min after sending, would come too late.');
  }
  switch (attempts) {
    case 1:
      return t('A failing event runs once.');
    case 2:
      return t('A failing event runs twice: again after 1 min.');
    default:
      return t('A failing event runs 3 times: again after 1 min, then after 2 min.');
  }
}

function destinationSentences(
  name: string,
  role: DeliveryRole,
  after: string | undefined,
  t: Translate,
): Pick<ChangeText, 'question' | 'done'> {
  switch (role) {
    case 'onSuccess':
      return after === undefined
        ? {
            question: t('Remove the on-success destination of {0}?', name),
            done: t('{0} has no on-success destination any more.', name),
          }
        : {
            question: t('Send the records of successes of {0} to the {1}?', name, after),
            done: t('Records of successes of {0} go to the {1}.', name, after),
          };
    case 'onFailure':
      return after === undefined
        ? {
            question: t('Remove the on-failure destination of {0}?', name),
            done: t('{0} has no on-failure destination any more.', name),
          }
        : {
            question: t('Send the records of failures of {0} to the {1}?', name, after),
            done: t('Records of failures of {0} go to the {1}.', name, after),
          };
    case 'deadLetterQueue':
      return after === undefined
        ? {
            question: t('Remove the dead-letter queue of {0}?', name),
            done: t('{0} has no dead-letter queue any more.', name),
          }
        : {
            question: t('Use the {1} as the dead-letter queue of {0}?', name, after),
            done: t('Failed events of {0} go to the {1}.', name, after),
          };
  }
}

function retryAndAgeText(
  name: string,
  change: SettingsChange & { readonly kind: 'retryAndAge' },
  config: ConfigValues,
  t: Translate,
): ChangeText {
  const { maximumRetryAttempts: retries, maximumEventAgeInSeconds: age } = change;
  const nextRetries = retries === undefined ? config.maximumRetryAttempts : (retries ?? undefined);
  const nextAge = age === undefined ? config.maximumEventAgeInSeconds : (age ?? undefined);
  const lines = [
    ...(nextRetries === config.maximumRetryAttempts
      ? []
      : [t('Retries: {0} → {1}', retriesText(config.maximumRetryAttempts, t), retriesText(nextRetries, t))]),
    ...(nextAge === config.maximumEventAgeInSeconds
      ? []
      : [t('Maximum event age: {0} → {1}', ageText(config.maximumEventAgeInSeconds, t), ageText(nextAge, t))]),
  ];
  const outlook = outlookText(nextRetries, nextAge, t);
  return {
    question: t('Change retries and event age of {0}?', name),
    lines: [...lines, outlook],
    done: t(
      '{0}: retries {1}, maximum event age {2}. {3}',
      name,
      retriesText(nextRetries, t),
      ageText(nextAge, t),
      outlook,
    ),
  };
}
