/** Faults that local Lambda makes on demand (`protocol/localFaults.ts` says what each does). */
export const faultKinds = [
  'throttle',
  'timeout',
  'outOfMemory',
  'duplicate',
  'ageOut',
  'deliveryFailure',
  'slowStart',
] as const;

/** A kind of fault. */
export type FaultKind = (typeof faultKinds)[number];

/** Whether a value names a kind of fault. */
export function isFaultKind(value: unknown): value is FaultKind {
  return (faultKinds as readonly unknown[]).includes(value);
}
