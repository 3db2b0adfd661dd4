/** Where an event stands among others: by time, then by arrival. `at` is epoch ms. */
export interface EventPosition {
  readonly at: number;
  readonly id: number;
}

const timeShift = 144n;
const idMask = (1n << timeShift) - 1n;

/** An event's id as AWS shapes them: 56 digits that rise with time. */
export function eventId({ at, id }: EventPosition): string {
  return ((BigInt(at) << timeShift) | BigInt(id)).toString().padStart(56, '0');
}

/** The position that an event id stands for; `undefined` when it is none. */
export function parseEventId(text: string): EventPosition | undefined {
  if (!/^\d{56}$/.test(text)) return undefined;
  const value = BigInt(text);
  const position = { at: Number(value >> timeShift), id: Number(value & idMask) };
  return Number.isSafeInteger(position.at) && Number.isSafeInteger(position.id) ? position : undefined;
}
