import type { FilterTime } from './filter.ts';

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `90s`, `1.5h`, `500ms` in milliseconds, whole; a number without unit is milliseconds where `bare` says so. */
export function parseLength(text: string, { bare }: { readonly bare: boolean }): number | undefined {
  const [, number = '', unit = ''] = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|min|m|h|d|w)?$/i.exec(text) ?? [];
  if (number === '' || (unit === '' && !bare)) return undefined;
  const ms = Math.round(Number(number) * (units[unit.toLowerCase()] ?? 1));
  return ms <= Number.MAX_SAFE_INTEGER ? ms : undefined;
}

/** A length as it is written shortest: `parseLength` gives the same again. */
export function printLength(ms: number): string {
  for (const [unit, size] of [
    ['w', 604_800_000],
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const) {
    if (ms > 0 && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

const datePattern =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;
const clockPattern = /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;

/** A point of time; `undefined` when it is none. */
export function parseTime(text: string): FilterTime | undefined {
  const agoMs = parseLength(text, { bare: false });
  if (agoMs !== undefined) return { agoMs };
  const lower = text.toLowerCase();
  if (lower === 'today' || lower === 'yesterday' || clockPattern.test(text)) return { written: lower };
  const written = text.toUpperCase();
  if (datePattern.test(written) && Number.isFinite(rangeOf(written, 0)[0])) return { written };
  return undefined;
}

/** As it is written. */
export function printTime(time: FilterTime): string {
  return 'agoMs' in time ? printLength(time.agoMs) : time.written;
}

/**
 * Where a written time begins and ends, epoch ms: `2026-11-25` is a day, `10:30` a minute. `since` counts from the
 * beginning, `until` to the end, which is no longer part of it. Times without a zone are those of the machine.
 */
export function resolveTime(time: FilterTime, now: number): readonly [from: number, to: number] {
  if ('agoMs' in time) return [now - time.agoMs, now - time.agoMs];
  return rangeOf(time.written, now);
}

function rangeOf(written: string, now: number): readonly [number, number] {
  if (written === 'today' || written === 'yesterday') {
    const day = new Date(now);
    day.setHours(0, 0, 0, 0);
    const from = addDays(day, written === 'today' ? 0 : -1);
    return [from, addDays(new Date(from), 1)];
  }
  if (clockPattern.test(written)) {
    const [hours = 0, minutes = 0, seconds = 0] = written.split(':').map(Number);
    const from = new Date(now).setHours(hours, minutes, seconds, 0);
    return [from, from + (written.split(':').length === 3 ? 1_000 : 60_000)];
  }
  const [date = '', clock] = written.split('T');
  if (clock === undefined) {
    const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
    const from = new Date(year, month - 1, day);
    return [from.getTime(), addDays(from, 1)];
  }
  const from = Date.parse(written.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  const parts = clock.replace(/(?:Z|[+-]\d{2}:?\d{2})$/, '').split(':').length;
  return [from, from + (parts === 2 ? 60_000 : clock.includes('.') ? 1 : 1_000)];
}

/** Days are not always 24 hours long. */
function addDays(day: Date, days: number): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime();
}
