import type { StoreSettings } from './invocationStore.ts';
import { Redaction } from './redaction.ts';
import { parseRedaction } from './redactText.ts';
import type { RetentionLimits } from './retention.ts';

/** How much is kept by the settings. */
export function limitsOf({ maxRows, maxMegabytes, maxDays }: StoreSettings): RetentionLimits {
  return {
    rows: maxRows,
    bytes: maxMegabytes * 1024 * 1024,
    ...(maxDays > 0 ? { ageMs: maxDays * 86_400_000 } : {}),
  };
}

/** What is not kept by the settings; `onNotice` is told of rules that are none. */
export function redactionOf({ redact }: StoreSettings, onNotice: (message: string) => void): Redaction {
  const { rules, wrong } = parseRedaction(redact);
  if (wrong.length > 0) {
    onNotice(
      `Rules of lambdaDestinations.records.redact that can't be read, so nothing is redacted by them: ${wrong.join(', ')}`,
    );
  }
  return new Redaction(rules);
}
