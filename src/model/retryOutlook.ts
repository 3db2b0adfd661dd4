import { asyncLimits } from './eventInvokeConfig.ts';

/**
 * How often an event runs whose function fails at once each time, and what ends it: a retry is not waited for when the
 * event would be too old by then (spec 4.2). `undefined`: AWS's default. Age in seconds.
 */
export function retryOutlook(
  retries: number | undefined,
  ageInSeconds: number | undefined,
): { readonly attempts: number; readonly endedBy: 'retries' | 'age' } {
  const allowed = retries ?? asyncLimits.defaultMaximumRetryAttempts;
  const age = ageInSeconds ?? asyncLimits.defaultMaximumEventAgeInSeconds;
  let elapsed = 0;
  for (let made = 0; made < allowed; made++) {
    elapsed += asyncLimits.retryDelaysInSeconds[made] ?? 0;
    // Running takes time, too: an age of exactly the wait is over by then.
    if (elapsed >= age) return { attempts: made + 1, endedBy: 'age' };
  }
  return { attempts: allowed + 1, endedBy: 'retries' };
}

/** Reads `5 min`, `1 h 30 min`, `90 s`, `90` (seconds) as seconds; `undefined`: it is none of these. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (/^\d+$/.test(trimmed)) return Number(trimmed);
  const units: Readonly<Record<string, number>> = { h: 3_600, m: 60, s: 1 };
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)\s*/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== trimmed) return undefined;
  let seconds = 0;
  for (const [, count = '', unit = ''] of parts) {
    if (!/^(?:h|hours?|m|mins?|minutes?|s|secs?|seconds?)$/.test(unit)) return undefined;
    seconds += Number(count) * (units[unit.slice(0, 1)] ?? 0);
  }
  return Number.isInteger(seconds) ? seconds : undefined;
}
