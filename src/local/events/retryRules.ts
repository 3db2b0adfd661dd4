import { asyncLimits } from '../../model/eventInvokeConfig.ts';
import type { AsyncSettings } from './asyncSettings.ts';

/** What follows a failed attempt: a wait of AWS's length, or the end. */
export type AfterFailure =
  | { readonly kind: 'wait'; readonly nominalMs: number }
  | { readonly kind: 'over'; readonly condition: 'RetriesExhausted' | 'EventAgeExceeded' };

/**
 * Spec 4.2, 5. An event that would be too old for its next attempt is not kept waiting for it.
 *
 * @param attempts Those made, the failed one included.
 * @param ageMs The event's age now: real time plus what waits would have lasted on AWS.
 */
export function afterFailure(attempts: number, ageMs: number, settings: AsyncSettings): AfterFailure {
  if (attempts > settings.maximumRetryAttempts) return { kind: 'over', condition: 'RetriesExhausted' };
  const delays = asyncLimits.retryDelaysInSeconds;
  const nominalMs = (delays[attempts - 1] ?? delays[1]) * 1000;
  // `>=`, because an attempt takes time even when it is too short for the clock to move.
  if (ageMs + nominalMs >= settings.maximumEventAgeMs) return { kind: 'over', condition: 'EventAgeExceeded' };
  return { kind: 'wait', nominalMs };
}

/** AWS's wait in ms after an event was throttled `throttles` times before: 1 s, doubling up to 300 s (spec 4.1). */
export function throttleDelay(throttles: number): number {
  return Math.min(2 ** throttles, 300) * 1000;
}
