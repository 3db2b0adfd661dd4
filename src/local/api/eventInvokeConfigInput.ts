import type { ConfigSettings } from '../functions/configStore.ts';
import { JsonBody } from './jsonBody.ts';
import type { Validation } from './validation.ts';

/** What Put and Update get. A destination is absent, `''` (none) or an ARN. */
export interface ConfigInput {
  readonly maximumRetryAttempts?: number;
  readonly maximumEventAgeInSeconds?: number;
  readonly onSuccess?: string;
  readonly onFailure?: string;
  /** One of the three settings was given; `{"DestinationConfig":{}}` is nothing (spec 5.5). */
  readonly specified: boolean;
}

/** As AWS prints it (spec 5.2). */
const destinationPattern =
  '$|kafka://([^.]([a-zA-Z0-9\\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:' +
  '((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)';
const destinationRegex = new RegExp(`^(?:${destinationPattern})$`);

/** Reads the body. @throws LambdaError `SerializationException` */
export function readConfigInput(body: Uint8Array): ConfigInput {
  const input = JsonBody.read(body);
  const destinations = input.body('DestinationConfig');
  const onSuccess = destinations?.body('OnSuccess');
  const onFailure = destinations?.body('OnFailure');
  const optional = {
    maximumRetryAttempts: input.integer('MaximumRetryAttempts'),
    maximumEventAgeInSeconds: input.integer('MaximumEventAgeInSeconds'),
    onSuccess: onSuccess?.text('Destination'),
    onFailure: onFailure?.text('Destination'),
  };
  return {
    ...present(optional),
    specified:
      optional.maximumRetryAttempts !== undefined ||
      optional.maximumEventAgeInSeconds !== undefined ||
      onSuccess !== undefined ||
      onFailure !== undefined,
  };
}

/** Adds what the input breaks of the model: on-failure before on-success (spec 5.6, 9 and 12). */
export function validateConfigInput(validation: Validation, input: ConfigInput): void {
  for (const side of ['onFailure', 'onSuccess'] as const) {
    const destination = input[side];
    if (destination === undefined) continue;
    const path = `destinationConfig.${side}.destination`;
    validation.length(path, destination, 0, 350);
    validation.pattern(path, destination, destinationPattern, destinationRegex);
  }
  const { maximumEventAgeInSeconds: age, maximumRetryAttempts: retries } = input;
  if (age !== undefined) validation.range('maximumEventAgeInSeconds', age, 60, 21_600);
  if (retries !== undefined) validation.range('maximumRetryAttempts', retries, 0, 2);
}

/** Puts the input over what is there (`{}` for Put); `''` clears a destination (spec 5.5). */
export function mergeConfig(before: ConfigSettings, input: ConfigInput): ConfigSettings {
  return present({
    maximumRetryAttempts: input.maximumRetryAttempts ?? before.maximumRetryAttempts,
    maximumEventAgeInSeconds: input.maximumEventAgeInSeconds ?? before.maximumEventAgeInSeconds,
    onSuccess: (input.onSuccess ?? before.onSuccess) || undefined,
    onFailure: (input.onFailure ?? before.onFailure) || undefined,
  });
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> };

function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
